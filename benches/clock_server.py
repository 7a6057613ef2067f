"""The service with doubles in a process of its own, for turn_clocks.py; prints its port.

The recogniser knows the text of the clip that is played (POST /double says which) and shows each
word `stt_ms` after it was spoken, the final text `stt_ms` after the sound was closed. The model
answers after `llm_ms` with 60 tokens a second, the voice after `tts_ms`. All with +-15 % jitter.
The path "nano" has no doubles: the embedded engine and eSpeak NG, as without any key.
"""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import Request

from asha.conversation.parts import Parts
from asha.core.audio import Chunk, level_dbfs, samples_of
from asha.core.language import Language
from asha.core.message import Message
from asha.core.ports import Heard, ReplyOptions, Usage
from asha.core.settings import Settings
from asha.server.app import create_app
from asha.server.wiring import wired
from asha.speech.vad import EnergyVoice, SileroVoice

TOKENS_PER_S = 60.0
JITTER = 0.15
STEP_MS = 8  # divides a frame of 32 ms: a step that is cut would count as a whole one
TOLD_EARLY_MS = 20  # the last word, before its piece ends: levels differ by a step or two
VOICED_DBFS = -45.0
MORE = "Here is one more sentence about it for you. " * 6
REPLY = "Yes, of course I can do that. " + MORE
WITHOUT_OPENER = "That is something I can do. " + MORE  # whose first comma is not soon


@dataclass
class Latencies:
    """Of the doubles, in ms."""

    stt_ms: float = 0.0
    llm_ms: float = 0.0
    tts_ms: float = 0.0
    tokens_per_s: float = TOKENS_PER_S


async def wait_ms(ms: float) -> None:
    if ms:
        await asyncio.sleep(ms * random.uniform(1 - JITTER, 1 + JITTER) / 1_000)


class ClipSTT:
    """Knows what is said, and how fast."""

    name = "double-stt"

    def __init__(self, latencies: Latencies) -> None:
        self.latencies = latencies
        self._words: list[tuple[str, float]] = []  # each, and the voiced ms after which it is said
        self._voiced_ms = 0.0

    def play(self, pieces: Sequence[tuple[str, float]]) -> None:
        """From now on these are said: words between pauses, and how long they are voiced.

        No word is known before it has been spoken: the words of a piece share its time.
        """
        self._words, self._voiced_ms, begun_ms = [], 0.0, 0.0
        for text, voiced_ms in pieces:
            words = text.split()
            for number, word in enumerate(words, start=1):
                part_ms = voiced_ms * number / len(words) - TOLD_EARLY_MS
                self._words.append((word, begun_ms + part_ms))
            begun_ms += voiced_ms

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        first = self._num_said()
        shown: asyncio.Queue[str | None] = asyncio.Queue()
        listening = asyncio.create_task(self._listen(sound, first, shown))
        try:
            while (text := await shown.get()) is not None:
                yield Heard(text, is_final=False)
            await wait_ms(self.latencies.stt_ms)
            yield Heard(self._text(first), is_final=True)
        finally:
            listening.cancel()

    def _num_said(self) -> int:
        return sum(said_ms <= self._voiced_ms for _, said_ms in self._words)

    def _text(self, first: int) -> str:
        return " ".join(word for word, _ in self._words[first : self._num_said()])

    async def _listen(
        self, sound: AsyncIterator[Chunk], first: int, shown: "asyncio.Queue[str | None]"
    ) -> None:
        loop, said = asyncio.get_running_loop(), ""
        async for chunk in sound:
            samples = samples_of(chunk.pcm)
            step = chunk.rate_hz * STEP_MS // 1_000
            for start in range(0, len(samples), step):
                if level_dbfs(samples[start : start + step]) > VOICED_DBFS:
                    self._voiced_ms += STEP_MS
            if (text := self._text(first)) != said:
                said = text
                loop.call_later(self.latencies.stt_ms / 1_000, shown.put_nowait, text)
        await asyncio.sleep(0)
        shown.put_nowait(None)


class TokenLLM:
    """Says the same every time, a token of four characters at a time."""

    name = "double-llm"
    hears = False

    def __init__(self, latencies: Latencies, text: str = REPLY) -> None:
        self.latencies, self.text = latencies, text
        self.num_asked = self.num_tokens = 0

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | Usage]:
        self.num_asked += 1
        await wait_ms(self.latencies.llm_ms)
        for start in range(0, len(self.text), 4):
            self.num_tokens += 1
            yield self.text[start : start + 4]
            if self.latencies.llm_ms:
                await asyncio.sleep(1 / self.latencies.tokens_per_s)
        yield Usage(100, len(self.text) // 4)


class ToneTTS:
    """A tone of a natural length, in chunks of 50 ms."""

    name = "double-tts"
    rate_hz = 24_000

    def __init__(self, latencies: Latencies) -> None:
        self.latencies = latencies
        self.num_characters = 0

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        self.num_characters += len(phrase)
        await wait_ms(self.latencies.tts_ms)
        tone = np.sin(np.arange(1_200) * 0.06) * 8_000
        for _ in range(max(1, len(phrase) * 60 // 50)):
            yield Chunk(tone.astype("<i2").tobytes(), self.rate_hz)


class HearingLLM(TokenLLM):
    """The direct path: the same model, given sound."""

    hears = True


def main() -> None:
    """Serve; the one argument is JSON: folder, path, detector, settings."""
    given: dict[str, Any] = json.loads(sys.argv[1])
    latencies = Latencies()
    stt = ClipSTT(latencies)
    direct = given.get("path") == "direct"
    settings = Settings(data_dir=Path(given["folder"]), _env_file=None, **given["settings"])
    doubles = Parts(
        llm=HearingLLM(latencies) if direct else TokenLLM(latencies),
        tts=ToneTTS(latencies),
        detector=EnergyVoice if given.get("detector") == "energy" else SileroVoice,
        stt=stt,
        is_paid=True,
    )
    parts = wired(settings) if given.get("path") == "nano" else doubles
    app = create_app(settings, parts)

    @app.post("/double")
    async def double(request: Request) -> dict[str, Any]:
        """What is said next, and how slow the doubles are."""
        wanted = await request.json()
        for name in ("stt_ms", "llm_ms", "tts_ms"):
            if name in wanted:
                setattr(latencies, name, wanted[name])
        if "pieces" in wanted:
            stt.play(wanted["pieces"])
        return {"num_asked": doubles.llm.num_asked}  # type: ignore[union-attr]

    class Announced(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            print(self.servers[0].sockets[0].getsockname()[1], flush=True)

    Announced(uvicorn.Config(app, port=0, log_level="warning", ws="none")).run()


if __name__ == "__main__":
    main()
