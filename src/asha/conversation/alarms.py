"""Alarms, timers and reminders that are due: told to every open stream of their owner."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from asha.conversation.session import Conversation
from asha.core.asha_events import AlarmFired
from asha.core.ports import Store

MISSED_AFTER = timedelta(seconds=60)  # later than this it is told as missed


async def ring(store: Store, conversations: Iterable[Conversation], *, now: datetime) -> None:
    """Fire what is due for everybody who listens, once; what nobody hears waits for them."""
    listening: dict[str, list[Conversation]] = {}
    for conversation in conversations:
        if len(conversation.fanout):
            listening.setdefault(conversation.config.owner, []).append(conversation)
    for owner, theirs in listening.items():
        for row in await store.find("alarm", owner=owner):
            due = _due(row.get("due_at"))
            if due is None or due > now:
                continue
            await store.delete("alarm", owner=owner, id=str(row["id"]))
            for conversation in theirs:
                announcer = conversation.context.announcer
                await announcer.tell(
                    announcer.make(
                        AlarmFired,
                        alarm_id=str(row["id"]),
                        kind=row.get("kind", "alarm"),
                        text=str(row.get("text", "")),
                        due_at=due.isoformat(timespec="seconds"),
                        missed=now - due > MISSED_AFTER,
                    )
                )


def _due(written: Any) -> datetime | None:
    try:
        due = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return due if due.tzinfo else due.replace(tzinfo=UTC)
