"""Long memory: facts the user can see, edit and delete."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from asha.core.errors import NotFound
from asha.server.desk import Desk, Owner
from asha.server.sentences import PlainText

router = APIRouter(prefix="/v1/memory", tags=["memory"])
_NO_FACT = "There is no fact {fact_id!r} of yours; GET /v1/memory lists what is remembered."
FactId = Annotated[str, Path(max_length=64)]


class Fact(BaseModel):
    """Something known about the user, and the session it was said in."""

    id: str
    text: str
    session_id: str | None = None
    created_at: str | None = None


class FactList(BaseModel):
    """All facts, oldest first."""

    object: Literal["list"] = "list"
    data: list[Fact]


class FactText(BaseModel):
    """A fact put right."""

    model_config = ConfigDict(extra="forbid")

    text: PlainText = Field(min_length=1, max_length=500)


@router.get("")
async def list_facts(owner: Owner, desk: Desk) -> FactList:
    """Everything Asha remembers about you."""
    rows = await desk.memory.find("fact", owner=owner)
    return FactList(data=[_fact(row) for row in rows])


@router.patch("/{fact_id}")
async def edit_fact(fact_id: FactId, wanted: FactText, owner: Owner, desk: Desk) -> Fact:
    """Put a fact right."""
    row = await desk.memory.get("fact", fact_id, owner=owner)
    if row is None:
        raise NotFound(_NO_FACT.format(fact_id=fact_id))
    changed = {**row, "text": wanted.text}
    await desk.memory.put("fact", fact_id, changed, owner=owner)
    return _fact(changed)


@router.delete("/{fact_id}", status_code=204)
async def delete_fact(fact_id: FactId, owner: Owner, desk: Desk) -> None:
    """Forget a fact for good."""
    if not await desk.memory.delete("fact", owner=owner, id=fact_id):
        raise NotFound(_NO_FACT.format(fact_id=fact_id))
    await desk.memory.scrub()


@router.delete("", status_code=204)
async def delete_facts(owner: Owner, desk: Desk) -> None:
    """Forget everything about you."""
    await desk.memory.delete("fact", owner=owner)
    await desk.memory.scrub()


def _fact(row: Any) -> Fact:
    return Fact(**{name: row.get(name) for name in Fact.model_fields})
