"""A room in virtual time: somebody who talks, a session, and a witness of its events."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scripted import LoudIsSpeech, MemoryLog, MemoryStore, ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.conversation.fillers import Fillers
from asha.conversation.parts import Parts
from asha.conversation.rules import Rules
from asha.conversation.session import Conversation, Services
from asha.conversation.session_config import SessionConfig

SLICE_MS = 100
RATE_HZ = 16_000
SPEECH = np.full(SLICE_MS * RATE_HZ // 1_000, 3_000, "<i2").tobytes()
QUIET = bytes(len(SPEECH))


@dataclass(frozen=True)
class Seen:
    """An event and when it came, in ms."""

    at_ms: float
    type: str
    body: dict[str, Any]


class Room:
    """Talk into it, let time pass, and look at what was seen."""

    def __init__(self, conversation: Conversation, services: Services) -> None:
        self.conversation, self.services = conversation, services
        self.seen: list[Seen] = []
        self._reader = conversation.fanout.subscribe()
        self._seq = 0

    @property
    def now_ms(self) -> float:
        return asyncio.get_running_loop().time() * 1_000

    async def watch(self) -> None:
        while not self._reader.is_drained:
            if wire := await self._reader.next(timeout_s=1_000.0):
                self.seen.append(Seen(self.now_ms, wire.type, json.loads(wire.body)))

    async def send(self, pcm: bytes, *, after_ms: float = SLICE_MS) -> None:
        """One slice, after the time it took to speak it."""
        await asyncio.sleep(after_ms / 1_000)
        self.conversation.hear("mic", self._seq, pcm, RATE_HZ)
        self._seq += 1

    async def speak(self, ms: float) -> None:
        for _ in range(round(ms / SLICE_MS)):
            await self.send(SPEECH)

    async def be_silent(self, ms: float) -> None:
        for _ in range(round(ms / SLICE_MS)):
            await self.send(QUIET)

    async def wait_for(self, kind: str, *, count: int = 1, within_s: float = 60.0) -> Seen:
        """Let time pass in silence until `kind` was seen `count` times."""
        for _ in range(round(within_s * 1_000 / SLICE_MS)):
            found = [seen for seen in self.seen if seen.type == kind]
            if len(found) >= count:
                return found[count - 1]
            await self.send(QUIET)
        raise AssertionError(f"no {kind} within {within_s} s; seen: {self.types()}")

    def types(self) -> list[str]:
        """The types seen, repeated deltas once."""
        kinds: list[str] = []
        for seen in self.seen:
            if not kinds or kinds[-1] != seen.type:
                kinds.append(seen.type)
        return kinds

    def all(self, kind: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.type == kind]

    def transcript(self) -> str:
        """What was shown of the answers."""
        kind = "response.output_audio_transcript.delta"
        return "".join(seen.body["delta"] for seen in self.all(kind))


@contextlib.asynccontextmanager
async def room(
    *,
    stt: ScriptedSTT | None = None,
    llm: Any = None,
    tts: ScriptedTTS | None = None,
    rules: Rules | None = None,
    fills: bool = False,
    tools: dict[str, Any] | None = None,
    standby: Any = None,
    **config: Any,
) -> AsyncIterator[Room]:
    """A running session with doubles; zero latency unless they are given."""
    parts = Parts(
        llm=llm if llm is not None else ScriptedLLM(["Namaste, how are you today?"]),
        tts=tts or ScriptedTTS(),
        detector=LoudIsSpeech,
        stt=stt or ScriptedSTT(["hello there"]),
        tools=tools or {},
        standby=standby,
    )
    loop = asyncio.get_running_loop()
    services = Services(
        parts=parts,
        log=MemoryLog(),
        store=MemoryStore(),
        fillers=Fillers(parts.tts),
        rules=rules or Rules(),
        now_ms=lambda: loop.time() * 1_000,
        fills=fills,
    )
    settings = replace(SessionConfig("sess_test", "owner"), **{"language": "en-IN", **config})
    conversation = Conversation(settings, services)
    made = Room(conversation, services)
    running = asyncio.create_task(conversation.run())
    watching = asyncio.create_task(made.watch())
    try:
        yield made
    finally:
        conversation.close()
        await running
        await watching
