"""The Realtime half of the event vocabulary: OpenAI's GA names and bodies, carried over SSE.

Order is ours: every durable event has a `sequence_number`, which is also the SSE id
(`<epoch>-<sequence_number>`). Asha's own events are in asha_events.py.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from asha.core.event_parts import (
    Content,
    DurationUsage,
    ErrorBody,
    Item,
    Part,
    RateLimit,
    Response,
    Session,
)

__all__ = ["Content", "Item", "Response", "Session", "WireEvent"]


class WireEvent(BaseModel):
    """What every event carries. `sequence_number` is None only for transient events."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str
    event_id: str
    session_id: str
    sequence_number: int | None = None
    turn_id: str | None = None


class SessionCreated(WireEvent):
    """The first event of a stream."""

    type: Literal["session.created"] = "session.created"
    session: Session


class SessionUpdated(WireEvent):
    """Language, voice or model changed."""

    type: Literal["session.updated"] = "session.updated"
    session: Session


class ItemAdded(WireEvent):
    """A message joined the conversation; it may still grow."""

    type: Literal["conversation.item.added"] = "conversation.item.added"
    item: Item
    previous_item_id: str | None = None


class ItemDone(WireEvent):
    """A message is complete."""

    type: Literal["conversation.item.done"] = "conversation.item.done"
    item: Item
    previous_item_id: str | None = None


class ItemDeleted(WireEvent):
    """A message was forgotten."""

    type: Literal["conversation.item.deleted"] = "conversation.item.deleted"
    item_id: str


class ItemTruncated(WireEvent):
    """A reply was cut: only what was heard up to `audio_end_ms` is kept."""

    type: Literal["conversation.item.truncated"] = "conversation.item.truncated"
    item_id: str
    content_index: int = 0
    audio_end_ms: int


class SpeechStarted(WireEvent):
    """The user began to speak, on the clock of the uploaded sound."""

    type: Literal["input_audio_buffer.speech_started"] = "input_audio_buffer.speech_started"
    item_id: str
    audio_start_ms: int


class SpeechStopped(WireEvent):
    """The user fell silent; the turn may or may not be over."""

    type: Literal["input_audio_buffer.speech_stopped"] = "input_audio_buffer.speech_stopped"
    item_id: str
    audio_end_ms: int


class AudioCommitted(WireEvent):
    """The turn is over: its sound became an item."""

    type: Literal["input_audio_buffer.committed"] = "input_audio_buffer.committed"
    item_id: str
    previous_item_id: str | None = None


class AudioCleared(WireEvent):
    """The sound that had not been committed was thrown away."""

    type: Literal["input_audio_buffer.cleared"] = "input_audio_buffer.cleared"


class TranscriptDelta(WireEvent):
    """More of what the user said; in the direct path it comes beside the reply."""

    type: Literal["conversation.item.input_audio_transcription.delta"] = (
        "conversation.item.input_audio_transcription.delta"
    )
    item_id: str
    content_index: int = 0
    delta: str


class TranscriptCompleted(WireEvent):
    """What the user said."""

    type: Literal["conversation.item.input_audio_transcription.completed"] = (
        "conversation.item.input_audio_transcription.completed"
    )
    item_id: str
    content_index: int = 0
    transcript: str
    usage: DurationUsage = DurationUsage()


class TranscriptFailed(WireEvent):
    """The sound could not be written down."""

    type: Literal["conversation.item.input_audio_transcription.failed"] = (
        "conversation.item.input_audio_transcription.failed"
    )
    item_id: str
    content_index: int = 0
    error: ErrorBody


class ResponseCreated(WireEvent):
    """Asha begins to answer."""

    type: Literal["response.created"] = "response.created"
    response: Response


class ResponseDone(WireEvent):
    """The answer has ended; `response.status` says how."""

    type: Literal["response.done"] = "response.done"
    response: Response


class InResponse(WireEvent):
    """Belongs to one item of one response."""

    response_id: str
    item_id: str
    output_index: int = 0


class OutputItemAdded(WireEvent):
    """A new item of the answer."""

    type: Literal["response.output_item.added"] = "response.output_item.added"
    response_id: str
    output_index: int = 0
    item: Item


class OutputItemDone(WireEvent):
    """An item of the answer is complete."""

    type: Literal["response.output_item.done"] = "response.output_item.done"
    response_id: str
    output_index: int = 0
    item: Item


class ContentPartAdded(InResponse):
    """A text or sound part begins."""

    type: Literal["response.content_part.added"] = "response.content_part.added"
    content_index: int = 0
    part: Part


class ContentPartDone(InResponse):
    """A text or sound part is complete."""

    type: Literal["response.content_part.done"] = "response.content_part.done"
    content_index: int = 0
    part: Part


class OutputTextDelta(InResponse):
    """More text of an answer that is not spoken."""

    type: Literal["response.output_text.delta"] = "response.output_text.delta"
    content_index: int = 0
    delta: str


class OutputTextDone(InResponse):
    """The whole text of an answer that is not spoken."""

    type: Literal["response.output_text.done"] = "response.output_text.done"
    content_index: int = 0
    text: str


class OutputAudioDelta(InResponse):
    """Speech as base64, from `start_ms` of the item's sound on. Not replayed on resume."""

    type: Literal["response.output_audio.delta"] = "response.output_audio.delta"
    content_index: int = 0
    delta: str
    start_ms: int


class OutputAudioDone(InResponse):
    """All speech of the part was sent."""

    type: Literal["response.output_audio.done"] = "response.output_audio.done"
    content_index: int = 0


class OutputTranscriptDelta(InResponse):
    """The words of the speech, a phrase at a time; heard from `start_ms` on."""

    type: Literal["response.output_audio_transcript.delta"] = (
        "response.output_audio_transcript.delta"
    )
    content_index: int = 0
    delta: str
    start_ms: int | None = None


class OutputTranscriptDone(InResponse):
    """All words of the speech."""

    type: Literal["response.output_audio_transcript.done"] = "response.output_audio_transcript.done"
    content_index: int = 0
    transcript: str


class ArgumentsDelta(InResponse):
    """More of a tool call's arguments."""

    type: Literal["response.function_call_arguments.delta"] = (
        "response.function_call_arguments.delta"
    )
    call_id: str
    delta: str


class ArgumentsDone(InResponse):
    """A tool call, whole."""

    type: Literal["response.function_call_arguments.done"] = "response.function_call_arguments.done"
    call_id: str
    name: str
    arguments: str


class RateLimitsUpdated(WireEvent):
    """What is left of the limits."""

    type: Literal["rate_limits.updated"] = "rate_limits.updated"
    rate_limits: list[RateLimit]


class ErrorRaised(WireEvent):
    """Something failed; the message says what to do."""

    type: Literal["error"] = "error"
    error: ErrorBody
