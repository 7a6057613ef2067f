"""What the user says: slices of sound, whole turns, words; and stopping an answer."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from asha.conversation.session import Conversation
from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.server.desk import Desk, OwnConversation
from asha.server.sentences import OURS, PlainText, bad_input
from asha.server.sound_body import clip_of, rate_of
from asha.server.sse import streamed, turn_frames

router = APIRouter(prefix="/v1/sessions", tags=["talk"])
MAX_TEXT_CHARS = 4_000


class Words(BaseModel):
    """Typed text, or what the browser's recogniser has so far."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"seq": 3, "text": "समय क्या है"}]}
    )

    seq: int = Field(0, ge=0, description="counts up; an older one that comes late is ignored")
    text: PlainText = Field(max_length=MAX_TEXT_CHARS)
    final: bool = True
    language: str | None = Field(None, description="what the recogniser was set to")

    @field_validator("language")
    @classmethod
    def _is_known(cls, tag: str | None) -> str | None:
        if tag not in (None, *TAGS):
            raise PydanticCustomError(OURS, f"language is one of {', '.join(TAGS)}.")
        return tag


class Cancel(BaseModel):
    """Stop an answer; the client has stopped playing already."""

    model_config = ConfigDict(extra="forbid")

    item_id: str | None = None
    audio_end_ms: float | None = Field(None, ge=0, description="how much of it was played")
    reason: Literal["user", "turn_detected"] = "user"


class Accepted(BaseModel):
    """A slice has arrived."""

    next_seq: int = Field(description="the slice that is waited for")


@router.post("/{session_id}/input_audio", status_code=202)
async def append_audio(
    request: Request,
    conversation: OwnConversation,
    stream: Annotated[str, Query(max_length=64)],
    seq: Annotated[int, Query(ge=0)],
) -> Accepted:
    """A slice of about 200 ms, `audio/pcm;rate=16000`. Sending one twice does no harm."""
    rate_hz = rate_of(request.headers.get("content-type"))
    pcm = await request.body()
    return Accepted(next_seq=conversation.hear(stream, seq, pcm, rate_hz))


@router.post("/{session_id}/input_audio/commit", status_code=202)
async def commit_audio(conversation: OwnConversation) -> dict[str, str]:
    """End the turn (only where `turn_detection` is `client`)."""
    return {"turn_id": conversation.commit()}


@router.delete("/{session_id}/input_audio", status_code=204)
async def clear_audio(conversation: OwnConversation) -> None:
    """Throw away what was not committed."""
    conversation.clear()


@router.post("/{session_id}/input_text", status_code=202)
async def input_text(words: Words, conversation: OwnConversation) -> dict[str, str | None]:
    """Words instead of sound; `final: false` while they still change."""
    turn_id = conversation.type(words.text, final=words.final, tag=words.language)
    return {"turn_id": turn_id}


@router.post("/{session_id}/turns", status_code=202)
async def whole_turn(
    request: Request,
    conversation: OwnConversation,
    desk: Desk,
    accept: Annotated[str, Header()] = "*/*",
) -> Response:
    """One whole turn: `audio/wav`, `audio/pcm;rate=16000`, or JSON `{"text": "..."}`.

    With `Accept: text/event-stream` its events stream in the answer; else they come on the
    session's stream.
    """
    reader = conversation.fanout.subscribe()
    try:
        turn_id = await _begin(request, conversation, desk.settings.max_turn_s)
    except BaseException:
        conversation.fanout.unsubscribe(reader)
        raise
    if "text/event-stream" not in accept:
        conversation.fanout.unsubscribe(reader)
        return JSONResponse({"turn_id": turn_id}, 202)
    epoch = await desk.memory.epoch(conversation.config.id)

    async def frames() -> AsyncIterator[str]:
        try:
            async for text in turn_frames(epoch, reader, turn_id):
                yield text
        finally:
            conversation.fanout.unsubscribe(reader)

    return streamed(frames())


@router.post("/{session_id}/responses/{response_id}/cancel", status_code=202)
async def cancel_response(
    response_id: str, wanted: Cancel, conversation: OwnConversation
) -> dict[str, str]:
    """Stop an answer; what was played of it is what is kept."""
    conversation.cancel(response_id, heard_ms=wanted.audio_end_ms)
    return {"response_id": response_id}


async def _begin(request: Request, conversation: Conversation, max_s: float) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    if kind == "application/json":
        return _typed(body, conversation)
    clip = clip_of(body, request.headers.get("content-type"), max_s=max_s)
    return conversation.say(clip)


def _typed(body: bytes, conversation: Conversation) -> str:
    try:
        words = Words.model_validate(json.loads(body))
    except ValidationError as wrong:
        raise bad_input(wrong) from wrong
    except ValueError as wrong:
        raise BadInput('The body must be JSON like {"text": "..."}.', param="text") from wrong
    turn_id = conversation.type(words.text, final=True, tag=words.language)
    assert turn_id
    return turn_id
