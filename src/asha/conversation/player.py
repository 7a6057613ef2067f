"""Plays one committed draft: its phrases become events, at the pace of speech."""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from asha.conversation.announcer import Announcer
from asha.conversation.answer import Answer
from asha.conversation.coding import Coder
from asha.conversation.draft import Draft
from asha.conversation.draft_words import (
    Acted,
    Broken,
    Finished,
    PhraseBegun,
    PhraseEnded,
    PhraseSound,
)
from asha.conversation.timing import Timeline
from asha.core.asha_events import FillerStarted, ToolApplied
from asha.core.errors import AshaError
from asha.core.event_parts import ErrorBody, Item, Part, Response
from asha.core.events import (
    ContentPartAdded,
    ErrorRaised,
    ItemAdded,
    OutputAudioDelta,
    OutputItemAdded,
    OutputTextDelta,
    OutputTranscriptDelta,
    ResponseCreated,
    WireEvent,
)

ROUNDING_MS = 0.001
LEAD_MS = 1_000.0  # sound is sent at most this far ahead of being heard
FILLER_AFTER_S = 0.1  # an answer that is not there by then misses the 200 ms to the first sound


@dataclass(frozen=True, slots=True)
class Sent:
    """Reports of a player: how much has left, or that all of it has."""

    sent_ms: float
    is_all: bool = False


@dataclass(slots=True)
class Player:
    """One answer on its way out. `run` it in a task; `hold` and `go_on` pause it."""

    announcer: Announcer
    coder: Coder
    draft: Draft
    turn_id: str
    response_id: str
    item_id: str
    timeline: Timeline
    now_ms: Callable[[], float]
    report: Callable[[Sent], None]
    acted: Callable[[Mapping[str, Any]], Awaitable[None]]  # a tool's result may change the session
    speaks: bool = True
    filler: Callable[[], tuple[str, bytes] | None] | None = None
    previous_item_id: str | None = None
    answer: Answer = field(default_factory=Answer)
    has_begun: bool = False
    is_closed: bool = False  # its done events have been sent
    failed: bool = False
    _going: asyncio.Event = field(default_factory=asyncio.Event)
    _start_ms: float | None = None
    _held_at_ms: float | None = None

    def hold(self) -> None:
        """Send nothing more for now."""
        self._going.clear()
        self._held_at_ms = self.now_ms()

    def go_on(self) -> None:
        """Send on; the time held does not count as played."""
        if self._held_at_ms is not None and self._start_ms is not None:
            self._start_ms += self.now_ms() - max(self._held_at_ms, self._start_ms)
        self._held_at_ms = None
        self._going.set()

    def heard_ms(self) -> float:
        """How much has been played, if it plays as it arrives."""
        if self._start_ms is None:
            return 0.0
        until = self.now_ms() if self._held_at_ms is None else self._held_at_ms
        return min(self.answer.sent_ms, max(0.0, until - self._start_ms))

    async def run(self) -> None:
        """Send everything, then report it."""
        if self._held_at_ms is None:
            self._going.set()
        taking = asyncio.ensure_future(self.draft.take())
        try:
            if self.filler and self.speaks:
                await asyncio.wait({taking}, timeout=FILLER_AFTER_S)
                if not taking.done():
                    await self._fill()
            while True:
                out = await taking
                if isinstance(out, Finished):
                    self.failed = out.failed
                    break
                taking = asyncio.ensure_future(self.draft.take())
                await self._send(out)
        finally:
            taking.cancel()
        await self.begin()
        self.report(Sent(self.answer.sent_ms, is_all=True))

    async def _send(self, out: object) -> None:
        match out:
            case PhraseBegun(text=text):
                await self._going.wait()
                await self._say(text)
            case PhraseSound(pcm=pcm):
                await self._sound(pcm, is_answer=True)
            case PhraseEnded():
                for packet, sound_ms in self.coder.rest():
                    await self._packet(packet, sound_ms)
            case Acted(name=name, result=result):
                event = self.announcer.make(
                    ToolApplied, turn_id=self.turn_id, name=name, result=dict(result)
                )
                await self.announcer.tell(event)
                await self.acted(result)
            case Broken(error=error):
                await self.begin(self._problem(error))
            case _:
                raise AssertionError(out)

    async def begin(self, *events: WireEvent) -> None:
        """Announce the response and its item, once, and `events` with it."""
        if self.has_begun:
            if events:
                await self.announcer.tell(*events)
            return
        self.has_begun = True
        item = Item(id=self.item_id, status="in_progress", role="assistant", content=[])
        make, ids = self.announcer.make, {"response_id": self.response_id}
        response = Response(id=self.response_id, status="in_progress")
        part = Part(type="audio", transcript="") if self.speaks else Part(type="text", text="")
        await self.announcer.tell(
            make(ResponseCreated, turn_id=self.turn_id, response=response),
            make(OutputItemAdded, turn_id=self.turn_id, item=item, **ids),
            make(
                ItemAdded,
                turn_id=self.turn_id,
                item=item,
                previous_item_id=self.previous_item_id,
            ),
            make(ContentPartAdded, turn_id=self.turn_id, item_id=self.item_id, part=part, **ids),
            *events,
        )

    async def _say(self, text: str) -> None:
        self.answer.begin(text)
        ids = {"response_id": self.response_id, "item_id": self.item_id}
        if self.speaks:
            start_ms = round(self.answer.sent_ms)
            event = self.announcer.make(
                OutputTranscriptDelta, turn_id=self.turn_id, delta=text, start_ms=start_ms, **ids
            )
            await self.begin(event)
            return
        event_text = self.announcer.make(OutputTextDelta, turn_id=self.turn_id, delta=text, **ids)
        await self.begin(event_text)
        self.timeline.mark("sent", self.now_ms())

    async def _sound(self, pcm: bytes, *, is_answer: bool) -> None:
        for packet, sound_ms in self.coder.push(pcm):
            await self._packet(packet, sound_ms)
            if is_answer:
                self.timeline.mark("sent", self.now_ms())

    async def _packet(self, packet: bytes, sound_ms: float) -> None:
        """One delta of sound, when its time has come."""
        await self._pace()
        event = self.announcer.make(
            OutputAudioDelta,
            turn_id=self.turn_id,
            response_id=self.response_id,
            item_id=self.item_id,
            delta=base64.b64encode(packet).decode(),
            start_ms=round(self.answer.sent_ms),
        )
        self.announcer.show(event, sound_ms=sound_ms)
        self.timeline.mark("first_audio", self.now_ms())
        if self._start_ms is None:
            self._start_ms = self.now_ms()
        self.answer.add(sound_ms)
        self.report(Sent(self.answer.sent_ms))

    async def _pace(self) -> None:
        while True:
            await self._going.wait()
            if self._start_ms is None:
                return
            ahead_ms = self.answer.sent_ms - (self.now_ms() - self._start_ms) - LEAD_MS
            if ahead_ms < ROUNDING_MS:  # too short to sleep: a clock that jumps would stand still
                return
            await asyncio.sleep(ahead_ms / 1_000)

    async def _fill(self) -> None:
        """The answer is late: say so within the budget, and count it as what it is."""
        assert self.filler
        filler = self.filler()
        if filler is None:
            return
        text, pcm = filler
        await self._going.wait()
        event = self.announcer.make(
            FillerStarted, turn_id=self.turn_id, response_id=self.response_id, text=text
        )
        await self.begin(event)
        self.timeline.has_filler = True
        self.answer.begin("")  # its sound is played, its words are no part of the answer
        await self._sound(pcm, is_answer=False)
        for packet, sound_ms in self.coder.rest():
            await self._packet(packet, sound_ms)

    def _problem(self, error: AshaError) -> ErrorRaised:
        body = ErrorBody(
            type="server_error",
            code=error.code,
            message=error.message,
            retry_after_ms=getattr(error, "retry_after_ms", None),
            provider=getattr(error, "provider", None),
        )
        return self.announcer.make(ErrorRaised, turn_id=self.turn_id, error=body)
