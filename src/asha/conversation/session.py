"""One conversation, as the outside sees it: what comes in becomes events of the turn machine."""

import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from asha.conversation.announcer import Announcer
from asha.conversation.answerer import Answerer
from asha.conversation.choice import KINDS, parts_for
from asha.conversation.context import Context
from asha.conversation.ears import Ears, check_slice
from asha.conversation.fanout import Fanout
from asha.conversation.fillers import Fillers
from asha.conversation.history import Said
from asha.conversation.interrupt import judged
from asha.conversation.ledger import Ledger, Purse, keep_to_budget
from asha.conversation.listener import Listener
from asha.conversation.parts import Parts, ToolBox
from asha.conversation.rules import Rules
from asha.conversation.session_config import SessionConfig, as_body, changed
from asha.conversation.timing import TurnFigures
from asha.conversation.tongue import FALLBACK
from asha.conversation.turn import listening
from asha.conversation.turn_loop import Given, TurnLoop
from asha.conversation.turn_words import (
    CancelAsked,
    ClearAsked,
    CommitAsked,
    Silence,
    Typing,
    Voice,
)
from asha.core.audio import HEARING_RATE_HZ, Clip
from asha.core.errors import AshaError, BadInput, Conflict, NotFound
from asha.core.events import SessionCreated, SessionUpdated
from asha.core.language import TAGS
from asha.core.ports import EventLog, Store


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
    observe: Callable[[TurnFigures], None] = lambda _: None
    ledger: Ledger = field(default_factory=Ledger)


class Conversation:
    """A session that is open. `run` it in a task of its own; `close` it in the end."""

    def __init__(self, config: SessionConfig, services: Services, *, next_number: int = 1) -> None:
        self.fanout = Fanout()
        parts = parts_for(config, services.parts)
        rules = _rules(config, services, parts)
        self.context = Context(
            config=config,
            parts=parts,
            rules=rules,
            announcer=Announcer(config.id, services.log, self.fanout),
            store=services.store,
            ears=Ears(parts.detector()),
            now_ms=services.now_ms,
            fills=services.fills,
            observe=services.observe,
            purse=Purse(services.ledger),
            box=_box(services, config),
            language=config.language if config.language in TAGS else None,
        )
        self.answerer = Answerer(self.context, services.fillers)
        self.listener = Listener(self.context, saying=self.answerer.saying)
        self.answerer.listener = self.listener
        state = listening(rules, next_number=next_number)
        self._loop = TurnLoop(self.context, self.listener, self.answerer, state)
        self._services = services
        self._used_at_ms = services.now_ms()
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
        return self._loop.state.next_number

    @property
    def is_busy(self) -> bool:
        """Whether a turn or an answer is under way."""
        return bool(self._loop.state.turn or self._loop.state.reply)

    # ---- what comes in

    async def announce(self) -> None:
        """The first event of the session."""
        body = as_body(self.config, self.context.coming_parts)
        await self.context.announcer.tell(self.context.announcer.make(SessionCreated, session=body))

    async def change(self, changes: dict[str, Any]) -> None:
        """Change settings; takes effect with the next turn."""
        self.context.config = changed(self.config, changes)
        if self.config.language in TAGS:
            self.context.language = self.config.language
        if any(kind in changes for kind in KINDS):
            self.context.next_parts = parts_for(self.config, self._services.parts)
            self._make_ready(self.context.next_parts)
        parts = self.context.coming_parts
        self.context.rules = _rules(self.config, self._services, parts)
        self._loop.state = replace(self._loop.state, rules=self.context.rules)
        body = as_body(self.config, parts)
        await self.context.announcer.tell(self.context.announcer.make(SessionUpdated, session=body))

    def hear(self, stream: str, seq: int, pcm: bytes, rate_hz: int) -> int:
        """A slice of the microphone; the number of the slice that is waited for next."""
        check_slice(pcm, rate_hz)
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
                self._loop.tell(Voice(now_ms, frame.start_ms, frame.end_ms))
            elif self._loop.state.turn or self._loop.state.onset_start_ms is not None:
                self._loop.tell(Silence(now_ms, frame.end_ms))
        if self.config.turn_detection == "client":
            self.listener.press(self._pressed_ms)
        self._loop.forget()
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
        self._loop.spawn(self.listener.release())
        self.context.ears.forget_before(self.context.ears.end_ms)
        self._loop.tell(ClearAsked(self.context.now_ms()))

    def type(self, text: str, *, final: bool, tag: str | None = None) -> str | None:
        """Words from a keyboard or the browser's recogniser; the turn's id."""
        if final and not text.strip():
            raise BadInput("The text is empty; give some words.", param="text")
        if final:
            return self._give(Given(text=text, tag=tag), 0.0, 0.0)
        known = tag or self.context.language or FALLBACK
        meaning = judged(text, known, saying=self.answerer.saying())
        self._loop.tell(Typing(self.context.now_ms(), *meaning))
        turn = self._loop.state.turn
        if turn:
            self._loop.given[turn.number] = Given(text=text, tag=tag)
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
        self._loop.tell(CancelAsked(self.context.now_ms(), number))

    async def greet_once(self) -> None:
        """Say hello when the stream is first opened; never again, not even after a restart."""
        if not self.config.greet or self.entries:
            return
        self.context.config = replace(self.config, greet=False)
        row = asdict(self.context.config)
        await self.context.store.put("session", self.config.id, row, owner=self.config.owner)
        self._loop.given[self._loop.state.next_number] = Given(greets=True)
        self._loop.tell(CommitAsked(self.context.now_ms(), 0.0, 0.0))

    def stop_spending(self) -> None:
        """Nobody listens: end the answer."""
        if reply := self._loop.state.reply:
            self._loop.tell(CancelAsked(self.context.now_ms(), reply.turn.number))

    def was_used_since(self, ms: float) -> bool:
        """Whether anything came in since then."""
        return self._used_at_ms >= ms

    async def run(self) -> None:
        """Do what the machine wants until `close`; never ends by itself."""
        await keep_to_budget(self.context)
        if self.context.paid_parts is None:
            self._make_ready(self.context.parts)
        await self._loop.run()
        self.fanout.close()

    def close(self) -> None:
        """End `run`; what is under way is stopped."""
        self._loop.close()

    def _make_ready(self, parts: Parts) -> None:
        """What takes time before the first answer of these parts."""
        fillers = self._services.fillers
        if self.context.fills:
            fillers.add(parts.tts)
            tag = self.config.language if self.config.language in TAGS else FALLBACK
            self._loop.spawn(fillers.of(parts.tts).prepare(tag))
        if parts.warm and parts is not self._services.parts:
            self._loop.spawn(_started(parts.warm))

    def _give(self, given: Given, start_ms: float, end_ms: float) -> str:
        """A turn that comes whole: it is committed at once; its id."""
        self._used_at_ms = self.context.now_ms()
        turn = self._loop.state.turn
        number = turn.number if turn else self._loop.state.next_number
        self._loop.given[number] = given
        self._loop.tell(CommitAsked(self.context.now_ms(), start_ms, end_ms))
        return self.context.turn_id(number)


def _rules(config: SessionConfig, services: Services, parts: Parts) -> Rules:
    """The service's, as far as the session's own settings leave them."""
    rules = replace(services.rules, ends_turns=config.turn_detection == "server")
    if parts is services.parts:
        return rules
    return rules.paced(is_paid=parts.is_paid, hears=parts.hears)


async def _started(warm: Callable[[], Awaitable[None]]) -> None:
    """What fails now is told when it is used."""
    with contextlib.suppress(AshaError):
        await warm()


def _box(services: Services, config: SessionConfig) -> ToolBox | None:
    """The tools of the session's owner, where there are any."""
    make = services.parts.box
    return make(services.store, config.owner, config.timezone) if make else None
