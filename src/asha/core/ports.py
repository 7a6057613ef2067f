"""The replaceable parts, each a Protocol with one verb. Vendors' quirks stay in the vendors' files.

Retry, deadline, breaker, failover and metering are adapters of the same ports, each written once
(providers/retry.py, failover.py, metering.py).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from asha.core.audio import Chunk, Clip
from asha.core.language import Language
from asha.core.message import Message, ToolCall


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript, partial or final, with what is known of its language."""

    text: str
    is_final: bool
    language: str | None = None
    confidence: float = 1.0


class SpeechToText(Protocol):
    """Turns sound into words."""

    name: str

    def transcribe(self, sound: AsyncIterator[Chunk], *, language: str) -> AsyncIterator[Heard]:
        """Words of `sound` (tag or "auto"): partial results while it flows, one final at its end.

        Closing the iterator closes the vendor's connection.
        """
        ...


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """What a model is told about a tool; `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply cost in tokens."""

    num_tokens_in: int = 0
    num_tokens_out: int = 0
    num_tokens_cached: int = 0


@dataclass(frozen=True, slots=True)
class ReplyOptions:
    """How to answer: the reply's language, the tools, and the longest reply in tokens."""

    language: str = "en-IN"
    tools: Sequence[ToolSpec] = ()
    max_tokens: int = 400
    extra: Mapping[str, Any] = field(default_factory=dict)


class LanguageModel(Protocol):
    """Answers a conversation. An audio LLM is an ordinary one whose messages may hold sound."""

    name: str
    hears: bool  # whether messages may hold sound

    def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """Pieces of text as they are made; whole tool calls; at the end perhaps the usage.

        Closing the iterator cancels the generation. Raises ProviderError.
        """
        ...


class Following(Protocol):
    """A model's ear on one turn: it hears the sound while it is spoken."""

    async def hear(self, clip: Clip) -> None:
        """All of the turn's sound so far; what was heard before is not heard again.

        Raises Busy, ProviderError.
        """
        ...

    async def words(self) -> str:
        """What was said so far, without an answer; "" while one is being made.

        Raises Busy, ProviderError.
        """
        ...

    async def close(self) -> None:
        """Nobody will ask about this turn (any more): make room for another speaker."""
        ...


class TextToSpeech(Protocol):
    """Speaks. The contract for every voice is in tests/contracts/test_tts.py."""

    name: str
    rate_hz: int

    def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """Mono s16 sound of one phrase, the first chunk before the last is made.

        The phrase has been through the normaliser. Closing the iterator closes the vendor's
        connection. Raises ProviderError; never ends without sound for a phrase with words.
        """
        ...


class Standby(Protocol):
    """A voice that can get ready before there is a phrase."""

    def stand_by(self, who: str, *, language: Language) -> None:
        """`who` (a session) is about to be answered: connect now. Says nothing, never fails."""
        ...

    def stand_down(self, who: str) -> None:
        """Let go of what was opened for `who` and not used."""
        ...


Effect = Literal["none", "write"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a tool would do: what to say, and for a writer what `apply` needs to do it."""

    say: str
    result: Mapping[str, Any] = field(default_factory=dict)


class Tool(Protocol):
    """Something a turn may do: `prepare` is pure and may be speculated, `apply` commits."""

    spec: ToolSpec
    effect: Effect

    def prepare(self, arguments: Mapping[str, Any], *, language: Language) -> Prepared:
        """What would be done and said; changes nothing. Raises BadInput."""
        ...

    async def apply(self, prepared: Prepared, *, turn_id: str) -> None:
        """Do it. Idempotent by `turn_id`; a tool without effect does nothing here."""
        ...


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as it stands in the log: `seq` counts from 1 within the session's `epoch`."""

    epoch: str
    seq: int
    type: str
    body: str  # JSON, one line


class EventLog(Protocol):
    """The durable, ordered record of one session's events (SQLite first; Redis Streams fit)."""

    async def append(
        self, session_id: str, events: Sequence[tuple[str, str]]
    ) -> Sequence[LoggedEvent]:
        """Add (type, body) pairs, in order; all are durable before it returns."""
        ...

    async def after(self, session_id: str, seq: int) -> Sequence[LoggedEvent]:
        """All events later than `seq`, in order."""
        ...

    async def epoch(self, session_id: str) -> str:
        """The epoch of the session's log; made with its first event."""
        ...

    async def forget(self, session_id: str) -> None:
        """Delete the session's events for good."""
        ...


class Lease(Protocol):
    """Who owns a session. The token fences out an owner that lost it without noticing."""

    async def acquire(self, session_id: str, owner: str, *, ttl_s: float) -> int | None:
        """A fencing token that only grows, or None while another holds it."""
        ...

    async def release(self, session_id: str, token: int) -> None:
        """Give it back; a stale token does nothing."""
        ...


Row = Mapping[str, Any]


class Store(Protocol):
    """Rows of sessions, items, facts, alarms and notes, each with its owner."""

    async def put(self, kind: str, key: str, row: Row, *, owner: str) -> None:
        """Insert or replace; raises NotFound where the key belongs to another owner."""
        ...

    async def get(self, kind: str, key: str, *, owner: str) -> Row | None:
        """The row, or None where it is missing or another's."""
        ...

    async def find(self, kind: str, *, owner: str, **equal: str) -> Sequence[Row]:
        """The owner's rows of a kind whose fields equal the given ones, oldest first."""
        ...

    async def delete(self, kind: str, *, owner: str, **equal: str) -> int:
        """Delete, for good; how many rows went."""
        ...


class Ears(Protocol):
    """Sound to words for a whole clip: what the lab scores."""

    name: str

    def hear(self, clip: Clip, *, language: str) -> str:
        """The transcript of `clip`."""
        ...
