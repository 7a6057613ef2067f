"""The one task that does what the turn machine wants, command by command, in order.

The machine itself is stepped at once when something happens, so nothing is ever decided twice.
Everything slow (recognisers, models, voices, players) runs beside this task and reports back.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from asha.conversation.answerer import Answerer
from asha.conversation.context import Context
from asha.conversation.ears import PRE_ROLL_MS
from asha.conversation.listener import Listener
from asha.conversation.turn import step
from asha.conversation.turn_state import State, next_wake_ms
from asha.conversation.turn_words import (
    Answered,
    CancelReply,
    Command,
    Commit,
    Discard,
    DropTurn,
    EndReply,
    GoOn,
    MarkSilence,
    OpenTurn,
    Pause,
    Reopen,
    Resume,
    Speculate,
    Tick,
    TurnEvent,
)
from asha.core.audio import Float32

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Given:
    """What a turn says that comes whole: typed words, or a clip at 16 kHz."""

    text: str | None = None
    tag: str | None = None
    sound: Float32 | None = None
    greets: bool = False  # nothing was said: Asha says hello


class TurnLoop:
    """Owns the machine's state and the session's tasks."""

    def __init__(
        self, context: Context, listener: Listener, answerer: Answerer, state: State
    ) -> None:
        self.context, self.listener, self.answerer = context, listener, answerer
        self.state = state
        self.given: dict[int, Given] = {}
        self._todo: asyncio.Queue[Command | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False
        context.tell_machine, context.spawn = self.tell, self.spawn

    def tell(self, event: TurnEvent) -> None:
        """Step the machine at once; what it wants is done in order by `run`."""
        self.state, commands = step(self.state, event)
        for command in commands:
            self._todo.put_nowait(command)
        if not commands:
            self._todo.put_nowait(None)

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """A task that ends with the session."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """End `run`; what is under way is stopped."""
        self._is_closing = True
        self._todo.put_nowait(None)

    def forget(self) -> None:
        """Let go of the sound that no turn needs."""
        turn = self.state.turn or (self.state.reply.turn if self.state.reply else None)
        if self.context.config.turn_detection == "server":
            keep_ms = turn.start_ms - PRE_ROLL_MS if turn else self.context.ears.end_ms
            self.context.ears.forget_before(keep_ms)

    async def run(self) -> None:
        """Until `close`."""
        while not self._is_closing:
            command = await self._next()
            self._feed()
            if command:
                await self._done(command)
                self._feed()
            self.forget()
        await self.answerer.close()
        await self.listener.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _feed(self) -> None:
        turn = self.state.turn
        self.listener.feed(is_quiet=turn is None or turn.is_candidate)

    async def _next(self) -> Command | None:
        """The next command; None: something has changed, look at the clock again."""
        wake_ms = next_wake_ms(self.state)
        if wake_ms is None or not self._todo.empty():
            return await self._todo.get()
        try:
            async with asyncio.timeout(max(0.0, wake_ms - self.context.now_ms()) / 1_000):
                return await self._todo.get()
        except TimeoutError:
            # The clock and the loop's timers may differ by a rounding error.
            self.tell(Tick(max(wake_ms, self.context.now_ms())))
            return None

    async def _done(self, command: Command) -> None:
        """Do a command; a fault in one ends its answer, never the conversation."""
        try:
            await self._do(command)
        except Exception as fault:
            log.error(
                "command failed",
                session=self.context.id,
                command=type(command).__name__,
                fault=type(fault).__name__,
            )
            reply = self.state.reply
            if reply and not isinstance(command, CancelReply):
                turn, now_ms = reply.turn, self.context.now_ms()
                self.tell(Answered(now_ms, turn.number, turn.revision, failed=True))

    async def _do(self, command: Command) -> None:  # noqa: C901 - one arm per command
        match command:
            case OpenTurn(number=number, start_ms=start_ms):
                is_given = number in self.given
                await self.listener.begin(number, start_ms, is_given=is_given)
            case MarkSilence(number=number, end_ms=end_ms):
                await self.listener.fall_silent(number, end_ms)
            case GoOn(number=number):
                self.listener.go_on(number)
            case DropTurn(number=number):
                await self.listener.drop(number)
            case Speculate(number=number, revision=revision):
                await self.answerer.speculate(number, revision)
            case Discard(number=number, revision=revision):
                await self.answerer.discard(number, revision)
            case Commit():
                self._take_given(command.number)
                await self.answerer.commit(command)
            case Reopen(number=number):
                await self.answerer.reopen()
                self.listener.go_on(number)
            case Pause(onset_ms=onset_ms):
                await self.answerer.pause(onset_ms)
            case Resume(reason=reason):
                await self.answerer.resume(reason)
            case CancelReply(number=number, reason=reason, heard_ms=heard_ms):
                await self.answerer.cancel(reason, heard_ms)
                await self.listener.let_go(number)
            case EndReply(number=number):
                await self.answerer.close()
                await self.listener.let_go(number)

    def _take_given(self, number: int) -> None:
        """What came whole becomes what the turn says."""
        given = self.given.pop(number, None)
        if given is None:
            return
        if given.sound is not None:
            self.listener.hear_whole(number, given.sound)
        elif given.greets:
            self.listener.hearings[number].greets = True
        elif given.text is not None:
            self.listener.take_words(number, given.text, given.tag)
