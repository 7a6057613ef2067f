"""One conversation: what comes in becomes events of the turn machine, its commands are done here.

A single task owns the machine: it takes one event after the other, so nothing is ever decided
twice. Everything slow (recognisers, models, voices, players) runs beside it and reports back.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog

from asha.conversation.announcer import Announcer
from asha.conversation.answerer import Answerer
from asha.conversation.context import Context
from asha.conversation.ears import PRE_ROLL_MS, Ears
from asha.conversation.fanout import Fanout
from asha.conversation.fillers import Fillers
from asha.conversation.history import Said
from asha.conversation.interrupt import judged
from asha.conversation.listener import Listener
from asha.conversation.parts import Parts
from asha.conversation.rules import Rules
from asha.conversation.session_config import SessionConfig, as_body, changed
from asha.conversation.tongue import FALLBACK
from asha.conversation.turn import listening, step
from asha.conversation.turn_state import next_wake_ms
from asha.conversation.turn_words import (
    CancelAsked,
    CancelReply,
    ClearAsked,
    Command,
    Commit,
    CommitAsked,
    Discard,
    DropTurn,
    EndReply,
    GoOn,
    MarkSilence,
    OpenTurn,
    Pause,
    Reopen,
    Resume,
    Silence,
    Speculate,
    Tick,
    TurnEvent,
    Typing,
    Voice,
)
from asha.core.audio import HEARING_RATE_HZ, Clip, Float32
from asha.core.errors import BadInput, Conflict, NotFound
from asha.core.event_parts import Clocks
from asha.core.events import SessionCreated, SessionUpdated
from asha.core.language import TAGS
from asha.core.ports import EventLog, Store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Services:
    """What all sessions share."""

    parts: Parts
    log: EventLog
    store: Store
    fillers: Fillers
    rules: Rules
    now_ms: Callable[[], float]
    fills: bool = True
    observe: Callable[[Clocks, bool], None] = lambda _clocks, _has_filler: None


@dataclass(frozen=True, slots=True)
class Given:
    """What a turn says that comes whole: typed words, or a clip at 16 kHz."""

    text: str | None = None
    tag: str | None = None
    sound: Float32 | None = None
    greets: bool = False  # nothing was said: Asha says hello


class Conversation:
    """A session that is open. `run` it in a task of its own; `close` it in the end."""

    def __init__(self, config: SessionConfig, services: Services, *, next_number: int = 1) -> None:
        self.fanout = Fanout()
        rules = replace(services.rules, ends_turns=config.turn_detection == "server")
        self.context = Context(
            config=config,
            parts=services.parts,
            rules=rules,
            announcer=Announcer(config.id, services.log, self.fanout),
            store=services.store,
            ears=Ears(services.parts.detector()),
            now_ms=services.now_ms,
            tell_machine=self._tell_machine,
            spawn=self._spawn,
            fills=services.fills,
            observe=services.observe,
            language=config.language if config.language in TAGS else None,
        )
        self.answerer = Answerer(self.context, services.fillers)
        self.listener = Listener(self.context, saying=self.answerer.saying)
        self.answerer.listener = self.listener
        self._fillers = services.fillers
        self._state = listening(rules, next_number=next_number)
        self._todo: asyncio.Queue[Command | None] = asyncio.Queue()
        self._is_closing = False
        self._used_at_ms = services.now_ms()
        self._tasks: set[asyncio.Task[None]] = set()
        self._given: dict[int, Given] = {}
        self._pressed_ms: float | None = None  # push-to-talk: where the uncommitted sound begins

    @property
    def config(self) -> SessionConfig:
        """The session's settings now."""
        return self.context.config

    @property
    def entries(self) -> list[Said]:
        """What was said so far."""
        return self.context.entries

    @property
    def next_number(self) -> int:
        """The number the next turn will have."""
        return self._state.next_number

    @property
    def is_busy(self) -> bool:
        """Whether a turn or an answer is under way."""
        return bool(self._state.turn or self._state.reply)

    # ---- what comes in

    async def announce(self) -> None:
        """The first event of the session."""
        body = as_body(self.config, self.context.parts)
        await self.context.announcer.tell(self.context.announcer.make(SessionCreated, session=body))

    async def change(self, changes: dict[str, Any]) -> None:
        """Change settings; takes effect with the next turn."""
        self.context.config = changed(self.config, changes)
        if self.config.language in TAGS:
            self.context.language = self.config.language
        is_server = self.config.turn_detection == "server"
        self.context.rules = replace(self.context.rules, ends_turns=is_server)
        self._state = replace(self._state, rules=self.context.rules)
        body = as_body(self.config, self.context.parts)
        await self.context.announcer.tell(self.context.announcer.make(SessionUpdated, session=body))

    def hear(self, stream: str, seq: int, pcm: bytes, rate_hz: int) -> int:
        """A slice of the microphone; the number of the slice that is waited for next."""
        parts = self.context.parts
        if parts.stt is None and not parts.hears:
            raise Conflict(
                "Nothing here can hear yet: send words to input_text (the browser's recogniser), "
                "or configure a recogniser."
            )
        ears, now_ms = self.context.ears, self.context.now_ms()
        self._used_at_ms = now_ms
        if self._pressed_ms is None:
            self._pressed_ms = ears.end_ms
        frames = ears.accept(stream, seq, pcm, rate_hz)
        self.context.arrived = (now_ms, ears.end_ms)
        for frame in frames:
            if frame.is_speech:
                self._tell_machine(Voice(now_ms, frame.start_ms, frame.end_ms))
            elif self._state.turn or self._state.onset_start_ms is not None:
                self._tell_machine(Silence(now_ms, frame.end_ms))
        self._forget()
        return ears.next_seq(stream)

    def commit(self) -> str:
        """The client ends its turn (push-to-talk); the turn's id.

        Raises:
            Conflict: turn detection is the server's, or there is no sound.
        """
        if self.config.turn_detection != "client":
            raise Conflict("The server ends turns here; set turn_detection to `client` to commit.")
        start_ms, end_ms = self._pressed_ms, self.context.ears.end_ms
        if start_ms is None or end_ms <= start_ms:
            raise Conflict("There is no sound to commit; send slices first.")
        self._pressed_ms = None
        sound = self.context.ears.between(start_ms, end_ms)
        self.context.ears.forget_before(end_ms)
        return self._give(Given(sound=sound), start_ms, end_ms)

    def clear(self) -> None:
        """Throw away what was not committed."""
        self._pressed_ms = None
        self.context.ears.forget_before(self.context.ears.end_ms)
        self._tell_machine(ClearAsked(self.context.now_ms()))

    def type(self, text: str, *, final: bool, tag: str | None = None) -> str | None:
        """Words from a keyboard or the browser's recogniser; the turn's id."""
        if final and not text.strip():
            raise BadInput("The text is empty; give some words.", param="text")
        if final:
            return self._give(Given(text=text, tag=tag), 0.0, 0.0)
        known = tag or self.context.language or FALLBACK
        meaning = judged(text, known, saying=self.answerer.saying())
        self._tell_machine(Typing(self.context.now_ms(), *meaning))
        turn = self._state.turn
        if turn:
            self._given[turn.number] = Given(text=text, tag=tag)
        return self.context.turn_id(turn.number) if turn else None

    def say(self, clip: Clip) -> str:
        """One whole turn of sound (16 kHz); the turn's id."""
        if clip.rate_hz != HEARING_RATE_HZ:
            raise ValueError("a whole turn is heard at 16 kHz")
        end_ms = self.context.ears.end_ms
        return self._give(Given(sound=clip.samples), end_ms, end_ms)

    def cancel(self, response_id: str, *, heard_ms: float | None) -> None:
        """The client stops the answer, and says how much of it was played."""
        player = self.answerer.player
        if player is None or player.response_id != response_id:
            raise NotFound(f"There is no response {response_id!r} under way.")
        self.answerer.heard_override_ms = heard_ms
        number = int(player.turn_id.rsplit("_", 1)[1])
        self._tell_machine(CancelAsked(self.context.now_ms(), number))

    async def greet_once(self) -> None:
        """Say hello when the stream is first opened; never again, not even after a restart."""
        if not self.config.greet or self.entries:
            return
        self.context.config = replace(self.config, greet=False)
        row = asdict(self.context.config)
        await self.context.store.put("session", self.config.id, row, owner=self.config.owner)
        self._given[self._state.next_number] = Given(greets=True)
        self._tell_machine(CommitAsked(self.context.now_ms(), 0.0, 0.0))

    def stop_spending(self) -> None:
        """Nobody listens: end the answer."""
        if reply := self._state.reply:
            self._tell_machine(CancelAsked(self.context.now_ms(), reply.turn.number))

    def was_used_since(self, ms: float) -> bool:
        """Whether anything came in since then."""
        return self._used_at_ms >= ms

    # ---- the one task

    async def run(self) -> None:
        """Take events until `close`; never ends by itself."""
        tag = self.config.language if self.config.language in TAGS else FALLBACK
        if self.context.fills:
            self._spawn(self._fillers.prepare(tag))
        while not self._is_closing:
            command = await self._next()
            self.listener.feed()
            if command:
                await self._done(command)
                self.listener.feed()
            self._forget()
        await self.answerer.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.fanout.close()

    def close(self) -> None:
        """End `run`; what is under way is stopped."""
        self._is_closing = True
        self._todo.put_nowait(None)

    async def _next(self) -> Command | None:
        """The next command; None: something has changed, look at the clock again."""
        wake_ms = next_wake_ms(self._state)
        if wake_ms is None or not self._todo.empty():
            return await self._todo.get()
        try:
            async with asyncio.timeout(max(0.0, wake_ms - self.context.now_ms()) / 1_000):
                return await self._todo.get()
        except TimeoutError:
            # The clock and the loop's timers may differ by a rounding error.
            self._tell_machine(Tick(max(wake_ms, self.context.now_ms())))
            return None

    def _forget(self) -> None:
        """Let go of the sound that no turn needs."""
        turn = self._state.turn or (self._state.reply.turn if self._state.reply else None)
        if self.config.turn_detection == "server":
            keep_ms = turn.start_ms - PRE_ROLL_MS if turn else self.context.ears.end_ms
            self.context.ears.forget_before(keep_ms)

    async def _done(self, command: Command) -> None:
        """Do a command; a fault in one must not end the conversation."""
        try:
            await self._do(command)
        except Exception as fault:
            log.error(
                "command failed",
                session=self.config.id,
                command=type(command).__name__,
                fault=type(fault).__name__,
            )

    async def _do(self, command: Command) -> None:  # noqa: C901 - one arm per command
        match command:
            case OpenTurn(number=number, start_ms=start_ms):
                await self._open(number, start_ms)
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
                await self._commit(command)
            case Reopen(number=number, heard_ms=heard_ms):
                await self.answerer.reopen(heard_ms)
                self.listener.go_on(number)
            case Pause(onset_ms=onset_ms):
                await self.answerer.pause(onset_ms)
            case Resume(reason=reason):
                await self.answerer.resume(reason)
            case CancelReply(reason=reason, heard_ms=heard_ms):
                await self.answerer.cancel(reason, heard_ms)
            case EndReply():
                await self.answerer.finish()

    async def _open(self, number: int, start_ms: float) -> None:
        given = self._given.get(number)
        await self.listener.begin(number, start_ms, is_given=given is not None)

    async def _commit(self, command: Commit) -> None:
        given = self._given.pop(command.number, None)
        if given and given.sound is not None:
            self.listener.hear_whole(command.number, given.sound)
        elif given and given.greets:
            self.listener.hearings[command.number].greets = True
        elif given and given.text is not None:
            self.listener.take_words(command.number, given.text, given.tag)
        await self.answerer.commit(command)

    def _give(self, given: Given, start_ms: float, end_ms: float) -> str:
        """A turn that comes whole: it is committed at once; its id."""
        self._used_at_ms = self.context.now_ms()
        turn = self._state.turn
        number = turn.number if turn else self._state.next_number
        self._given[number] = given
        self._tell_machine(CommitAsked(self.context.now_ms(), start_ms, end_ms))
        return self.context.turn_id(number)

    def _tell_machine(self, event: TurnEvent) -> None:
        """Step the machine at once; what it wants is done in order by `run`."""
        self._state, commands = step(self._state, event)
        for command in commands:
            self._todo.put_nowait(command)
        if not commands:
            self._todo.put_nowait(None)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
