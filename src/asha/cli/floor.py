"""Scenes played on the product's own conversation, in virtual time: the floor that is scored.

Everything that decides who speaks is the real thing: the voice detector, the turn machine, the
ears and the model. Only the voice is a hum of a natural length, since nobody listens to it.
"""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from asha.cli.in_process_engine import InProcessEngine
from asha.conversation.fillers import Fillers
from asha.conversation.parts import Parts
from asha.conversation.rules import Rules
from asha.conversation.session import Conversation, Services
from asha.conversation.session_config import SessionConfig
from asha.conversation.tools.sayings import load_sayings
from asha.conversation.tools.short_memory import ShortMemory
from asha.conversation.tools.toolbox import boxes
from asha.core.asha_events import PlaybackPaused, TurnCommitted
from asha.core.audio import HEARING_RATE_HZ, Chunk, pcm_of
from asha.core.language import Language
from asha.core.message import Message, ToolCall
from asha.core.ports import LoggedEvent, ReplyOptions, Usage
from asha.core.streams import closing
from asha.evaluation.case import Held, Scene
from asha.evaluation.virtual_time import run_virtual
from asha.providers.llm.embedded import EmbeddedLanguageModel
from asha.speech.vad import SileroVoice

SLICE_MS = 100
SLICE = SLICE_MS * HEARING_RATE_HZ // 1_000
MS_PER_CHAR = 60.0  # a brisk talker
SETTLED_MS = 2_500  # of silence after the sound: every rule has decided by then
CUT = ("cancelled", "incomplete")


class NanoFloor:
    """Fills the port `Floor` with the embedded model."""

    name = "asha-nano"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engine: InProcessEngine | None = None

    def hold(self, scene: Scene) -> Held:
        """Play the scene to its end; the first one loads the weights."""
        self._engine = self._engine or InProcessEngine(self._folder)
        return run_virtual(self._played(scene))

    async def _played(self, scene: Scene) -> Held:
        assert self._engine
        teller = Teller(EmbeddedLanguageModel(self._engine), scene.story)
        loop = asyncio.get_running_loop()
        parts = Parts(
            llm=teller,
            tts=_Hum(),
            detector=SileroVoice,
            box=boxes(load_sayings(self._folder)),
        )
        services = Services(
            parts=parts,
            log=_Log(),
            store=ShortMemory(),
            fillers=Fillers(parts.tts),
            rules=Rules().paced(is_paid=False),
            now_ms=lambda: loop.time() * 1_000,
            fills=False,
        )
        config = SessionConfig("sess_scene", "owner", language=scene.language)
        stage = Stage(Conversation(config, services), teller)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(stage.conversation.run())
            tasks.create_task(stage.watch())
            held = await (stage.interrupted(scene) if scene.story else stage.asked(scene))
            stage.conversation.close()
        return held


@dataclass(slots=True)
class Stage:
    """A running conversation, somebody who talks into it, and what was seen."""

    conversation: Conversation
    teller: "Teller"
    seen: list[tuple[float, str, str]] = field(default_factory=list)  # ms, type, body
    _seq: int = 0

    async def watch(self) -> None:
        """Note every event with its time."""
        reader = self.conversation.fanout.subscribe()
        while not reader.is_drained:
            if wire := await reader.next(timeout_s=1_000.0):
                self.seen.append((self._now_ms(), wire.type, wire.body))

    async def asked(self, scene: Scene) -> Held:
        """Say the sound to nobody in particular, wait, and look when it was taken for a turn."""
        await self._say(np.zeros(SLICE * 3, np.float32))
        samples = scene.sound().samples
        loud = np.flatnonzero(np.abs(samples) > 0.02)
        last_ms = self._now_ms() + loud[-1] * 1_000 / HEARING_RATE_HZ
        await self._say(samples)
        await self._say(np.zeros(SETTLED_MS * HEARING_RATE_HZ // 1_000, np.float32))
        found = [it for it in self.seen if it[1] == _type_of(TurnCommitted)]
        commits = [at for at, _, _ in found]
        return Held(
            num_turns=len({json.loads(body).get("turn_id") for _, _, body in found}),
            is_early=any(at < last_ms for at in commits),
            commit_ms=round(commits[-1] - last_ms, 1) if commits else None,
            text=self.teller.text.strip(),
            calls=tuple(self.teller.calls),
        )

    async def interrupted(self, scene: Scene) -> Held:
        """Have the story told, say the sound into it, and look whether it goes on."""
        self.conversation.type("?", final=True)
        began = await self._sound_begins()
        while self._now_ms() < began + scene.after_ms:
            await self._say(np.zeros(SLICE, np.float32))
        onset_ms = self._now_ms()
        await self._say(scene.sound().samples)
        await self._say(np.zeros(SETTLED_MS * HEARING_RATE_HZ // 1_000, np.float32))
        pauses = [at for at, kind, _ in self.seen if kind == _type_of(PlaybackPaused)]
        is_cut = any(
            kind == "response.done" and any(f'"{word}"' in body for word in CUT)
            for _, kind, body in self.seen
        )
        yield_ms = next((at - onset_ms for at in pauses if at >= onset_ms), None)
        return Held(
            is_cancelled=is_cut,
            yield_ms=None if yield_ms is None else round(yield_ms, 1),
            text=self.teller.text.strip(),
        )

    async def _sound_begins(self) -> float:
        while True:
            for at, kind, _ in self.seen:
                if kind == "response.output_audio.delta":
                    return at
            await self._say(np.zeros(SLICE, np.float32))

    async def _say(self, samples: np.ndarray) -> None:
        """Slices, each after the time it took to speak it."""
        for start in range(0, len(samples), SLICE):
            await asyncio.sleep(SLICE_MS / 1_000)
            part = np.pad(samples[start : start + SLICE], (0, max(0, start + SLICE - len(samples))))
            self.conversation.hear("mic", self._seq, pcm_of(part), HEARING_RATE_HZ)
            self._seq += 1

    def _now_ms(self) -> float:
        return asyncio.get_running_loop().time() * 1_000


class Teller:
    """The model, with a story in place of its first answer; remembers the last answer."""

    def __init__(self, model: EmbeddedLanguageModel, story: str) -> None:
        self.name, self.hears = model.name, model.hears
        self.text, self.calls = "", list[tuple[str, str]]()
        self._model, self._story = model, story

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """Pieces of the answer."""
        self.text, self.calls = "", []
        story, self._story = self._story, ""
        if story:
            for word in story.split():
                yield f"{word}, "
            return
        async with closing(self._model.reply(messages, options)) as pieces:
            async for piece in pieces:
                if isinstance(piece, str):
                    self.text += piece
                elif isinstance(piece, ToolCall):
                    self.calls.append((piece.name, piece.arguments))
                yield piece

    async def listen(self, *given: object, **options: object) -> None:
        """Hear what has been said so far."""
        await self._model.listen(*given, **options)  # type: ignore[arg-type]


class _Hum:
    """A voice of a natural length."""

    name = "hum"
    rate_hz = 24_000

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        del language
        num_samples = round(len(phrase) * MS_PER_CHAR * self.rate_hz / 1_000)
        hum = 0.1 * np.sin(np.arange(num_samples) * 2 * np.pi * 150 / self.rate_hz)
        yield Chunk(pcm_of(hum.astype(np.float32)), self.rate_hz)


class _Log:
    """An event log that ends with the scene."""

    def __init__(self) -> None:
        self._events: list[LoggedEvent] = []
        self._epoch = secrets.token_hex(4)

    async def append(
        self, session_id: str, events: Sequence[tuple[str, str]]
    ) -> Sequence[LoggedEvent]:
        del session_id
        new = [
            LoggedEvent(self._epoch, len(self._events) + number, kind, body)
            for number, (kind, body) in enumerate(events, start=1)
        ]
        self._events += new
        return new

    async def after(self, session_id: str, seq: int) -> Sequence[LoggedEvent]:
        del session_id
        return self._events[seq:]

    async def epoch(self, session_id: str) -> str:
        del session_id
        return self._epoch

    async def forget(self, session_id: str) -> None:
        del session_id
        self._events.clear()


def _type_of(event: type) -> str:
    return str(event.model_fields["type"].default)  # type: ignore[attr-defined]
