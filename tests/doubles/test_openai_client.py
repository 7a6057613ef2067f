"""The doubles are honest: OpenAI's own client talks to them as to its maker."""

import base64
from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI, AuthenticationError, RateLimitError

from asha.doubles.faults import Fault
from asha.doubles.legible import heard, spelled
from asha.doubles.vendors import KEY, Vendors, serving


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    async with serving() as running:
        yield running


@pytest.fixture
async def client(vendors: Vendors) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key=KEY, base_url=vendors.url + "/v1", max_retries=0) as made:
        yield made


async def test_a_chat_streams_with_usage(client: AsyncOpenAI, vendors: Vendors) -> None:
    stream = await client.chat.completions.create(
        model="gpt-4o-mini",
        messages=[{"role": "user", "content": "hi"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = [chunk async for chunk in stream]
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == vendors.reply
    assert chunks[-1].usage
    assert {chunk.usage for chunk in chunks[:-1]} == {None}


async def test_speech_is_pcm(client: AsyncOpenAI) -> None:
    asked = client.audio.speech.with_streaming_response.create(
        model="tts-1", voice="alloy", input="hello", response_format="pcm"
    )
    async with asked as response:
        assert heard(await response.read()) == "hello"


async def test_a_transcription_session_runs_over_realtime(
    client: AsyncOpenAI, vendors: Vendors
) -> None:
    async with client.realtime.connect(model="gpt-live-transcribe") as connection:
        await connection.input_audio_buffer.append(audio=base64.b64encode(bytes(960)).decode())
        await connection.input_audio_buffer.commit()
        async for event in connection:
            if event.type == "conversation.item.input_audio_transcription.completed":
                assert event.transcript == vendors.hears
                return


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", status=401, code="invalid_api_key"), AuthenticationError),
        (Fault("status", status=429, code="insufficient_quota"), RateLimitError),
    ],
)
async def test_refusals_are_those_its_maker_sends(
    client: AsyncOpenAI, vendors: Vendors, fault: Fault, error: type[Exception]
) -> None:
    vendors.chat.always = fault
    with pytest.raises(error) as told:
        await client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": "hi"}], stream=True
        )
    assert getattr(told.value, "code", None) == fault.code


async def test_what_asha_sends_up_is_valid_realtime(vendors: Vendors) -> None:
    from openai.types.realtime import RealtimeClientEvent
    from pydantic import SecretStr, TypeAdapter

    from asha.core.settings import Settings
    from asha.providers.stt.openai import OpenAISTT

    from listening import clip_chunks  # isort: skip

    settings = Settings(
        _env_file=None, openai_api_key=SecretStr(KEY), openai_stt_url=vendors.url + "/v1"
    )
    ears = OpenAISTT.from_settings(settings)
    [word async for word in ears.transcribe(clip_chunks(), language="gu")]
    adapter: TypeAdapter[object] = TypeAdapter(RealtimeClientEvent)
    for event in vendors.transcribe.asked:
        adapter.validate_python(event)
    assert vendors.transcribe.asked[0]["type"] == "session.update"


def test_legible_sound_can_be_read_back_in_every_script() -> None:
    for text in ("hello, all", "नमस्ते।", "வணக்கம்", "₹500"):
        assert heard(spelled(text)) == text
    assert heard(spelled("ab")[: 1_440 * 3 - 200]) == "a"
