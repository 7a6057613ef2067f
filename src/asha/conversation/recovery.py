"""After a crash: what was cut off, what of it was heard, and the events that close it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from asha.conversation.answer import SaidPhrase, heard_text
from asha.conversation.closing import ended_item
from asha.conversation.history import Said
from asha.core.event_parts import Response, StatusDetails
from asha.core.events import (
    AudioCleared,
    ItemDone,
    ItemTruncated,
    OutputItemDone,
    ResponseDone,
    WireEvent,
)
from asha.core.ports import LoggedEvent

MS_PER_CHAR = 65.0  # of speech, for the last phrase, whose end nobody wrote down

Bodies = list[tuple[str, dict[str, Any]]]
Closing = list[tuple[type[WireEvent], dict[str, Any]]]


@dataclass(slots=True)
class Recovered:
    """A session as its log and its items tell it."""

    entries: list[Said] = field(default_factory=list)
    changed: list[Said] = field(default_factory=list)
    closing: Closing = field(default_factory=list)
    next_number: int = 1
    language: str | None = None


@dataclass(slots=True)
class _Cut:
    """A response without its end."""

    response_id: str
    turn_id: str
    item_id: str = ""
    phrases: list[SaidPhrase] = field(default_factory=list)


def recovered(events: Sequence[LoggedEvent], entries: list[Said]) -> Recovered:
    """Read the log: whatever has begun without an end is closed as it was heard."""
    result = Recovered(entries=list(entries))
    bodies = [(event.type, json.loads(event.body)) for event in events]
    turns = [body["turn_id"] for _, body in bodies if body.get("turn_id")]
    result.next_number = max((int(turn.rsplit("_", 1)[1]) for turn in turns), default=0) + 1
    for cut in _cuts(bodies):
        _close(cut, result)
    if speaking := _speaking(bodies):
        result.closing.append((AudioCleared, {"turn_id": speaking}))
    result.language = next(
        (entry.language for entry in reversed(result.entries) if entry.language), None
    )
    return result


def _speaking(bodies: Bodies) -> str | None:
    """The turn that was being spoken, if one was."""
    speaking: str | None = None
    for kind, body in bodies:
        if kind == "input_audio_buffer.speech_started":
            speaking = body["turn_id"]
        elif kind in ("input_audio_buffer.committed", "input_audio_buffer.cleared"):
            speaking = None
    return speaking


def _cuts(bodies: Bodies) -> list[_Cut]:
    """Responses that began and have no end."""
    cuts: dict[str, _Cut] = {}
    for kind, body in bodies:
        match kind:
            case "response.created":
                cut = _Cut(body["response"]["id"], body["turn_id"])
                cuts[cut.response_id] = cut
            case "response.output_item.added":
                if begun := cuts.get(body["response_id"]):  # its beginning may have been trimmed
                    begun.item_id = body["item"]["id"]
            case "response.output_audio_transcript.delta" | "response.output_text.delta":
                _add_phrase(cuts.get(body["response_id"]), body)
            case "response.done":
                cuts.pop(body["response"]["id"], None)
    return list(cuts.values())


def _add_phrase(cut: _Cut | None, body: dict[str, Any]) -> None:
    if cut is None:
        return
    start_ms = float(body.get("start_ms") or 0.0)
    if cut.phrases:
        cut.phrases[-1].end_ms = start_ms
    end_ms = start_ms + MS_PER_CHAR * len(body["delta"])
    cut.phrases.append(SaidPhrase(body["delta"], start_ms, end_ms))


def _close(cut: _Cut, result: Recovered) -> None:
    entry = next((entry for entry in result.entries if entry.id == cut.item_id), None)
    heard_ms = float(entry.heard_ms or 0) if entry else 0.0
    text = heard_text(cut.phrases, heard_ms)
    if entry:
        entry.text, entry.status = text, "incomplete"
        result.changed.append(entry)
    item = ended_item(cut.item_id, text, is_whole=False)
    turn = {"turn_id": cut.turn_id}
    details = StatusDetails(type="incomplete")
    response = Response(
        id=cut.response_id, status="incomplete", status_details=details, output=[item]
    )
    truncation = {"item_id": cut.item_id, "audio_end_ms": round(heard_ms)}
    result.closing += [
        (ItemTruncated, turn | truncation),
        (OutputItemDone, turn | {"response_id": cut.response_id, "item": item}),
        (ItemDone, turn | {"item": item}),
        (ResponseDone, turn | {"response": response}),
    ]
