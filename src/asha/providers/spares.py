"""Sockets opened before their words are there: whoever speaks next finds the hand shaken."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import ClientConnection

from asha.core.errors import ProviderError

Opening = asyncio.Task[ClientConnection]


@dataclass(frozen=True, slots=True)
class _Spare:
    way: str  # what is asked of the vendor there; another way needs another socket
    opening: Opening
    ends: asyncio.TimerHandle


class Spares:
    """At most one for each who waits; one that nobody uses is closed after `lasts_s`."""

    def __init__(
        self, opened: Callable[[str], Coroutine[Any, Any, ClientConnection]], *, lasts_s: float
    ) -> None:
        """`opened` makes a socket for a way."""
        self._opened, self._lasts_s = opened, lasts_s
        self._spares: dict[str, _Spare] = {}
        self._closing: set[asyncio.Task[None]] = set()

    def open(self, who: str, way: str) -> None:
        """Begin to shake hands for `who`, unless that was begun. Never fails: it is a favour."""
        spare = self._spares.get(who)
        if spare and spare.way == way and not _has_failed(spare.opening):
            return
        self.drop(who)
        ends = asyncio.get_running_loop().call_later(self._lasts_s, self.drop, who)
        self._spares[who] = _Spare(way, asyncio.create_task(self._opened(way)), ends)

    def take(self, way: str) -> tuple[str, Opening] | None:
        """The oldest that goes this way and whose it was; the taker closes it."""
        for who, spare in self._spares.items():
            if spare.way == way:
                del self._spares[who]
                spare.ends.cancel()
                return who, spare.opening
        return None

    def drop(self, who: str) -> None:
        """It will not be needed."""
        spare = self._spares.pop(who, None)
        if spare:
            spare.ends.cancel()
            task = asyncio.create_task(close_opening(spare.opening))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """All of them."""
        for who in list(self._spares):
            self.drop(who)
        await asyncio.gather(*self._closing)


async def close_opening(opening: Opening) -> None:
    """Close a socket that is open, or may be soon."""
    opening.cancel()
    with contextlib.suppress(asyncio.CancelledError, ProviderError):
        socket = await opening
        await socket.close()


def _has_failed(opening: Opening) -> bool:
    return opening.done() and (opening.cancelled() or opening.exception() is not None)
