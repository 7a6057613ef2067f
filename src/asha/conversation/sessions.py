"""All open sessions of this process: made, found again after a restart, forgotten."""

import asyncio
import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from asha.conversation.alarms import ring
from asha.conversation.choice import check_choice
from asha.conversation.history import Said, from_row
from asha.conversation.recovery import Recovered, recovered
from asha.conversation.session import Conversation, Services
from asha.conversation.session_config import SessionConfig, changed, checked
from asha.conversation.summary import recall
from asha.core.errors import Busy, Conflict, NotFound
from asha.core.ports import Lease

LEASE_S = 60.0
GRACE_MS = 30_000.0  # nobody listens for so long: stop spending on the answer
UNLOAD_MS = 15 * 60_000.0  # nobody listens for so long: the session sleeps in the store
SWEEP_S = 5.0
RING_S = 0.5  # an alarm is at most this late


@dataclass(slots=True)
class _Open:
    conversation: Conversation
    task: asyncio.Task[None]
    token: int
    lonely_since_ms: float | None = None


@dataclass(slots=True)
class Sessions:
    """The sessions this process owns."""

    services: Services
    lease: Lease
    max_open: int
    name: str = field(default_factory=lambda: secrets.token_hex(6))  # this process, as an owner
    _open: dict[str, _Open] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __len__(self) -> int:
        return len(self._open)

    def num_of(self, owner: str) -> int:
        """How many of the open ones are this owner's."""
        return sum(found.conversation.config.owner == owner for found in self._open.values())

    async def create(self, owner: str, settings: dict[str, Any]) -> Conversation:
        """A new session.

        Raises:
            Busy: too many are open.
            BadInput: a setting that cannot be used.
        """
        if len(self._open) >= self.max_open:
            raise Busy("All places are taken; try again in a minute.", retry_after_ms=60_000)
        config = checked(SessionConfig(f"sess_{secrets.token_hex(10)}", owner, **settings))
        check_choice(settings, self.services.parts.menu)
        await self.services.store.put("session", config.id, asdict(config), owner=owner)
        conversation = await self._begin(config, Recovered())
        await conversation.announce()
        return conversation

    async def get(self, session_id: str, owner: str) -> Conversation:
        """An open session, or one brought back from the store.

        Raises:
            NotFound: there is none, or it is another's.
        """
        async with self._opening:
            found = self._open.get(session_id)
            if found is None:
                return await self._bring_back(session_id, owner)
        if found.conversation.config.owner != owner:
            raise NotFound("There is no such session of yours; POST /v1/sessions makes one.")
        return found.conversation

    async def change(self, conversation: Conversation, changes: dict[str, Any]) -> None:
        """Change a session's settings, for good. Raises BadInput."""
        config = changed(conversation.config, changes)
        check_choice(changes, self.services.parts.menu)
        await self.services.store.put("session", config.id, asdict(config), owner=config.owner)
        await conversation.change(changes)

    async def delete(self, session_id: str, owner: str) -> None:
        """Forget a session: its items, its events and the facts drawn from it."""
        conversation = await self.get(session_id, owner)
        await self._end(conversation.config.id)
        store = self.services.store
        for kind in ("item", "spending", "summary"):
            await store.delete(kind, owner=owner, session_id=session_id)
        await store.delete("fact", owner=owner, session_id=session_id)
        own = f"turn_{session_id.removeprefix('sess_')}_"  # tools name what they write by its turn
        for fact in await store.find("fact", owner=owner):
            if str(fact.get("id", "")).startswith(own):
                await store.delete("fact", owner=owner, id=str(fact["id"]))
        await store.delete("session", owner=owner, id=session_id)
        await self.services.log.forget(session_id)

    async def close(self) -> None:
        """End all; they can be brought back."""
        for session_id in list(self._open):
            await self._end(session_id)

    async def sweep(self) -> None:
        """For ever: renew leases, and see to sessions nobody listens to."""
        while True:
            await asyncio.sleep(SWEEP_S)
            for session_id, found in list(self._open.items()):
                await self.lease.acquire(session_id, self.name, ttl_s=LEASE_S)
                await self._see_to(found)

    async def ring(self) -> None:
        """For ever: alarms that are due."""
        while True:
            await asyncio.sleep(RING_S)
            open_now = [found.conversation for found in self._open.values()]
            await ring(self.services.store, open_now, now=datetime.now(UTC))

    async def _see_to(self, found: _Open) -> None:
        now_ms = self.services.now_ms()
        conversation = found.conversation
        if len(conversation.fanout) or conversation.was_used_since(now_ms - GRACE_MS):
            found.lonely_since_ms = None
            return
        if found.lonely_since_ms is None:
            found.lonely_since_ms = now_ms
        elif now_ms - found.lonely_since_ms > UNLOAD_MS:
            await self._end(conversation.config.id)
        elif now_ms - found.lonely_since_ms > GRACE_MS:
            conversation.stop_spending()

    async def _bring_back(self, session_id: str, owner: str) -> Conversation:
        row = await self.services.store.get("session", session_id, owner=owner)
        if row is None:
            raise NotFound("There is no such session of yours; POST /v1/sessions makes one.")
        config = SessionConfig(**dict(row))
        rows = await self.services.store.find("item", owner=owner, session_id=session_id)
        entries = [from_row(item) for item in rows]
        past = recovered(await self.services.log.after(session_id, 0), entries)
        return await self._begin(config, past)

    async def _begin(self, config: SessionConfig, past: Recovered) -> Conversation:
        token = await self.lease.acquire(config.id, self.name, ttl_s=LEASE_S)
        if token is None:
            raise Conflict("The session is open in another process; try again in a minute.")
        conversation = Conversation(config, self.services, next_number=past.next_number)
        conversation.context.entries = past.entries
        conversation.context.language = past.language or conversation.context.language
        await conversation.context.purse.reopen(conversation.context)
        await recall(conversation.context)
        await _close_the_past(conversation, past)
        task = asyncio.create_task(conversation.run())
        self._open[config.id] = _Open(conversation, task, token)
        return conversation

    async def _end(self, session_id: str) -> None:
        found = self._open.pop(session_id, None)
        if found:
            found.conversation.close()
            await asyncio.gather(found.task, return_exceptions=True)
            await self.lease.release(session_id, found.token)


async def _close_the_past(conversation: Conversation, past: Recovered) -> None:
    """What a crash cut off is told to be over, once."""
    changed_entries: list[Said] = past.changed
    for entry in changed_entries:
        await conversation.context.keep(entry)
    if past.closing:
        announcer = conversation.context.announcer
        await announcer.tell(*(announcer.make(kind, **fields) for kind, fields in past.closing))
