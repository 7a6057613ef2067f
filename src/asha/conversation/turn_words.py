"""What happens to the turn machine (events) and what it wants done (commands).

`at_ms` is the service's monotonic clock; `start_ms` and `end_ms` are positions in the sound the
client sent. A turn is known by its number, one attempt to answer it by (number, revision).
"""

from dataclasses import dataclass
from typing import Literal

# What the words of an interruption mean; "unknown" until there is a transcript.
Judgement = Literal["unknown", "backchannel", "stop", "echo", "words"]
CancelReason = Literal["turn_detected", "client_cancelled", "stalled", "failed", "closed"]
ResumeReason = Literal["backchannel", "echo", "silence"]


@dataclass(frozen=True, slots=True)
class Voice:
    """A stretch of sound that holds speech."""

    at_ms: float
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Silence:
    """No speech up to `end_ms`."""

    at_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Words:
    """What the open turn says so far; `patience_ms`: the silence that would end it."""

    at_ms: float
    judgement: Judgement
    num_words: int
    patience_ms: float


@dataclass(frozen=True, slots=True)
class Ready:
    """The first sound of a draft waits to be heard; `refuses`: it says that Asha cannot."""

    at_ms: float
    number: int
    revision: int
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Typing:
    """Partial words from a keyboard or the browser's recogniser."""

    at_ms: float
    judgement: Judgement
    num_words: int


@dataclass(frozen=True, slots=True)
class CommitAsked:
    """The client ends the turn (push-to-talk, or final text); its speech was `start..end`."""

    at_ms: float
    start_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class ClearAsked:
    """The client throws away what was not committed."""

    at_ms: float


@dataclass(frozen=True, slots=True)
class CancelAsked:
    """The client stops the answer."""

    at_ms: float
    number: int


@dataclass(frozen=True, slots=True)
class SoundSent:
    """`total_ms` of the answer's sound have left so far."""

    at_ms: float
    number: int
    revision: int
    total_ms: float


@dataclass(frozen=True, slots=True)
class Progressed:
    """The answer is alive; `is_settled`: a tool wrote something, so it cannot be taken back."""

    at_ms: float
    number: int
    revision: int
    is_settled: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """Everything of the answer has been sent, or it failed."""

    at_ms: float
    number: int
    revision: int
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""

    at_ms: float


TurnEvent = (
    Voice
    | Silence
    | Words
    | Ready
    | Typing
    | CommitAsked
    | ClearAsked
    | CancelAsked
    | SoundSent
    | Progressed
    | Answered
    | Tick
)


@dataclass(frozen=True, slots=True)
class OpenTurn:
    """The user began to speak at `start_ms` of the sound."""

    number: int
    start_ms: float


@dataclass(frozen=True, slots=True)
class MarkSilence:
    """The user fell silent at `end_ms`: perhaps the turn's end."""

    number: int
    end_ms: float


@dataclass(frozen=True, slots=True)
class GoOn:
    """The user goes on speaking after a short silence."""

    number: int


@dataclass(frozen=True, slots=True)
class Speculate:
    """Start an answer that nobody may hear yet."""

    number: int
    revision: int


@dataclass(frozen=True, slots=True)
class Discard:
    """Throw a draft away unheard."""

    number: int
    revision: int


@dataclass(frozen=True, slots=True)
class Commit:
    """The turn is over, `silence_ms` after its last speech: release its draft, or start one."""

    number: int
    revision: int
    silence_ms: float
    end_ms: float


@dataclass(frozen=True, slots=True)
class Reopen:
    """The committed turn goes on: take the answer of `revision` back."""

    number: int
    revision: int
    heard_ms: float


@dataclass(frozen=True, slots=True)
class DropTurn:
    """What seemed a turn was none (a noise, a back-channel, the user's loudspeaker)."""

    number: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence the answer at once; `onset_ms`: where in the sound the user began to speak."""

    number: int
    onset_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """Speak on where the answer was paused."""

    number: int
    reason: ResumeReason


@dataclass(frozen=True, slots=True)
class CancelReply:
    """End the answer early; the user heard `heard_ms` of it."""

    number: int
    reason: CancelReason
    heard_ms: float


@dataclass(frozen=True, slots=True)
class EndReply:
    """The answer was heard to its end."""

    number: int
    heard_ms: float


Command = (
    OpenTurn
    | MarkSilence
    | GoOn
    | Speculate
    | Discard
    | Commit
    | Reopen
    | DropTurn
    | Pause
    | Resume
    | CancelReply
    | EndReply
)
