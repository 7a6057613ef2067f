"""The sessions of a device, for the page that lists them."""

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from asha.server.desk import Desk, Owner

router = APIRouter(prefix="/v1/sessions", tags=["sessions"])
MAX_LISTED = 200
PREVIEW_CHARS = 120


class SessionRow(BaseModel):
    """A session as a list shows it; `preview` is the first thing the user said."""

    id: str
    title: str
    preview: str
    created_at: str
    num_items: int
    spent_usd: float
    language: str


class SessionRows(BaseModel):
    """The newest first."""

    object: Literal["list"] = "list"
    data: list[SessionRow]


@router.get("")
async def list_sessions(owner: Owner, desk: Desk) -> SessionRows:
    """Your sessions in which something was said, newest first."""
    rows: list[SessionRow] = []
    spent = {
        row["session_id"]: float(row["usd"])
        for row in await desk.memory.find("spending", owner=owner)
    }
    for session in reversed(await desk.memory.find("session", owner=owner)):
        items = await desk.memory.find("item", owner=owner, session_id=session["id"])
        if not items:
            continue
        said = next((item["text"] for item in items if item["role"] == "user"), "")
        rows.append(
            SessionRow(
                id=session["id"],
                title=session.get("title", ""),
                preview=said[:PREVIEW_CHARS],
                created_at=session.get("created_at", ""),
                num_items=len(items),
                spent_usd=round(spent.get(session["id"], 0.0), 6),
                language=session["language"],
            )
        )
        if len(rows) == MAX_LISTED:
            break
    return SessionRows(data=rows)
