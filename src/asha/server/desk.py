"""What every route needs, as one value; `Desk` in a route's signature says so."""

import asyncio
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Path, Request

from asha.conversation.memory import SqliteMemory
from asha.conversation.parts import Parts
from asha.conversation.session import Conversation
from asha.conversation.sessions import Sessions
from asha.core.errors import NotFound
from asha.core.settings import Settings
from asha.server.browser_figures import BrowserFigures
from asha.server.owners import Signer, owner_of, required_owner
from asha.server.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class ServiceDesk:
    """The running service."""

    settings: Settings
    parts: Parts
    memory: SqliteMemory
    sessions: Sessions
    signer: Signer
    telemetry: Telemetry
    somebody_came: asyncio.Event = field(default_factory=asyncio.Event)  # lines are warmed
    browser_figures: BrowserFigures = field(default_factory=BrowserFigures)


# All are coroutines: a plain function would be handed to a thread, twice per slice of sound.
async def _desk(request: Request) -> ServiceDesk:
    desk: ServiceDesk = request.app.state.desk
    return desk


Desk = Annotated[ServiceDesk, Depends(_desk)]


async def _conversation(
    request: Request, desk: Desk, session_id: Annotated[str, Path(description="sess_...")]
) -> Conversation:
    owner = required_owner(request, desk.signer, session_id)
    return await desk.sessions.get(session_id, owner)


OwnConversation = Annotated[Conversation, Depends(_conversation)]


async def _owner(request: Request, desk: Desk) -> str:
    owner = owner_of(request, desk.signer, None)
    if owner is None:
        raise NotFound(
            "Nothing is kept about you here: POST /v1/sessions begins, and its cookie says who "
            "you are."
        )
    return owner


Owner = Annotated[str, Depends(_owner)]
