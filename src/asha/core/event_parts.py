"""What events are made of: sessions, items, content, responses. Bodies as in Realtime GA."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Body(BaseModel):
    """A part of an event: closed, and frozen once made."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AudioFormat(Body):
    """How speech is coded: s16 at `rate` Hz, or one Opus packet per delta (decodes to 48 kHz)."""

    type: Literal["audio/pcm", "audio/opus"] = "audio/pcm"
    rate: int = 24_000


class AudioOutput(Body):
    """The voice of the session and how its sound is coded."""

    format: AudioFormat = AudioFormat()
    voice: str = "espeak"


class AudioConfig(Body):
    """The sound side of a session."""

    output: AudioOutput = AudioOutput()


class TurnDetection(Body):
    """Who ends a turn; `client` is push-to-talk."""

    type: Literal["server_vad", "none"] = "server_vad"


class AshaSession(Body):
    """What Asha adds to a Realtime session."""

    language: str = "auto"  # or one of the seven tags
    timezone: str = "Asia/Kolkata"  # IANA name
    model: str = "auto"  # what the user chose (GET /v1/choices)
    voice: str = "auto"
    listens: str = ""  # provider names, as `asha doctor` prints them
    thinks: str = ""
    speaks: str = ""
    notice: str | None = None  # e.g. "demo brain", a vendor's end of life


class Session(Body):
    """A Realtime session, with Asha's own settings under `asha`."""

    type: Literal["realtime"] = "realtime"
    object: Literal["realtime.session"] = "realtime.session"
    id: str
    model: str
    output_modalities: list[Literal["text", "audio"]] = ["audio"]
    audio: AudioConfig = AudioConfig()
    asha: AshaSession = AshaSession()


class Content(Body):
    """A piece of an item: what was typed, heard, written or spoken."""

    type: Literal["input_text", "input_audio", "output_text", "output_audio"]
    text: str | None = None
    transcript: str | None = None


class Item(Body):
    """One message of the conversation, or a tool call, or its result."""

    id: str
    object: Literal["realtime.item"] = "realtime.item"
    type: Literal["message", "function_call", "function_call_output"] = "message"
    status: Literal["in_progress", "completed", "incomplete"] = "completed"
    role: Literal["user", "assistant", "system"] | None = None
    content: list[Content] | None = None
    call_id: str | None = None
    name: str | None = None
    arguments: str | None = None
    output: str | None = None


class StatusDetails(Body):
    """Why a response ended."""

    type: Literal["completed", "cancelled", "incomplete", "failed"]
    reason: str | None = None


class ResponseUsage(Body):
    """Tokens of a response."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0


class Cost(Body):
    """Money in USD: all of it, and by provider; only who was paid is named."""

    usd: float = 0.0
    by_provider: dict[str, float] = Field(default_factory=dict)


class Response(Body):
    """One answer of Asha's."""

    id: str
    object: Literal["realtime.response"] = "realtime.response"
    status: Literal["in_progress", "completed", "cancelled", "incomplete", "failed"]
    status_details: StatusDetails | None = None
    output: list[Item] = Field(default_factory=list)
    usage: ResponseUsage | None = None
    cost: Cost | None = None  # Asha's own: of the turn, as far as it is known when this is sent


class Part(Body):
    """A content part of a response."""

    type: Literal["text", "audio"]
    text: str | None = None
    transcript: str | None = None


class DurationUsage(Body):
    """What a transcript cost: seconds of sound."""

    type: Literal["duration"] = "duration"
    seconds: float = 0.0


class ErrorBody(Body):
    """OpenAI-shaped error; `code` is one of core/errors.py."""

    type: str
    code: str | None = None
    message: str
    param: str | None = None
    event_id: str | None = None
    retry_after_ms: int | None = None
    stage: str | None = None
    provider: str | None = None


class RateLimit(Body):
    """One limit and what is left of it."""

    name: Literal["requests", "tokens"] | None = None
    limit: int | None = None
    remaining: int | None = None
    reset_seconds: float | None = None


class Span(Body):
    """A stretch of text (characters start..end) in one language."""

    start: int
    end: int
    language: str


class Clocks(Body):
    """The five clocks of one turn in ms; None where the turn had no such moment."""

    ack: float | None = None
    first_audio: float | None = None
    first_answer: float | None = None
    voice_to_voice: float | None = None
    yield_ms: float | None = Field(default=None, alias="yield")

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Json = dict[str, Any]
