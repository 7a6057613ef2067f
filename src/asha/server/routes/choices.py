"""Who may think and who may speak in a session."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from asha.conversation.choice import Choice
from asha.conversation.session_config import AUTO
from asha.server.desk import Desk

router = APIRouter(prefix="/v1/choices", tags=["sessions"])


class Choices(BaseModel):
    """What a session's `model` and `voice` can be; `auto` comes first, titled as who it means."""

    object: Literal["choices"] = "choices"
    models: list[Choice]
    voices: list[Choice] = Field(description="`languages` null: it tells when it is asked")


@router.get("")
async def list_choices(desk: Desk) -> Choices:
    """All that is configured here."""
    menu, names = desk.parts.menu, desk.parts.names
    if menu is None:
        models, voices = [Choice(AUTO, names["thinks"])], [Choice(AUTO, names["speaks"])]
    else:
        models, voices = list(menu.models), list(menu.voices)
    return Choices(models=models, voices=voices)
