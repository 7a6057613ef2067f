"""How long each stage may take before somebody else takes over."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeVar

from asha.core.errors import ProviderBusy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds to the first item, between two items, and for everything; None: no limit.

    A total counts only the time the provider is waited for, not the time its listener takes.
    """

    first_s: float
    gap_s: float
    total_s: float | None

    def scaled(self, factor: float) -> "Deadlines":
        """All of them longer or shorter."""
        total_s = None if self.total_s is None else self.total_s * factor
        return Deadlines(self.first_s * factor, self.gap_s * factor, total_s)


# Chosen so that the first audible sound comes within about a second even when one stage fails.
THINKING = Deadlines(first_s=2.5, gap_s=2.0, total_s=25.0)
HOSTED_VOICE = Deadlines(first_s=1.0, gap_s=0.9, total_s=20.0)
LOCAL_VOICE = Deadlines(first_s=2.0, gap_s=2.0, total_s=10.0)
HEARING = Deadlines(first_s=1.5, gap_s=5.0, total_s=None)  # first: the final words, after the sound


@contextlib.asynccontextmanager
async def closing(items: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """`items`, closed at the end: an iterator of a port closes its vendor's connection."""
    try:
        yield items
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()


async def in_time(
    items: AsyncIterator[T], deadlines: Deadlines, *, provider: str
) -> AsyncIterator[T]:
    """`items`, as long as they come in time.

    Raises:
        ProviderBusy: of kind "stall", when one does not.
    """
    limit_s, spent_s = deadlines.first_s, 0.0
    async with closing(items):
        while True:
            left_s = limit_s
            if deadlines.total_s is not None:
                left_s = min(left_s, max(0.0, deadlines.total_s - spent_s))
            began_s = time.monotonic()
            try:
                async with asyncio.timeout(left_s):
                    item = await anext(items)
            except StopAsyncIteration:
                return
            except TimeoutError as late:
                raise ProviderBusy(
                    provider, f"nothing came for {left_s:.1f} s.", kind="stall"
                ) from late
            spent_s += time.monotonic() - began_s
            limit_s = deadlines.gap_s
            yield item
