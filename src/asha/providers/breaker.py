"""The breaker: a provider that fails again and again is left alone for a while."""

import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from asha.core.errors import (
    AshaError,
    ProviderBusy,
    ProviderError,
    ProviderRefused,
    ProviderUnfit,
)

FAILURES_IN_A_ROW = 3
MIN_CALLS, WINDOW_S, FAILED_SHARE = 10, 30.0, 0.5  # at least half of ten calls in 30 s
OPEN_S, MAX_OPEN_S = 5.0, 120.0
REFUSED_S = 300.0  # key and quota: nothing changes until a person acts
RATE_WEIGHT = 0.5  # "too many at once" is as much our doing as theirs


@dataclass(slots=True)
class Breaker:
    """Whether a provider is asked at all; one per provider, shared by all sessions.

    Closed: everything goes through. Open: nothing does, for a while that doubles. Then one call
    is let through; it decides.
    """

    now_s: Callable[[], float] = time.monotonic
    spread: Callable[[], float] = lambda: random.uniform(0.9, 1.1)
    _in_a_row: float = 0.0
    _calls: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=100))
    _open_until_s: float = 0.0
    _open_s: float = OPEN_S
    _is_open: bool = False
    _is_probing: bool = False

    @property
    def is_resting(self) -> bool:
        """Whether a call would not go out now."""
        return self._is_open and (self._is_probing or self.now_s() < self._open_until_s)

    def admits(self) -> bool:
        """Whether a call may go out now."""
        if not self._is_open:
            return True
        if self.is_resting:
            return False
        self._is_probing = True
        return True

    def succeeded(self) -> None:
        """A call went well."""
        self._calls.append((self.now_s(), 0.0))
        self._in_a_row, self._open_s = 0.0, OPEN_S
        self._is_open = self._is_probing = False

    def abandoned(self) -> None:
        """A call was given up by its caller: it says nothing about the provider."""
        self._is_probing = False

    def failed(self, error: AshaError) -> None:
        """A call went wrong; what does not speak against the provider is not counted."""
        was_probing, self._is_probing = self._is_probing, False
        if isinstance(error, ProviderUnfit) or not isinstance(error, ProviderError):
            return
        if isinstance(error, ProviderRefused):
            self._open(REFUSED_S)
            return
        is_rate = isinstance(error, ProviderBusy) and error.kind == "rate"
        weight = RATE_WEIGHT if is_rate else 1.0
        now_s = self.now_s()
        self._calls.append((now_s, weight))
        self._in_a_row += weight
        recent = [cost for when_s, cost in self._calls if now_s - when_s <= WINDOW_S]
        is_half = len(recent) >= MIN_CALLS and sum(recent) >= FAILED_SHARE * len(recent)
        if was_probing or self._in_a_row >= FAILURES_IN_A_ROW or is_half:
            self._open(self._open_s)
            self._open_s = min(MAX_OPEN_S, self._open_s * 2)

    def _open(self, for_s: float) -> None:
        self._is_open = True
        self._open_until_s = self.now_s() + for_s * self.spread()
        self._in_a_row = 0.0
        self._calls.clear()
