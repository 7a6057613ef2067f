"""One turn's account: what its providers charged, and who took over from whom.

Providers write to the account of the task they run in; the conversation opens one for each turn.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Literal

Port = Literal["stt", "llm", "tts"]


@dataclass(frozen=True, slots=True)
class Switch:
    """What failed, why (an error's code), and who took over (None: nobody was left).

    `gap_ms`: from the last that came of the failed one (from its being asked, where nothing did;
    of ears from their failure) to the first of the next.
    """

    port: Port
    failed: str
    code: str
    took_over: str | None
    gap_ms: float | None = None


def _nobody(_: Switch) -> None:
    return None


@dataclass(slots=True)
class Account:
    """What has been spent so far in USD, by provider; `is_estimated` where a vendor did not say."""

    by_provider: dict[str, float] = field(default_factory=dict)
    is_estimated: bool = False
    booked_usd: float = 0.0  # of it, what has been added up elsewhere
    on_switch: Callable[[Switch], None] = _nobody

    @property
    def usd(self) -> float:
        """All of it."""
        return sum(self.by_provider.values())

    def unbooked(self) -> float:
        """What came since this was last asked."""
        usd = self.usd - self.booked_usd
        self.booked_usd += usd
        return usd


_current: ContextVar[Account | None] = ContextVar("account", default=None)


@contextmanager
def on_account(account: Account) -> Iterator[None]:
    """Tasks that are started inside write to `account`."""
    token = _current.set(account)
    try:
        yield
    finally:
        _current.reset(token)


def opened_account() -> Account:
    """An account of the running task, to its end."""
    account = Account()
    _current.set(account)
    return account


def charge(provider: str, usd: float, *, is_estimate: bool = False) -> None:
    """Money was spent; nothing happens where nobody keeps an account."""
    account = _current.get()
    if account is None or not usd:
        return
    account.by_provider[provider] = account.by_provider.get(provider, 0.0) + usd
    account.is_estimated = account.is_estimated or is_estimate


def note_switch(switch: Switch) -> None:
    """Somebody took over."""
    account = _current.get()
    if account is not None:
        account.on_switch(switch)
