"""The session-long stream."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse

from asha.conversation.session import Conversation
from asha.conversation.session_config import as_body
from asha.core.asha_events import StreamReset
from asha.core.errors import Busy
from asha.core.events import SessionCreated
from asha.server.desk import Desk, OwnConversation
from asha.server.sse import StreamStart, cursor_of, session_frames, snapshot_of, streamed

router = APIRouter(prefix="/v1/sessions", tags=["stream"])
MAX_STREAMS = 8  # of one session: a few tabs, and lines that the network has not given up yet


@router.get("/{session_id}/events", response_class=StreamingResponse)
async def stream_events(
    conversation: OwnConversation,
    desk: Desk,
    last_event_id: Annotated[str | None, Header()] = None,
    after: Annotated[str | None, Query(description="for clients that cannot set headers")] = None,
) -> StreamingResponse:
    """All events of the session from after the given event id on.

    Without an id, or with one that is not known any more, a session in which something was said
    begins with `asha.stream.reset` and a snapshot. Closing the stream cancels nothing; only the
    cancel call does.
    """
    if len(conversation.fanout) >= MAX_STREAMS:
        raise Busy("This session has too many open streams; close one first.")
    return streamed(_frames(conversation, desk, last_event_id or after))


async def _frames(conversation: Conversation, desk: Desk, cursor: str | None) -> AsyncIterator[str]:
    reader = conversation.fanout.subscribe()
    announcer = conversation.context.announcer

    def snapshot() -> StreamReset:
        player = conversation.answerer.player
        return snapshot_of(
            announcer,
            conversation.entries,
            active=player.response_id if player else None,
            heard_ms=round(player.heard_ms()) if player else None,
        )

    def session() -> SessionCreated:
        body = as_body(conversation.config, conversation.context.coming_parts)
        return announcer.make(SessionCreated, session=body)

    try:
        await conversation.greet_once()
        frames = session_frames(
            announcer,
            desk.memory,
            reader,
            cursor=cursor_of(cursor),
            start=StreamStart(session, snapshot, has_begun=bool(conversation.entries)),
        )
        async for text in frames:
            yield text
    finally:
        conversation.fanout.unsubscribe(reader)
