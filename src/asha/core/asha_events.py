"""Asha's own half of the event vocabulary, and the union of both halves."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from asha.core import events as realtime
from asha.core.event_parts import Clocks, Item, Json, Span
from asha.core.events import WireEvent


class LanguageDetected(WireEvent):
    """The language of what the user said."""

    type: Literal["asha.language.detected"] = "asha.language.detected"
    item_id: str
    language: str
    script: str
    confidence: float
    spans: list[Span] = Field(default_factory=list)


class LanguageSwitched(WireEvent):
    """Asha answers in another language from now on."""

    type: Literal["asha.language.switched"] = "asha.language.switched"
    language: str
    previous: str
    reason: Literal["asked", "followed", "set"]


class TurnSpeculated(WireEvent):
    """The model starts on what it has; nothing of it is heard unless the turn is committed."""

    type: Literal["asha.turn.speculated"] = "asha.turn.speculated"
    revision: int


class TurnRevised(WireEvent):
    """The user went on: the revision was cancelled unheard."""

    type: Literal["asha.turn.revised"] = "asha.turn.revised"
    revision: int


class TurnCommitted(WireEvent):
    """The turn is over; `silence_ms` since the last speech sample."""

    type: Literal["asha.turn.committed"] = "asha.turn.committed"
    revision: int
    silence_ms: float


class PlaybackPaused(WireEvent):
    """The user spoke into the reply: playback pauses until it is resumed or cancelled."""

    type: Literal["asha.playback.paused"] = "asha.playback.paused"
    response_id: str


class PlaybackResumed(WireEvent):
    """It was a back-channel, or Asha's own voice: playback goes on where it paused."""

    type: Literal["asha.playback.resumed"] = "asha.playback.resumed"
    response_id: str
    reason: Literal["backchannel", "echo", "silence"]


class FillerStarted(WireEvent):
    """An acknowledgement is spoken because the answer is late; never counted as the answer."""

    type: Literal["asha.filler.started"] = "asha.filler.started"
    response_id: str
    text: str


class LatencyReport(WireEvent):
    """The clocks of a turn, and the segments of its critical path (they add up to the total)."""

    type: Literal["asha.latency.report"] = "asha.latency.report"
    clocks: Clocks
    segments_ms: dict[str, float]
    filler: bool


class ProviderFailover(WireEvent):
    """Another provider took over ("": nobody was left); `reason` is an error code.

    `gap_ms`: from the last that came of the failed one to the first of the next.
    """

    type: Literal["asha.provider.failover"] = "asha.provider.failover"
    port: Literal["stt", "llm", "tts"]
    failed: str
    next: str
    reason: str
    gap_ms: float | None = None


class CostReport(WireEvent):
    """What a turn cost, by provider, what speculation wasted, and what it all adds up to.

    `is_estimated`: a vendor did not tell its tokens (a reply broke off, a draft was thrown away).
    Budgets are None where there is no limit.
    """

    type: Literal["asha.cost.report"] = "asha.cost.report"
    usd: float
    by_provider: dict[str, float]
    wasted_tokens: int = 0
    wasted_characters: int = 0
    is_estimated: bool = False
    session_usd: float = 0.0
    day_usd: float = 0.0
    session_budget_usd: float | None = None
    day_budget_usd: float | None = None


class MemoryRecalled(WireEvent):
    """Facts used for this answer."""

    type: Literal["asha.memory.recalled"] = "asha.memory.recalled"
    fact_ids: list[str]


class MemoryStored(WireEvent):
    """A fact was kept; the user can see, edit and delete it."""

    type: Literal["asha.memory.stored"] = "asha.memory.stored"
    fact_id: str
    text: str


class MemoryForgotten(WireEvent):
    """Facts were deleted."""

    type: Literal["asha.memory.forgotten"] = "asha.memory.forgotten"
    fact_ids: list[str]


class AlarmFired(WireEvent):
    """An alarm, timer or reminder is due (or was missed and is told now)."""

    type: Literal["asha.alarm.fired"] = "asha.alarm.fired"
    alarm_id: str
    kind: Literal["alarm", "timer", "reminder"]
    text: str
    due_at: str  # ISO 8601 with offset
    missed: bool = False


class StreamReset(WireEvent):
    """The cursor is too old or of another epoch: start again from this snapshot."""

    type: Literal["asha.stream.reset"] = "asha.stream.reset"
    items: list[Item]
    active_response_id: str | None = None
    heard_ms: int | None = None


class StreamLagged(WireEvent):
    """The reader was too slow and is closed: reconnect with the last event id."""

    type: Literal["asha.stream.lagged"] = "asha.stream.lagged"
    dropped: int


class ToolApplied(WireEvent):
    """A tool did something: shown on the page as a card."""

    type: Literal["asha.tool.applied"] = "asha.tool.applied"
    name: str
    result: Json


class Ping(WireEvent):
    """The server's clock, for the offset; transient."""

    type: Literal["asha.ping"] = "asha.ping"
    server_time_ms: float


class AudioLevel(WireEvent):
    """How loud the user is, 0..1; transient."""

    type: Literal["asha.audio.level"] = "asha.audio.level"
    level: float


Event = Annotated[
    realtime.SessionCreated
    | realtime.SessionUpdated
    | realtime.ItemAdded
    | realtime.ItemDone
    | realtime.ItemDeleted
    | realtime.ItemTruncated
    | realtime.SpeechStarted
    | realtime.SpeechStopped
    | realtime.AudioCommitted
    | realtime.AudioCleared
    | realtime.TranscriptDelta
    | realtime.TranscriptCompleted
    | realtime.TranscriptFailed
    | realtime.ResponseCreated
    | realtime.ResponseDone
    | realtime.OutputItemAdded
    | realtime.OutputItemDone
    | realtime.ContentPartAdded
    | realtime.ContentPartDone
    | realtime.OutputTextDelta
    | realtime.OutputTextDone
    | realtime.OutputAudioDelta
    | realtime.OutputAudioDone
    | realtime.OutputTranscriptDelta
    | realtime.OutputTranscriptDone
    | realtime.ArgumentsDelta
    | realtime.ArgumentsDone
    | realtime.RateLimitsUpdated
    | realtime.ErrorRaised
    | LanguageDetected
    | LanguageSwitched
    | TurnSpeculated
    | TurnRevised
    | TurnCommitted
    | PlaybackPaused
    | PlaybackResumed
    | FillerStarted
    | LatencyReport
    | ProviderFailover
    | CostReport
    | MemoryRecalled
    | MemoryStored
    | MemoryForgotten
    | AlarmFired
    | StreamReset
    | StreamLagged
    | ToolApplied
    | Ping
    | AudioLevel,
    Field(discriminator="type"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
TRANSIENT = ("asha.ping", "asha.audio.level", "response.output_audio.delta")  # never replayed
