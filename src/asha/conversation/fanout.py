"""One session's events to everybody who reads them; a slow reader never holds up the others."""

import asyncio
from collections import deque
from dataclasses import dataclass

MAX_WAITING_BYTES = 1_000_000
MAX_WAITING_SOUND_MS = 5_000.0  # sound is sent at most a second ahead: five are a broken line


@dataclass(frozen=True, slots=True)
class Wire:
    """An event ready to be sent. `seq` is None for transient ones, which never move a cursor."""

    seq: int | None
    type: str
    body: str  # JSON on one line, with its sequence number
    sound_ms: float = 0.0
    turn_id: str | None = None


class Subscriber:
    """One reader's bounded queue."""

    def __init__(self) -> None:
        self.dropped = 0  # more than zero: it lagged and is closed
        self.is_closed = False
        self._waiting: deque[Wire] = deque()
        self._num_bytes, self._sound_ms = 0, 0.0
        self._news = asyncio.Event()

    def push(self, wire: Wire) -> None:
        """Queue an event, or count it as dropped once the reader has lagged."""
        if self.dropped or self.is_closed:
            self.dropped += 0 if self.is_closed else 1
            return
        full = self._num_bytes + len(wire.body) > MAX_WAITING_BYTES
        if full or self._sound_ms + wire.sound_ms > MAX_WAITING_SOUND_MS:
            self.dropped = 1
        else:
            self._waiting.append(wire)
            self._num_bytes += len(wire.body)
            self._sound_ms += wire.sound_ms
        self._news.set()

    def close(self) -> None:
        """The session is gone: the reader gets what is queued, then the end."""
        self.is_closed = True
        self._news.set()

    async def next(self, *, timeout_s: float) -> Wire | None:
        """The next event, or None: nothing for `timeout_s`, or closed, or lagged and drained."""
        if not self._waiting and not self.dropped and not self.is_closed:
            self._news.clear()
            try:
                async with asyncio.timeout(timeout_s):
                    await self._news.wait()
            except TimeoutError:
                return None
        if not self._waiting:
            return None
        wire = self._waiting.popleft()
        self._num_bytes -= len(wire.body)
        self._sound_ms -= wire.sound_ms
        return wire

    @property
    def is_drained(self) -> bool:
        """Whether nothing more will come."""
        return not self._waiting and bool(self.dropped or self.is_closed)


class Fanout:
    """All readers of one session."""

    def __init__(self) -> None:
        self._readers: set[Subscriber] = set()

    def subscribe(self) -> Subscriber:
        """A new reader; it gets everything from now on."""
        reader = Subscriber()
        self._readers.add(reader)
        return reader

    def unsubscribe(self, reader: Subscriber) -> None:
        """Forget a reader that left."""
        self._readers.discard(reader)

    def publish(self, wire: Wire) -> None:
        """To everybody; never waits."""
        for reader in self._readers:
            reader.push(wire)

    def close(self) -> None:
        """End all streams."""
        for reader in self._readers:
            reader.close()

    def __len__(self) -> int:
        return len(self._readers)
