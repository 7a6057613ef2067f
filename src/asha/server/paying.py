"""Money of calls outside of sessions (chat, speech, transcriptions): it is the day's."""

from collections.abc import AsyncIterator
from typing import TypeVar

from asha.core.account import Account, opened_account
from asha.core.errors import OverBudget
from asha.core.streams import closing
from asha.server.desk import ServiceDesk

T = TypeVar("T")


async def account_of_call(desk: ServiceDesk) -> Account:
    """The account of a request, which runs in a task of its own.

    Raises:
        OverBudget: the vendors here are paid, and the day's budget is used up.
    """
    sentence = await desk.sessions.services.ledger.reached(0.0) if desk.parts.is_paid else None
    if sentence:
        raise OverBudget(f"{sentence} Sessions still answer.")
    return opened_account()


async def booked(desk: ServiceDesk, account: Account, pieces: AsyncIterator[T]) -> AsyncIterator[T]:
    """`pieces`; what they cost is added up at their end, however they end."""
    try:
        async with closing(pieces):
            async for piece in pieces:
                yield piece
    finally:
        await book(desk, account)


async def book(desk: ServiceDesk, account: Account) -> None:
    """Add a call's cost to the day's."""
    if usd := account.unbooked():
        await desk.sessions.services.ledger.add(usd)
