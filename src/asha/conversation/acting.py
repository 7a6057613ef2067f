"""What tools change in the session, and how an answer's row begins."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from asha.conversation.context import Context
from asha.conversation.history import Said
from asha.conversation.player import Player
from asha.core.asha_events import LanguageSwitched, MemoryForgotten, MemoryStored
from asha.core.events import WireEvent
from asha.core.language import TAGS


async def acted(shared: Context, number: int, result: Mapping[str, Any]) -> None:
    """A tool has answered: the session's language may change, facts may have come or gone.

    Results (conversation/tools): {"session": {"language": tag}}, {"put": {"kind", "row"}},
    {"delete": {"kind", "ids"}}.
    """
    make, turn = shared.announcer.make, shared.turn_id(number)
    events: list[WireEvent] = []
    tag = result.get("session", {}).get("language")
    if tag in TAGS:
        before, shared.language = shared.language or shared.config.language, tag
        shared.config = replace(shared.config, language=tag)
        if before != tag:
            events.append(
                make(LanguageSwitched, turn_id=turn, language=tag, previous=before, reason="asked")
            )
    put, gone = result.get("put", {}), result.get("delete", {})
    if put.get("kind") == "fact":
        facts = await shared.store.find("fact", owner=shared.config.owner)
        if mine := [fact for fact in facts if str(fact["id"]).startswith(f"{turn}.")]:
            fact = mine[-1]
            text = str(fact.get("text", ""))
            events.append(make(MemoryStored, turn_id=turn, fact_id=fact["id"], text=text))
    if gone.get("kind") == "fact" and gone.get("ids"):
        events.append(make(MemoryForgotten, turn_id=turn, fact_ids=list(gone["ids"])))
    if events:
        await shared.announcer.tell(*events)


def begun(player: Player, session_id: str) -> Said:
    """The row of an answer that begins."""
    return Said(
        id=player.item_id,
        session_id=session_id,
        turn_id=player.turn_id,
        role="assistant",
        text="",
        status="in_progress",
        response_id=player.response_id,
    )
