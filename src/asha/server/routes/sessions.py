"""Sessions: make, look at, change, forget; what was said in them."""

from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from asha.conversation.session import Conversation
from asha.conversation.session_config import as_body
from asha.core.errors import Busy
from asha.core.event_parts import Item, Session
from asha.server.desk import Desk, OwnConversation
from asha.server.owners import known_owner, stream_token
from asha.server.sentences import PlainText

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])


class SessionChanges(BaseModel):
    """What can be set. Left out: stays as it is."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"language": "hi", "timezone": "Asia/Kolkata"}]},
    )

    language: str | None = Field(None, description="auto, hi, hi-Latn, en-IN, gu, ta, te or mr")
    model: str | None = Field(None, description="who thinks: an id of GET /v1/choices")
    voice: str | None = Field(None, description="who speaks: an id of GET /v1/choices")
    timezone: str | None = Field(None, description="IANA name; alarms ring in it")
    turn_detection: Literal["server", "client"] | None = Field(
        None, description="who ends a turn; client is push-to-talk"
    )
    output_modalities: list[Literal["audio", "text"]] | None = None
    audio_format: Literal["audio/pcm", "audio/opus"] | None = Field(
        None, description="how speech comes: s16 at 24 kHz, or one Opus packet a delta"
    )
    title: PlainText | None = Field(None, max_length=120, description="your own name for it")

    def changes(self) -> dict[str, Any]:
        """As a session's settings name them."""
        given = self.model_dump(exclude_none=True)
        if "audio_format" in given:
            given["format"] = given.pop("audio_format")
        if "output_modalities" in given:
            given["speaks"] = "audio" in given.pop("output_modalities")
        return given


class NewSession(SessionChanges):
    """A session to be."""

    greet: bool = Field(False, description="say hello when the stream is first opened")


class SessionAnswer(BaseModel):
    """A session, and how to listen to it."""

    id: str
    object: Literal["realtime.session"] = "realtime.session"
    session: Session
    stream_url: str
    spent_usd: float = Field(description="paid to vendors in this session")
    stream_token: str = Field(description="good for this session for an hour")


class ItemList(BaseModel):
    """What was said, oldest first."""

    object: Literal["list"] = "list"
    data: list[Item]


@router.post("", status_code=201)
async def create_session(
    wanted: NewSession,
    request: Request,
    response: Response,
    desk: Desk,
) -> SessionAnswer:
    """Begin a conversation. Open `stream_url` before you speak."""
    owner = known_owner(request, response, desk.signer)
    if desk.sessions.num_of(owner) >= desk.settings.max_sessions_per_owner:
        raise Busy("You have too many open sessions; delete one, or come back in a quarter hour.")
    settings = {"language": desk.settings.language, "timezone": desk.settings.timezone}
    conversation = await desk.sessions.create(
        owner,
        settings
        | wanted.changes()
        | {"greet": wanted.greet, "created_at": datetime.now(UTC).isoformat(timespec="seconds")},
    )
    # Somebody will speak soon: a line to a vendor that has gone cold is opened meanwhile.
    desk.somebody_came.set()
    return _answer(desk, conversation)


@router.get("/{session_id}")
async def get_session(conversation: OwnConversation, desk: Desk) -> SessionAnswer:
    """The session as it is now, with a fresh token."""
    return _answer(desk, conversation)


@router.patch("/{session_id}")
async def change_session(
    wanted: SessionChanges, conversation: OwnConversation, desk: Desk
) -> SessionAnswer:
    """Change it; takes effect with the next turn."""
    await desk.sessions.change(conversation, wanted.changes())
    return _answer(desk, conversation)


@router.delete("/{session_id}", status_code=204)
async def delete_session(conversation: OwnConversation, desk: Desk) -> None:
    """Forget it: its items, its events, the facts drawn from it."""
    await desk.sessions.delete(conversation.config.id, conversation.config.owner)


@router.get("/{session_id}/items")
async def get_items(conversation: OwnConversation) -> ItemList:
    """What was said; of an answer that was interrupted, what was heard."""
    return ItemList(data=[entry.item() for entry in conversation.entries])


def _answer(desk: Desk, conversation: Conversation) -> SessionAnswer:
    config = conversation.config
    return SessionAnswer(
        id=config.id,
        session=as_body(config, conversation.context.coming_parts),
        spent_usd=round(conversation.context.purse.usd, 6),
        stream_url=f"/v1/sessions/{config.id}/events",
        stream_token=stream_token(desk.signer, config.id, config.owner),
    )
