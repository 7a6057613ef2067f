"""Events on the wire. Raw, because the conversation sends hundreds a second (the framework's own
encoder costs three to four times the CPU per event).
"""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from fastapi.responses import StreamingResponse

from asha.conversation.announcer import Announcer, numbered
from asha.conversation.fanout import Subscriber, Wire
from asha.conversation.history import Said
from asha.core.asha_events import Ping, StreamLagged, StreamReset
from asha.core.events import SessionCreated, WireEvent
from asha.core.ports import EventLog

HEARTBEAT_S = 10.0  # below the 29 s after which gateways cut idle connections
PING_S = 20.0
HELLO = ": asha\nretry: 1000\n\n"
HEADERS = {
    "Cache-Control": "no-cache, no-transform",
    "X-Accel-Buffering": "no",
    "Content-Type": "text/event-stream; charset=utf-8",
}


def frame(epoch: str, wire: Wire) -> str:
    """One event; transient ones carry no id, so that they never move a cursor."""
    head = "" if wire.seq is None else f"id: {epoch}-{wire.seq}\n"
    return f"{head}event: {wire.type}\ndata: {wire.body}\n\n"


def streamed(frames: AsyncIterator[str]) -> StreamingResponse:
    """`frames` as an answer that nothing in between may hold back."""
    return StreamingResponse(frames, headers=HEADERS, media_type="text/event-stream")


MAX_SEQ_DIGITS = 18  # of a sequence number: what a 64-bit integer holds


def cursor_of(text: str | None) -> tuple[str, int] | None:
    """(epoch, seq) of an event id; ("", 0) for one that is not ours; None for none."""
    if not text:
        return None
    epoch, _, seq = text.rpartition("-")
    is_ours = epoch and seq.isascii() and seq.isdigit() and len(seq) <= MAX_SEQ_DIGITS
    return (epoch, int(seq)) if is_ours else ("", 0)


@dataclass(frozen=True, slots=True)
class StreamStart:
    """What a reader without a usable cursor is told first."""

    session: Callable[[], SessionCreated]
    snapshot: Callable[[], StreamReset]
    has_begun: bool  # whether anything was said


async def session_frames(
    announcer: Announcer,
    log: EventLog,
    reader: Subscriber,
    *,
    cursor: tuple[str, int] | None,
    start: StreamStart,
    now_s: Callable[[], float] = time.monotonic,
) -> AsyncIterator[str]:
    """The session's stream from `cursor` on: replayed without a gap, then live.

    Without a cursor a session in which something was said begins with what it has become, not with
    everything that ever happened. `reader` was subscribed before the log is read, so nothing falls
    between the two; what is in both is sent once. Audio is transient and is not replayed.
    """
    yield HELLO
    epoch = await log.epoch(announcer.session_id)
    sent = cursor[1] if cursor else 0
    past = list(await log.after(announcer.session_id, max(0, sent - 1)))
    is_known = cursor is not None and cursor[0] == epoch and past and past[0].seq == sent
    if not is_known and (cursor or start.has_begun):
        if cursor is None:
            yield frame(epoch, _wire(start.session(), None))
        else:
            past = list(await log.after(announcer.session_id, 0))
        sent = past[-1].seq if past else 0
        yield frame(epoch, _wire(start.snapshot(), sent))
    for entry in [entry for entry in past if entry.seq > sent]:
        yield frame(epoch, Wire(entry.seq, entry.type, numbered(entry)))
        sent = entry.seq
    pinged = now_s()
    while not reader.is_drained:
        wire = await reader.next(timeout_s=HEARTBEAT_S)
        if wire is None and not reader.is_drained:
            yield ": \n\n"
        elif wire and (wire.seq is None or wire.seq > sent):
            sent = wire.seq or sent
            yield frame(epoch, wire)
        if now_s() - pinged >= PING_S:
            pinged = now_s()
            ping = announcer.make(Ping, server_time_ms=time.time() * 1_000)
            yield frame(epoch, _wire(ping, None))
    if reader.dropped:
        yield frame(epoch, _wire(announcer.make(StreamLagged, dropped=reader.dropped), None))


async def turn_frames(epoch: str, reader: Subscriber, turn_id: str) -> AsyncIterator[str]:
    """The events of one turn: to its cost, and to the user's own words where they come later."""
    is_paid = is_written = False
    yield HELLO
    while not reader.is_drained and not (is_paid and is_written):
        wire = await reader.next(timeout_s=HEARTBEAT_S)
        if wire is None:
            if is_paid:
                return  # the words could not be written down
            yield ": \n\n"
        elif wire.turn_id == turn_id:
            yield frame(epoch, wire)
            is_item = wire.type == "conversation.item.done"
            is_written = is_written or (is_item and '"role":"user"' in wire.body)
            is_paid = is_paid or wire.type == "asha.cost.report"


def snapshot_of(
    announcer: Announcer, entries: list[Said], *, active: str | None, heard_ms: int | None
) -> StreamReset:
    """Everything a client needs to start again."""
    return announcer.make(
        StreamReset,
        items=[entry.item() for entry in entries],
        active_response_id=active,
        heard_ms=heard_ms,
    )


def _wire(event: WireEvent, seq: int | None) -> Wire:
    numbered_event = event.model_copy(update={"sequence_number": seq})
    return Wire(seq, event.type, numbered_event.model_dump_json(by_alias=True))
