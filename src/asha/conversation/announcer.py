"""Events on their way out: durable first, then sent, in one order for everybody."""

import asyncio
import secrets
from typing import Any, TypeVar

from asha.conversation.fanout import Fanout, Wire
from asha.core.asha_events import TRANSIENT
from asha.core.events import WireEvent
from asha.core.ports import EventLog, LoggedEvent

E = TypeVar("E", bound=WireEvent)


def numbered(logged: LoggedEvent) -> str:
    """The event's JSON with its sequence number, which is only known once it is in the log."""
    return f'{{"sequence_number":{logged.seq},{logged.body[1:]}'


class Announcer:
    """Writes one session's events to its log and tells its readers."""

    def __init__(self, session_id: str, log: EventLog, fanout: Fanout) -> None:
        self.session_id, self.fanout = session_id, fanout
        self._log = log
        self._order = asyncio.Lock()

    def make(self, kind: type[E], /, *, turn_id: str | None = None, **fields: Any) -> E:
        """An event of this session."""
        return kind(
            event_id=f"event_{secrets.token_hex(8)}",
            session_id=self.session_id,
            turn_id=turn_id,
            **fields,
        )

    async def tell(self, *events: WireEvent) -> None:
        """Log and send `events` in order; they are durable before anybody sees them.

        Cancelling the caller does not stop it: what is in the log has been sent.
        """
        await asyncio.shield(asyncio.ensure_future(self._tell(events)))

    async def _tell(self, events: tuple[WireEvent, ...]) -> None:
        pairs = [(event.type, _body(event)) for event in events]
        async with self._order:
            logged = await self._log.append(self.session_id, pairs)
            for event, entry in zip(events, logged, strict=True):
                wire = Wire(entry.seq, entry.type, numbered(entry), turn_id=event.turn_id)
                self.fanout.publish(wire)

    def show(self, event: WireEvent, *, sound_ms: float = 0.0) -> None:
        """Send a transient event: it is not logged, has no number and is never replayed."""
        assert event.type in TRANSIENT
        body = '{"sequence_number":null,' + _body(event)[1:]
        self.fanout.publish(Wire(None, event.type, body, sound_ms, event.turn_id))


def _body(event: WireEvent) -> str:
    return event.model_dump_json(exclude={"sequence_number"}, by_alias=True)
