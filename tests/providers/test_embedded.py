"""Nano behind the ports: text, calls, drafts that go on where the last one ended."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tiny_nano import noise

from asha.core.audio import Chunk, Clip, pcm_of
from asha.core.errors import BadInput, Busy
from asha.core.message import Message, Sound, Text, ToolCall, ToolResult, said
from asha.core.ports import Heard, ReplyOptions, Usage
from asha.engine import client
from asha.engine.client import Engine
from asha.engine.pieces import Called, Ignored, Piece, Said, Transcript
from asha.providers.llm.embedded import HEARD, MAX_OPEN, EmbeddedLanguageModel
from asha.providers.stt.embedded import EmbeddedSpeechToText

HINDI = ReplyOptions(language="hi")


@pytest.fixture
async def engine(exported: Path) -> AsyncIterator[Engine]:
    engine = Engine(exported)
    yield engine
    await engine.close()


def _asked(seconds: float) -> list[Message]:
    return [Message("user", (Sound(Clip(noise(5)[: int(seconds * 16_000)])),))]


async def _reply(llm: EmbeddedLanguageModel, messages: list[Message]) -> list[object]:
    pieces = [piece async for piece in llm.reply(messages, HINDI)]
    return [
        (piece.name, piece.arguments) if isinstance(piece, ToolCall) else piece for piece in pieces
    ]


async def test_a_draft_goes_on_where_the_last_one_ended(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[int] = []
    push = client.Voice.push

    async def counted(self: client.Voice, samples: object) -> None:
        pushed.append(len(samples))  # type: ignore[arg-type]
        await push(self, samples)  # type: ignore[arg-type]

    monkeypatch.setattr(client.Voice, "push", counted)
    llm = EmbeddedLanguageModel(engine)
    await llm.listen(Clip(noise(5)[:8_000]), language="hi")
    await _reply(llm, _asked(1))
    answer = await _reply(llm, _asked(2))
    assert pushed == [8_000, 8_000, 16_000]
    assert answer == await _reply(EmbeddedLanguageModel(engine), _asked(2))


async def test_many_turns_in_a_row_and_four_at_once_find_a_voice(engine: Engine) -> None:
    llm = EmbeddedLanguageModel(engine)
    for number in range(6):
        await _reply(llm, [said("user", f"x {number}")])
    answers = await asyncio.gather(*(_reply(llm, [said("user", "x 0")]) for _ in range(4)))
    assert all(answer == answers[0] for answer in answers)


async def test_the_transcript_is_told_beside_the_answer(engine: Engine) -> None:
    heard: list[Heard] = []
    options = ReplyOptions(language="hi", extra={HEARD: heard.append})
    async for _ in EmbeddedLanguageModel(engine).reply(_asked(1), options):
        pass
    assert len(heard) == 1
    assert heard[0].text
    assert heard[0].is_final


class Scripted(client.Voice):
    """A voice that answers what it is told to."""

    script: tuple[Piece, ...] = ()

    async def answer(self):  # type: ignore[no-untyped-def]
        for piece in self.script:
            yield piece


async def _scripted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, *pieces: Piece
) -> list[object]:
    async def opened(self: Engine, tag: str = "auto") -> client.Voice:
        return Scripted(self.process, 1)

    async def quiet(*_: object) -> None:
        return None

    monkeypatch.setattr(Scripted, "script", pieces)
    monkeypatch.setattr(Scripted, "type", quiet)
    monkeypatch.setattr(Engine, "open", opened)
    llm = EmbeddedLanguageModel(engine, careful=frozenset({"alarm_set"}))
    return await _reply(llm, [Message("user", (Text("x"),))])


async def test_text_flows_and_noise_becomes_the_silent_tool(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = await _scripted(engine, monkeypatch, Said("it is "), Said("noon"))
    assert pieces[:2] == ["it is ", "noon"]
    assert isinstance(pieces[2], Usage)
    pieces = await _scripted(engine, monkeypatch, Transcript("", ""), Ignored())
    assert pieces[0] == ("backchannel", "{}")


async def test_a_writer_that_is_only_a_guess_becomes_a_question(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = {"hour": 7, "minute": 0, "part": "morning"}
    sure = await _scripted(engine, monkeypatch, Called("alarm_set", arguments, 0.9))
    assert sure[0] == ("alarm_set", json.dumps(arguments))
    guess = await _scripted(engine, monkeypatch, Called("alarm_set", arguments, 0.3))
    assert guess[0] == ("confirm", json.dumps({"name": "alarm_set", "arguments": arguments}))
    harmless = await _scripted(engine, monkeypatch, Called("time", {}, 0.3))
    assert harmless[0] == ("time", "{}")


async def test_after_a_tool_there_is_nothing_more_to_say(engine: Engine) -> None:
    call, result = ToolCall("1", "time", "{}"), ToolResult("1", "{}")
    messages = [said("user", "x"), Message("assistant", (call,)), Message("tool", (result,))]
    assert await _reply(EmbeddedLanguageModel(engine), messages) == []


async def test_an_empty_message_is_refused(engine: Engine) -> None:
    with pytest.raises(BadInput, match="empty"):
        await _reply(EmbeddedLanguageModel(engine), [Message("user", ())])


async def test_words_come_while_the_sound_flows_and_one_final_at_its_end(engine: Engine) -> None:
    async def sound() -> AsyncIterator[Chunk]:
        for start in range(0, 40_000, 4_000):
            yield Chunk(pcm_of(noise(5)[start : start + 4_000]), 16_000)

    stt = EmbeddedSpeechToText(engine)
    results = [heard async for heard in stt.transcribe(sound(), language="auto")]
    assert [heard.is_final for heard in results] == [False, False, True]
    assert results[-1].text


async def test_a_turn_that_is_followed_is_answered_by_the_ear_that_heard_it(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    pushed: list[int] = []
    push = client.Voice.push

    async def counted(self: client.Voice, samples: object) -> None:
        pushed.append(len(samples))  # type: ignore[arg-type]
        await push(self, samples)  # type: ignore[arg-type]

    monkeypatch.setattr(client.Voice, "push", counted)
    llm = EmbeddedLanguageModel(engine)
    following = llm.follow("hi")
    for stop in range(3_200, 16_000, 3_200):
        await following.hear(Clip(noise(5)[:stop]))
    assert await following.words()
    answer = await _reply(llm, _asked(1))
    assert pushed == [3_200] * 5  # what remained was one slice
    assert answer == await _reply(EmbeddedLanguageModel(engine), _asked(1))
    await following.close()
    assert len(llm._open) == 0


async def test_somebody_who_speaks_keeps_the_ear_and_the_fifth_is_told_at_once(
    engine: Engine,
) -> None:
    llm = EmbeddedLanguageModel(engine)
    speakers = [llm.follow("hi") for _ in range(5)]
    for speaker in speakers[:4]:
        await speaker.hear(Clip(noise(1)))
    with pytest.raises(Busy):
        await speakers[4].hear(Clip(noise(1)))
    with pytest.raises(Busy):
        await _reply(llm, [said("user", "x")])
    await speakers[0].close()
    assert await _reply(llm, [said("user", "x")])


async def test_whoever_gives_up_while_the_engine_is_told_gives_the_place_back(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    llm = EmbeddedLanguageModel(engine)
    push = client.Voice.push

    begun = asyncio.Event()

    async def stuck(self: client.Voice, samples: object) -> None:
        begun.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(client.Voice, "push", stuck)
    for _ in range(MAX_OPEN):
        reply = asyncio.ensure_future(anext(llm.reply(_asked(1), HINDI)))
        await begun.wait()
        begun.clear()
        reply.cancel()
        await asyncio.gather(reply, return_exceptions=True)
    monkeypatch.setattr(client.Voice, "push", push)
    assert not llm._open, "nobody knows what such a place has heard"
    assert await _reply(llm, _asked(1))
