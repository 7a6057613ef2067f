"""The answering half of a session: drafts, the answer being played, and how it ends."""

import asyncio
import contextlib
import secrets

from asha.conversation.answer import heard_text
from asha.conversation.asking import asked
from asha.conversation.closing import Status, done_events, truncated
from asha.conversation.coding import coder_for
from asha.conversation.context import Context
from asha.conversation.draft import Asking, Draft
from asha.conversation.fillers import Fillers
from asha.conversation.history import Said
from asha.conversation.listener import Listener
from asha.conversation.player import Player, Sent
from asha.conversation.timing import Timeline
from asha.conversation.tongue import FALLBACK
from asha.conversation.turn_words import (
    Answered,
    CancelReason,
    Commit,
    Progressed,
    ResumeReason,
    SoundSent,
)
from asha.core.asha_events import (
    CostReport,
    LatencyReport,
    PlaybackPaused,
    PlaybackResumed,
    TurnCommitted,
    TurnRevised,
    TurnSpeculated,
)
from asha.core.events import AudioCommitted, ItemDeleted, WireEvent
from asha.core.language import TAGS

NOTE_EVERY_MS = 1_000.0
_WIRE_REASONS = ("turn_detected", "client_cancelled")  # Realtime knows no others


class Answerer:
    """At most one draft and one answer at a time."""

    def __init__(self, context: Context, fillers: Fillers) -> None:
        self.context, self._fillers = context, fillers
        self.listener: Listener  # set by the session: the halves know each other
        self.draft: Draft | None = None
        self.player: Player | None = None
        self.heard_override_ms: float | None = None  # the client's own playback position
        self._playing: asyncio.Task[None] | None = None
        self._answer: Said | None = None
        self._question: Said | None = None
        self._timelines: dict[int, Timeline] = {}
        self._wasted_tokens = self._wasted_characters = 0
        self._number = self._revision = 0
        self._noted_ms = 0.0

    def saying(self) -> str:
        """What Asha says just now, to know her own voice by."""
        return self.player.answer.text if self.player else ""

    async def speculate(self, number: int, revision: int) -> None:
        """Start a draft that nobody hears yet."""
        self.draft = self._drafted(number)
        self.draft.start()
        await self._tell(number, TurnSpeculated, revision=revision)

    async def discard(self, number: int, revision: int) -> None:
        """The user went on: throw the draft away unheard."""
        draft, self.draft = self.draft, None
        assert draft
        await draft.discard()
        self._wasted_tokens += draft.spent.num_tokens
        self._wasted_characters += draft.spent.num_characters
        self._timelines.pop(number, None)
        await self._tell(number, TurnRevised, revision=revision)

    async def commit(self, command: Commit) -> None:
        """The turn is over: release its draft, or start its answer now."""
        number, now_ms = command.number, self.context.now_ms()
        self._number, self._revision = number, command.revision
        self.listener.end(number)
        previous = self.context.entries[-1].id if self.context.entries else None
        draft, self.draft = self.draft, None
        if draft is None:
            draft = self._drafted(number)
            draft.start()
        draft.release()
        timeline = self._timeline(number)
        timeline.mark("commit", now_ms)
        if command.end_ms:
            timeline.mark("speech_end", self.context.clock_of(command.end_ms))
        self._question = None
        if not self.listener.hearings[number].greets:
            await self._accept(command, previous)
            previous = self._question.id if self._question else previous
        timeline.mark("ack", self.context.now_ms())
        self._play(number, draft, timeline, previous)

    async def _accept(self, command: Commit, previous: str | None) -> None:
        """The user's words join the conversation."""
        question, added = self.listener.added(command.number, previous=previous)
        self._question = question
        await self.context.announcer.tell(*self._commit_events(command, question, added, previous))
        self.context.entries.append(question)
        self.context.spawn(self.listener.write_down(command.number, question))

    def _commit_events(
        self, command: Commit, question: Said, added: WireEvent, previous: str | None
    ) -> list[WireEvent]:
        make, turn = self.context.announcer.make, self.context.turn_id(command.number)
        events: list[WireEvent] = []
        if not question.is_typed:
            events.append(
                make(AudioCommitted, turn_id=turn, item_id=question.id, previous_item_id=previous)
            )
        events.append(
            make(
                TurnCommitted,
                turn_id=turn,
                revision=command.revision,
                silence_ms=round(command.silence_ms, 1),
            )
        )
        if command.revision == 1 or question.id not in self.listener.announced:
            self.listener.announced.add(question.id)
            events.append(added)
        return events

    def _play(self, number: int, draft: Draft, timeline: Timeline, previous: str | None) -> None:
        config = self.context.config
        self.player = Player(
            announcer=self.context.announcer,
            coder=coder_for(config.format),
            draft=draft,
            turn_id=self.context.turn_id(number),
            response_id=f"resp_{secrets.token_hex(10)}",
            item_id=f"item_{secrets.token_hex(10)}",
            timeline=timeline,
            now_ms=self.context.now_ms,
            report=self._reporter(number, self._revision),
            speaks=config.speaks and self.context.parts.tts is not None,
            filler=self._filler if self.context.fills else None,
            previous_item_id=previous,
        )
        self._answer = Said(
            id=self.player.item_id,
            session_id=self.context.id,
            turn_id=self.player.turn_id,
            role="assistant",
            text="",
            status="in_progress",
            response_id=self.player.response_id,
        )
        self._playing = asyncio.create_task(self.player.run())
        self._playing.add_done_callback(_swallow)

    def _filler(self) -> tuple[str, bytes] | None:
        return self._fillers.get(self.context.language or self._spoken_tag())

    def _reporter(self, number: int, revision: int):  # type: ignore[no-untyped-def]
        def report(sent: Sent) -> None:
            now_ms = self.context.now_ms()
            if sent.is_all:
                self.context.spawn(self._all_sent(number, revision))
                return
            self.context.tell_machine(SoundSent(now_ms, number, revision, sent.sent_ms))
            self._note_heard(now_ms)

        return report

    def _note_heard(self, now_ms: float) -> None:
        """Once a second, keep how much was heard: a crash must not forget it."""
        answer, player = self._answer, self.player
        if not answer or not player or now_ms - self._noted_ms < NOTE_EVERY_MS:
            return
        self._noted_ms = now_ms
        answer.heard_ms = round(player.heard_ms())
        self.context.spawn(self.context.keep(answer))

    async def _all_sent(self, number: int, revision: int) -> None:
        """Everything has left: the response is done, though it is still being heard."""
        player = self.player
        if player is None or (number, revision) != (self._number, self._revision):
            return
        answer = self._answer
        assert answer
        answer.text, answer.language = player.answer.text, player.draft.language
        answer.status, answer.heard_ms = "completed", None
        status: Status = "failed" if player.failed else "completed"
        events = done_events(player, status, text=answer.text, reason=None)
        player.is_closed = True
        self.context.entries.append(answer)
        await self.context.announcer.tell(*events, *self._reports(player))
        await self.context.keep(answer)
        self.context.tell_machine(Answered(self.context.now_ms(), number, revision))

    def _reports(self, player: Player) -> list[WireEvent]:
        timeline, make = player.timeline, self.context.announcer.make
        segments = {name: round(ms, 3) for name, ms in timeline.segments_ms().items()}
        self.context.observe(timeline.clocks(), timeline.has_filler)
        wasted = self._wasted_tokens, self._wasted_characters
        self._wasted_tokens = self._wasted_characters = 0
        return [
            make(
                LatencyReport,
                turn_id=player.turn_id,
                clocks=timeline.clocks(),
                segments_ms=segments,
                filler=timeline.has_filler,
            ),
            make(
                CostReport,
                turn_id=player.turn_id,
                usd=0.0,
                by_provider={},
                wasted_tokens=wasted[0],
                wasted_characters=wasted[1],
            ),
        ]

    async def pause(self, onset_sound_ms: float | None) -> None:
        """Fall silent at once."""
        player = self.player
        assert player
        player.hold()
        now_ms = self.context.now_ms()
        if onset_sound_ms is not None:
            player.timeline.mark("onset", self.context.clock_of(onset_sound_ms))
            player.timeline.mark("yielded", now_ms)
        event = self.context.announcer.make(
            PlaybackPaused, turn_id=player.turn_id, response_id=player.response_id
        )
        await self.context.announcer.tell(event)

    async def resume(self, reason: ResumeReason) -> None:
        """Speak on."""
        player = self.player
        assert player
        event = self.context.announcer.make(
            PlaybackResumed, turn_id=player.turn_id, response_id=player.response_id, reason=reason
        )
        await self.context.announcer.tell(event)
        player.go_on()

    async def cancel(self, reason: CancelReason, heard_ms: float) -> None:
        """End the answer early; what was heard of it is what is kept."""
        override, self.heard_override_ms = self.heard_override_ms, None
        heard_ms = heard_ms if override is None else min(override, self._sent_ms())
        player = await self._stopped()
        answer = self._answer
        if player is None or answer is None:
            return
        answer.text = heard_text(player.answer.phrases, heard_ms)
        answer.status, answer.heard_ms = "incomplete", round(heard_ms)
        cut = truncated(self.context.announcer, player.item_id, player.turn_id, heard_ms)
        if player.is_closed:  # it was sent whole and is cut while it is heard
            await self.context.announcer.tell(cut)
            await self.context.keep(answer)
            return
        await player.begin()  # every committed turn has a response, if only a cancelled one
        wire = reason if reason in _WIRE_REASONS else None
        status: Status = "cancelled" if wire else "failed"
        events = done_events(player, status, text=answer.text, reason=wire)
        self.context.entries.append(answer)
        await self.context.announcer.tell(cut, *events, *self._reports(player))
        await self.context.keep(answer)

    async def reopen(self, heard_ms: float) -> None:
        """The user went on with the committed turn: take the answer back."""
        player = await self._stopped()
        revision = self._revision
        self._wasted_tokens += player.draft.spent.num_tokens if player else 0
        self._wasted_characters += player.draft.spent.num_characters if player else 0
        events: list[WireEvent] = []
        make = self.context.announcer.make
        if player and player.has_begun:
            if not player.is_closed:
                events += done_events(player, "cancelled", text="", reason="turn_detected")
            events.append(make(ItemDeleted, turn_id=player.turn_id, item_id=player.item_id))
            await self.context.store.delete(
                "item", owner=self.context.config.owner, id=player.item_id
            )
        gone = {player.item_id if player else "", self._question.id if self._question else ""}
        self.context.entries = [entry for entry in self.context.entries if entry.id not in gone]
        turn = self.context.turn_id(self._number)
        events.append(make(TurnRevised, turn_id=turn, revision=revision))
        await self.context.announcer.tell(*events)
        self._timelines.pop(self._number, None)
        del heard_ms

    async def finish(self) -> None:
        """The answer was heard to its end."""
        await self._stopped()

    async def close(self) -> None:
        """Stop everything."""
        if self.draft:
            await self.draft.discard()
        await self._stopped()

    def _sent_ms(self) -> float:
        return self.player.answer.sent_ms if self.player else 0.0

    async def _stopped(self) -> Player | None:
        player, playing = self.player, self._playing
        self.player = self._playing = None
        if playing:
            playing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await playing
        if player:
            await player.draft.discard()
        return player

    def _timeline(self, number: int) -> Timeline:
        return self._timelines.setdefault(number, Timeline())

    def _spoken_tag(self) -> str:
        tag = self.context.config.language
        return tag if tag in TAGS else FALLBACK

    def _drafted(self, number: int) -> Draft:
        timeline = self._timeline(number)
        config, rules = self.context.config, self.context.rules

        async def settle() -> None:
            now_ms = self.context.now_ms()
            self.context.tell_machine(Progressed(now_ms, number, self._revision, is_settled=True))

        asking = Asking(
            turn_id=self.context.turn_id(number),
            question=lambda at_once: asked(self.context, self.listener, number, at_once),
            mark=lambda name: timeline.mark(name, self.context.now_ms()),
            settle=settle,
            speaks=config.speaks,
            speaks_ahead=rules.speculation == "speech",
        )
        return Draft(self.context.parts, asking)

    async def _tell(self, number: int, kind: type[WireEvent], **fields: object) -> None:
        event = self.context.announcer.make(kind, turn_id=self.context.turn_id(number), **fields)
        await self.context.announcer.tell(event)


def _swallow(task: "asyncio.Task[None]") -> None:
    """A player's failure is told by its draft; here it only must not be lost by the loop."""
    if not task.cancelled() and task.exception():
        pass
