"""What pages measured, and who is about to be switched off: the operator's page reads it."""

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from asha.providers.models import profiles, warnings
from asha.server.browser_figures import Figures, MeasuredTurn
from asha.server.desk import Desk, OwnConversation

router = APIRouter(tags=["operations"])


class Told(BaseModel):
    """Figures of the latest turns; one sentence for each model in use that has an announced end."""

    figures: Figures
    endings: list[str]


@router.post("/v1/sessions/{session_id}/measured", status_code=204)
async def measured(turn: MeasuredTurn, conversation: OwnConversation, desk: Desk) -> None:
    """A turn as the browser measured it; voice to voice ends where it is heard."""
    desk.browser_figures.add(conversation.config.id, turn)


@router.get("/v1/measured")
async def all_measured(desk: Desk) -> Told:
    """p50, p95 and p99 of clocks, stages, languages and providers over the latest turns, in ms."""
    in_use = [name for name in desk.parts.names.values() if name in profiles()]
    return Told(figures=desk.browser_figures.figures(), endings=warnings(date.today(), *in_use))
