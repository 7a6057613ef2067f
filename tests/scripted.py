"""Scripted doubles of the ports, with latencies on the loop's own clock (virtual or real)."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from asha.core.audio import Chunk, Float32, level_dbfs, samples_of
from asha.core.errors import AshaError
from asha.core.language import Language
from asha.core.message import Message, ToolCall
from asha.core.ports import Heard, LoggedEvent, ReplyOptions, Row, Usage
from asha.speech.vad import IS_SPEECH

SPEAKING_MS_PER_CHAR = 60.0  # a brisk talker


class ScriptedSTT:
    """Says the next text `latency_ms` after the sound's end; partials as words would come."""

    name = "scripted-stt"

    def __init__(self, texts: Iterable[str], *, latency_ms: float = 0.0) -> None:
        self.texts, self.latency_s = list(texts), latency_ms / 1_000
        self.partial_ms: float | None = None  # show a word of the text after each so much speech
        self.num_calls = 0
        self.failure: AshaError | None = None
        self.confidence = 1.0

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        text = self.texts[min(self.num_calls, len(self.texts) - 1)]
        self.num_calls += 1
        words, voiced_ms = text.split(), 0.0
        async for chunk in sound:
            if level_dbfs(samples_of(chunk.pcm)) > -40:
                voiced_ms += chunk.duration_ms
            if self.partial_ms and (said := " ".join(words[: int(voiced_ms / self.partial_ms)])):
                yield Heard(said, is_final=False)
        await asyncio.sleep(self.latency_s)
        if self.failure:
            raise self.failure
        yield Heard(text, is_final=True, confidence=self.confidence)


class ScriptedLLM:
    """Answers with the next reply, word by word. A reply may hold tool calls and errors."""

    name = "scripted-llm"

    def __init__(
        self,
        replies: Iterable[Any],
        *,
        first_ms: float = 0.0,
        token_ms: float = 0.0,
        hears: bool = False,
    ) -> None:
        self.replies, self.hears = list(replies), hears
        self.first_s, self.token_s = first_ms / 1_000, token_ms / 1_000
        self.asked: list[list[Message]] = []
        self.num_cancelled = 0

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        reply = self.replies[min(len(self.asked), len(self.replies) - 1)]
        self.asked.append(list(messages))
        try:
            await asyncio.sleep(self.first_s)
            for piece in [reply] if isinstance(reply, str | ToolCall | AshaError) else reply:
                if isinstance(piece, AshaError):
                    raise piece
                if not isinstance(piece, str):
                    yield piece
                    continue
                for word in piece.split(" "):
                    yield word + " "
                    await asyncio.sleep(self.token_s)
            yield Usage(10, 5)
        except (asyncio.CancelledError, GeneratorExit):
            self.num_cancelled += 1
            raise


class ScriptedTTS:
    """Speaks a tone of a natural length; the first chunk after `latency_ms`."""

    name = "scripted-tts"
    rate_hz = 24_000

    def __init__(self, *, latency_ms: float = 0.0, failures: Iterable[AshaError] = ()) -> None:
        self.latency_s = latency_ms / 1_000
        self.failures = list(failures)
        self.phrases: list[str] = []

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        self.phrases.append(phrase)
        await asyncio.sleep(self.latency_s)
        if self.failures:
            raise self.failures.pop(0)
        for _ in range(max(1, round(len(phrase) * SPEAKING_MS_PER_CHAR / 100))):
            yield Chunk(b"\x00\x10" * (self.rate_hz // 10), self.rate_hz)


class LoudIsSpeech:
    """A detector for scripted sound: loud is speech."""

    def probability(self, frame: Float32) -> float:
        return 1.0 if level_dbfs(frame) > -40 else IS_SPEECH / 2


class MemoryLog:
    """An event log that forgets with the process."""

    def __init__(self) -> None:
        self.events: dict[str, list[LoggedEvent]] = {}
        self._epoch = secrets.token_hex(4)

    async def append(
        self, session_id: str, events: Sequence[tuple[str, str]]
    ) -> Sequence[LoggedEvent]:
        log = self.events.setdefault(session_id, [])
        new = [
            LoggedEvent(self._epoch, len(log) + number, kind, body)
            for number, (kind, body) in enumerate(events, start=1)
        ]
        log += new
        return new

    async def after(self, session_id: str, seq: int) -> Sequence[LoggedEvent]:
        return self.events.get(session_id, [])[seq:]

    async def epoch(self, session_id: str) -> str:
        return self._epoch

    async def forget(self, session_id: str) -> None:
        self.events.pop(session_id, None)


class MemoryStore:
    """Rows in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], tuple[str, Row]] = {}

    async def put(self, kind: str, key: str, row: Row, *, owner: str) -> None:
        self.rows[kind, key] = (owner, dict(row))

    async def get(self, kind: str, key: str, *, owner: str) -> Row | None:
        found = self.rows.get((kind, key))
        return found[1] if found and found[0] == owner else None

    async def find(self, kind: str, *, owner: str, **equal: str) -> Sequence[Row]:
        return [
            row
            for (of, _), (whose, row) in self.rows.items()
            if of == kind
            and whose == owner
            and all(row.get(name) == value for name, value in equal.items())
        ]

    async def delete(self, kind: str, *, owner: str, **equal: str) -> int:
        gone = [
            key
            for key, (whose, row) in self.rows.items()
            if key[0] == kind
            and whose == owner
            and all(row.get(name) == value for name, value in equal.items())
        ]
        for key in gone:
            del self.rows[key]
        return len(gone)
