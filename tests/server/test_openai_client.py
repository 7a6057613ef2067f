"""The stock OpenAI client, over a real socket, against our OpenAI-compatible half."""

import base64
import io

import numpy as np
import openai
import pytest
import soundfile
from scripted import ScriptedLLM

from asha.core.message import Sound, ToolCall, ToolResult
from asha.speech.sound_file import encode_wav

WAV = encode_wav(np.full(16_000, 3_000, "<i2").tobytes(), rate_hz=16_000)
AUDIO_PART = {
    "type": "input_audio",
    "input_audio": {"data": base64.b64encode(WAV).decode(), "format": "wav"},
}


def stock(running) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        api_key="none", base_url=f"{running.url}/v1", max_retries=0, timeout=20
    )


async def test_it_lists_the_model_that_thinks(serve) -> None:
    async with serve() as running, stock(running) as client:
        assert [model.id async for model in client.models.list()] == ["scripted-llm"]


async def test_it_streams_a_chat_completion(serve) -> None:
    async with serve() as running, stock(running) as client:
        stream = await client.chat.completions.create(
            model="asha", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        chunks = [chunk async for chunk in stream]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text.strip() == "Namaste, how are you today?"
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_a_stream_ends_with_its_usage_where_that_is_asked_for(serve) -> None:
    async with serve() as running, stock(running) as client:
        stream = await client.chat.completions.create(
            model="asha",
            messages=[{"role": "user", "content": "hello"}],
            stream=True,
            stream_options={"include_usage": True},
        )
        chunks = [chunk async for chunk in stream]
    assert not chunks[-1].choices and chunks[-1].usage and chunks[-1].usage.total_tokens == 15


async def test_no_tool_is_offered_where_none_may_be_called_and_results_are_text(serve) -> None:
    llm = ScriptedLLM(["It is seven."])
    call = {"id": "call_1", "type": "function", "function": {"name": "now", "arguments": "{}"}}
    async with serve(llm=llm) as running, stock(running) as client:
        await client.chat.completions.create(
            model="asha",
            messages=[
                {"role": "user", "content": "what time is it"},
                {"role": "assistant", "tool_calls": [call]},  # type: ignore[list-item]
                {
                    "role": "tool",
                    "tool_call_id": "call_1",
                    "content": [{"type": "text", "text": "07:00"}],
                },
            ],
            tools=[{"type": "function", "function": {"name": "now", "parameters": {}}}],
            tool_choice="none",
        )
    assert llm.asked[0][2].parts == (ToolResult("call_1", "07:00"),)


async def test_a_model_that_hears_is_given_the_sound(serve) -> None:
    llm = ScriptedLLM(["I heard you."], hears=True)
    async with serve(llm=llm) as running, stock(running) as client:
        done = await client.chat.completions.create(
            model="asha",
            messages=[{"role": "user", "content": [AUDIO_PART]}],  # type: ignore[list-item]
        )
    assert done.choices[0].message.content.strip() == "I heard you."
    [sound] = llm.asked[0][0].parts
    assert isinstance(sound, Sound) and sound.clip.duration_s == pytest.approx(1.0)


async def test_for_a_model_that_only_reads_the_sound_is_written_down(serve) -> None:
    llm = ScriptedLLM(["Yes."])
    async with serve(llm=llm) as running, stock(running) as client:
        stream = await client.chat.completions.create(
            model="asha",
            messages=[{"role": "user", "content": [AUDIO_PART]}],  # type: ignore[list-item]
            stream=True,
        )
        assert [chunk async for chunk in stream]
    assert llm.asked[0][0].text == "hello there"


async def test_it_passes_tool_calls_on(serve) -> None:
    llm = ScriptedLLM([ToolCall("call_1", "alarm_set", '{"hour": 7}')])
    async with serve(llm=llm) as running, stock(running) as client:
        done = await client.chat.completions.create(
            model="asha",
            messages=[{"role": "user", "content": "wake me at seven"}],
            tools=[{"type": "function", "function": {"name": "alarm_set", "parameters": {}}}],
        )
    [call] = done.choices[0].message.tool_calls or []
    assert call.type == "function" and call.function.name == "alarm_set"
    assert done.choices[0].finish_reason == "tool_calls"


@pytest.mark.parametrize("kind", ["wav", "mp3", "opus", "flac"])
async def test_it_gets_speech_as_a_file(serve, kind) -> None:
    async with serve() as running, stock(running) as client:
        speech = await client.audio.speech.create(
            model="asha", voice="alloy", input="Namaste, how are you?", response_format=kind
        )
        sound, rate_hz = soundfile.read(io.BytesIO(speech.content))
    assert 1.0 < len(sound) / rate_hz < 2.0
    assert np.abs(sound).max() > 0.05


async def test_it_gets_speech_as_a_stream_of_samples(serve) -> None:
    async with (
        serve() as running,
        stock(running) as client,
        client.audio.speech.with_streaming_response.create(
            model="asha", voice="alloy", input="Namaste.", response_format="pcm"
        ) as answer,
    ):
        pieces = [piece async for piece in answer.iter_bytes()]
    assert sum(map(len, pieces)) % 2 == 0 and sum(map(len, pieces)) > 10_000


async def test_it_gets_a_recording_written_down(serve) -> None:
    async with serve() as running, stock(running) as client:
        written = await client.audio.transcriptions.create(model="asha", file=("a.wav", WAV))
        assert written.text == "hello there"
        plain = await client.audio.transcriptions.create(
            model="asha", file=("a.wav", WAV), language="en", response_format="text"
        )
        assert plain == "hello there"


async def test_it_is_told_what_was_wrong_in_its_own_terms(serve) -> None:
    async with serve() as running, stock(running) as client:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.audio.transcriptions.create(model="asha", file=("a.wav", b"nonsense"))
        assert refused.value.code == "bad_sound"
        with pytest.raises(openai.BadRequestError, match="nothing to speak"):
            await client.audio.speech.create(model="asha", voice="alloy", input="...")


async def test_where_nobody_thinks_it_is_told_so(serve) -> None:
    async with serve(llm=None) as running, stock(running) as client:
        with pytest.raises(openai.InternalServerError, match="OPENAI_API_KEY"):
            await client.chat.completions.create(
                model="asha", messages=[{"role": "user", "content": "hello"}]
            )
