"""Money: what a session and a day have cost, and what happens when that is enough.

Everybody's spending of a day is one row, a session's is another; both survive a restart. Where a
budget is reached, the session goes on with what costs nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from asha.conversation.choice import adopt
from asha.conversation.session_config import as_body
from asha.core.account import Account
from asha.core.events import SessionUpdated
from asha.core.ports import Store

if TYPE_CHECKING:
    from asha.conversation.context import Context

HOUSE = "asha"  # the owner of rows that belong to nobody
KIND = "spending"


def _today() -> date:
    return datetime.now(UTC).date()


@dataclass(slots=True)
class Ledger:
    """What everybody has spent today. A budget of None is no limit, 0 means that nothing is paid.

    `store` keeps the day's sum; without one it is forgotten with the process.
    """

    session_budget_usd: float | None = None
    day_budget_usd: float | None = None
    store: Store | None = None
    today: Callable[[], date] = _today
    _day: date | None = None
    _usd: float = 0.0

    async def spent_today(self) -> float:
        """USD, of all sessions, since midnight UTC."""
        today = self.today()
        if self._day != today:
            row = None
            if self.store:
                row = await self.store.get(KIND, today.isoformat(), owner=HOUSE)
            self._day, self._usd = today, float(row["usd"]) if row else 0.0
        return self._usd

    async def add(self, usd: float) -> None:
        """More was spent."""
        await self.spent_today()
        self._usd += usd
        if self.store and self._day:
            key = self._day.isoformat()
            await self.store.put(KIND, key, {"id": key, "usd": self._usd}, owner=HOUSE)

    async def reached(self, session_usd: float) -> str | None:
        """The sentence for the user once a budget is used up."""
        if self.session_budget_usd is not None and session_usd >= self.session_budget_usd:
            return _sentence("this session", self.session_budget_usd, "ASHA_BUDGET_SESSION_USD")
        day_usd = await self.spent_today()
        if self.day_budget_usd is not None and day_usd >= self.day_budget_usd:
            return _sentence("today", self.day_budget_usd, "ASHA_BUDGET_DAY_USD")
        return None


@dataclass(slots=True)
class Purse:
    """What one session has spent."""

    ledger: Ledger = field(default_factory=Ledger)
    usd: float = 0.0

    async def book(self, account: Account, shared: "Context") -> None:
        """Add what an account has not told before; nothing is written where nothing was spent."""
        usd = account.unbooked()
        if not usd:
            return
        self.usd += usd
        row = {"id": shared.id, "session_id": shared.id, "usd": self.usd}
        await self.ledger.add(usd)
        await shared.store.put(KIND, shared.id, row, owner=shared.config.owner)

    async def reopen(self, shared: "Context") -> None:
        """What the session spent before a restart."""
        row = await shared.store.get(KIND, shared.id, owner=shared.config.owner)
        self.usd = float(row["usd"]) if row else 0.0


async def keep_to_budget(shared: "Context") -> None:
    """Before a turn: go over to the parts that were chosen, to the free ones, or on a new day
    back; the page is told why.
    """
    adopt(shared)
    if shared.paid_parts is None and not shared.parts.is_paid:
        return
    sentence = await shared.purse.ledger.reached(shared.purse.usd)
    if (sentence is None) == (shared.paid_parts is None):
        return
    if sentence is None:
        assert shared.paid_parts
        shared.parts, shared.paid_parts = shared.paid_parts, None
    else:
        nobody = replace(shared.parts, llm=None, tts=None, stt=None, follow=None)
        free = shared.parts.free or nobody
        shared.parts, shared.paid_parts = replace(free, notice=sentence), shared.parts
    body = as_body(shared.config, shared.parts)
    await shared.announcer.tell(shared.announcer.make(SessionUpdated, session=body))


def _sentence(what: str, budget_usd: float, setting: str) -> str:
    return (
        f"The budget for {what} ({budget_usd:.2f} USD) is used up: Asha goes on with what costs "
        f"nothing. {setting} raises it."
    )
