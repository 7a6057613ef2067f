"""How often somebody may fail: a sliding window per address and per name."""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from asha.core.errors import Busy

WINDOW_S = 15 * 60.0
MAX_KEYS = 10_000  # the longest idle ones are forgotten


@dataclass(slots=True)
class Throttle:
    """Counts attempts; those that succeed are taken back."""

    max_attempts: int
    now_s: Callable[[], float] = time.monotonic
    _attempts: OrderedDict[str, deque[float]] = field(default_factory=OrderedDict)

    def count(self, key: str) -> None:
        """One more attempt. Raises Busy where there were too many."""
        attempts, now_s = self._attempts.setdefault(key, deque()), self.now_s()
        self._attempts.move_to_end(key)
        while attempts and now_s - attempts[0] > WINDOW_S:
            attempts.popleft()
        if len(attempts) >= self.max_attempts:
            wait_s = WINDOW_S - (now_s - attempts[0])
            minutes = max(1, round(wait_s / 60))
            raise Busy(
                f"Too many wrong passwords; try again in {minutes} minutes.",
                retry_after_ms=round(wait_s * 1_000),
            )
        attempts.append(now_s)
        while len(self._attempts) > MAX_KEYS:
            self._attempts.popitem(last=False)

    def take_back(self, key: str) -> None:
        """The last attempt was right."""
        if attempts := self._attempts.get(key):
            attempts.pop()


def neighbourhood(address: str) -> str:
    """Who counts as one: an IPv4 address, or the /64 that one IPv6 household has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
