"""What a double does wrong, and when: latencies and faults by script, one per request."""

import asyncio
import random
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

FaultKind = Literal[
    "status",  # refuses before anything is sent: `status`, `code`, `headers`
    "stall",  # sends nothing more and keeps the connection
    "cut",  # hangs up
    "empty",  # ends well, with nothing in it
    "no_end",  # ends without saying that it has ended
    "garble",  # from then on sends what cannot be read
    "error",  # an error inside the stream, by the vendor's own shape: `code`
    "close",  # closes a socket with `status` as its code
    "half_sample",  # an odd number of bytes
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, after `after` good pieces of the reply."""

    kind: FaultKind
    after: int = 0
    status: int = 503
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Script:
    """One vendor's behaviour. Faults are used up in order, None is a good reply; then `always`."""

    first_ms: float = 0.0
    gap_ms: float = 0.0
    jitter_ms: float = 0.0
    faults: deque[Fault | None] = field(default_factory=deque)
    always: Fault | None = None
    asked: list[Any] = field(default_factory=list)  # bodies of the requests
    _dice: random.Random = field(default_factory=lambda: random.Random(1))

    def next_fault(self) -> Fault | None:
        """The fault of this request."""
        return self.faults.popleft() if self.faults else self.always

    def refusal(self) -> Fault | None:
        """The fault of this request if it comes before any data; else it stays for `next_fault`."""
        first = self.faults[0] if self.faults else self.always
        return self.next_fault() if first and first.kind == "status" else None

    async def pause(self, number: int) -> None:
        """The latency before piece `number`."""
        ms = (self.gap_ms if number else self.first_ms) + self._dice.uniform(0, self.jitter_ms)
        if ms:
            await asyncio.sleep(ms / 1_000)
