"""The answering half of a session: drafts, the answer being played, and how it ends."""

import asyncio
import contextlib
import secrets
from collections.abc import Callable

from asha.conversation.acting import acted, begun
from asha.conversation.answer import heard_text
from asha.conversation.asking import asking_for
from asha.conversation.closing import (
    Status,
    commit_events,
    done_events,
    reports,
    taken_back,
    truncated,
)
from asha.conversation.coding import coder_for
from asha.conversation.context import Context
from asha.conversation.draft import Draft
from asha.conversation.draft_words import Spent
from asha.conversation.fillers import Fillers
from asha.conversation.history import Said
from asha.conversation.listener import Listener
from asha.conversation.player import Player, Sent
from asha.conversation.summary import condense
from asha.conversation.timing import Timeline, TurnFigures
from asha.conversation.tongue import FALLBACK
from asha.conversation.turn_words import (
    Answered,
    CancelReason,
    Commit,
    Progressed,
    Ready,
    ResumeReason,
    SoundSent,
)
from asha.core.account import Account, on_account
from asha.core.asha_events import (
    PlaybackPaused,
    PlaybackResumed,
    TurnRevised,
    TurnSpeculated,
)
from asha.core.events import WireEvent

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
        self._wasted = Spent()
        self._number = self._revision = 0
        self._noted_ms = 0.0

    def saying(self) -> str:
        """What Asha says just now, to know her own voice by."""
        return self.player.answer.text if self.player else ""

    async def speculate(self, number: int, revision: int) -> None:
        """Start a draft that nobody hears yet."""
        self.draft = self._started(number, revision)
        await self.context.tell(number, TurnSpeculated, revision=revision)

    async def discard(self, number: int, revision: int) -> None:
        """The user went on: throw the draft away unheard."""
        draft, self.draft = self.draft, None
        assert draft
        await draft.discard()
        self._wasted.add(draft.spent)
        self._timelines.pop(number, None)
        await self.context.tell(number, TurnRevised, revision=revision)

    async def commit(self, command: Commit) -> None:
        """The turn is over: release its draft, or start its answer now."""
        number, now_ms = command.number, self.context.now_ms()
        self._number, self._revision = number, command.revision
        self.listener.end(number)
        previous = self.context.entries[-1].id if self.context.entries else None
        draft, self.draft = self.draft or self._started(number, command.revision), None
        draft.release()
        timeline = self._timelines.setdefault(number, Timeline())
        self._timelines = {number: timeline}
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
        hearing = self.listener.hearings[command.number]
        is_new, hearing.is_announced = not hearing.is_announced, True
        events = commit_events(
            self.context.announcer, command, question, self.context.turn_id(command.number)
        )
        await self.context.announcer.tell(*events, *([added] if is_new else []))
        self.context.entries.append(question)
        self.context.spawn(self.listener.write_down(command.number, question))

    def _play(self, number: int, draft: Draft, timeline: Timeline, previous: str | None) -> None:
        revision = self._revision
        self.player = Player(
            announcer=self.context.announcer,
            coder=coder_for(self.context.config.format),
            draft=draft,
            turn_id=self.context.turn_id(number),
            response_id=f"resp_{secrets.token_hex(10)}",
            item_id=f"item_{secrets.token_hex(10)}",
            timeline=timeline,
            now_ms=self.context.now_ms,
            report=self._reporter(number, revision),
            acted=lambda result: acted(self.context, number, result),
            speaks=self.context.config.speaks and self.context.parts.tts is not None,
            filler=self._filler if self.context.fills else None,
            previous_item_id=previous,
        )
        self._answer = begun(self.player, self.context.id)
        self._playing = asyncio.create_task(self.player.run())
        self._playing.add_done_callback(self._watcher(number, revision))

    def _watcher(self, number: int, revision: int) -> Callable[["asyncio.Task[None]"], None]:
        """A player that breaks ends its answer; nobody is left in silence."""

        def ended(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and task.exception():
                now_ms = self.context.now_ms()
                self.context.tell_machine(Answered(now_ms, number, revision, failed=True))

        return ended

    def _filler(self) -> tuple[str, bytes] | None:
        return self._fillers.of(self.context.parts.tts).get(self.context.language or FALLBACK)

    def _reporter(self, number: int, revision: int) -> Callable[[Sent], None]:
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
        if self.context.box:
            self.context.box.last_said = answer.text
        status: Status = "failed" if player.failed else "completed"
        events = done_events(player, status, text=answer.text, reason=None, account=self._account)
        player.is_closed = True
        self.context.entries.append(answer)
        await self.context.announcer.tell(*events, *await self._reports(player))
        await self.context.keep(answer)
        self.context.tell_machine(Answered(self.context.now_ms(), number, revision))
        await condense(self.context)

    @property
    def _account(self) -> Account:
        return self.listener.hearings[self._number].account

    async def _reports(self, player: Player) -> list[WireEvent]:
        wasted, self._wasted = self._wasted, Spent()
        account, timeline = self._account, player.timeline
        await self.context.purse.book(account, self.context)
        self.context.observe(
            TurnFigures(timeline.clocks(), timeline.has_filler, account.by_provider)
        )
        return await reports(player, account, self.context.purse, wasted)

    async def pause(self, onset_sound_ms: float | None) -> None:
        """Fall silent at once."""
        player = self.player
        assert player
        player.hold()
        if onset_sound_ms is not None:
            player.timeline.mark("onset", self.context.clock_of(onset_sound_ms))
            player.timeline.mark("yielded", self.context.now_ms())
        await self.context.tell(self._number, PlaybackPaused, response_id=player.response_id)

    async def resume(self, reason: ResumeReason) -> None:
        """Speak on."""
        player = self.player
        assert player
        which = {"response_id": player.response_id, "reason": reason}
        await self.context.tell(self._number, PlaybackResumed, **which)
        player.go_on()

    async def cancel(self, reason: CancelReason, heard_ms: float) -> None:
        """End the answer early; what was heard of it is what is kept."""
        override, self.heard_override_ms = self.heard_override_ms, None
        player = await self._stopped()
        answer = self._answer
        if player is None or answer is None:
            return
        heard_ms = heard_ms if override is None else min(override, player.answer.sent_ms)
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
        events = done_events(player, status, text=answer.text, reason=wire, account=self._account)
        self.context.entries.append(answer)
        await self.context.announcer.tell(cut, *events, *await self._reports(player))
        await self.context.keep(answer)

    async def reopen(self) -> None:
        """The user went on with the committed turn: take the answer back."""
        player = await self._stopped()
        revision = self._revision
        if player:
            self._wasted.add(player.draft.spent)
        events: list[WireEvent] = []
        if player and player.has_begun:
            events = taken_back(player, self._account)
            owner = self.context.config.owner
            await self.context.store.delete("item", owner=owner, id=player.item_id)
        gone = {player.item_id if player else "", self._question.id if self._question else ""}
        self.context.entries = [entry for entry in self.context.entries if entry.id not in gone]
        await self.context.announcer.tell(*events)
        self._timelines.pop(self._number, None)
        await self.context.tell(self._number, TurnRevised, revision=revision)

    async def close(self) -> None:
        """The answer was heard to its end, or everything ends."""
        if self.draft:
            await self.draft.discard()
        await self._stopped()

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

    def _started(self, number: int, revision: int) -> Draft:
        timeline, now_ms = self._timelines.setdefault(number, Timeline()), self.context.now_ms

        async def settle() -> None:
            settled = Progressed(now_ms(), number, self._revision, is_settled=True)
            self.context.tell_machine(settled)

        readies = "first_sound" if self.context.speaks_ahead else "first_phrase"

        def mark(name: str) -> None:
            if name == readies and name not in timeline.marks_ms:
                self.context.tell_machine(Ready(now_ms(), number, revision, draft.refuses is True))
            timeline.mark(name, now_ms())

        asking = asking_for(self.context, self.listener, number, mark=mark, settle=settle)
        draft = Draft(self.context.parts, asking)
        with on_account(self.listener.hearings[number].account):
            draft.start()
        return draft
