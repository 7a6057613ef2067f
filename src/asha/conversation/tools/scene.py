"""What a tool may look at, and what it may want: `prepare` is a function of these alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from asha.conversation.tools.wording import Wording
from asha.core.errors import BadInput
from asha.core.ports import Effect, Prepared, Row

KINDS = ("alarm", "note", "fact")  # of the store's rows that tools use
Arguments = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """A tool that waits for a yes."""

    name: str
    arguments: Arguments
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """The moment (in the user's zone), what is stored, what was said last, what waits for a yes."""

    now: datetime
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    last_said: str = ""
    waiting: Request | None = None
    chance: Random = field(default_factory=Random)

    def upcoming(self, kind: str) -> list[Row]:
        """Alarms, timers or reminders still to come, the next one first."""
        rows = [row for row in self.rows.get("alarm", ()) if row["kind"] == kind]
        later = [row for row in rows if datetime.fromisoformat(row["due_at"]) > self.now]
        return sorted(later, key=lambda row: datetime.fromisoformat(row["due_at"]))


Prepare = Callable[[Arguments, Scene, Wording], Prepared]


@dataclass(frozen=True, slots=True)
class Recipe:
    """One tool: its name, what a model is told of it, its arguments' schemas, what it does."""

    name: str
    description: str
    prepare: Prepare
    effect: Effect = "none"
    arguments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def put(table: str, say: str, /, **fields: Any) -> Prepared:
    """Say it, and store a row of `table` (a kind of the store) when the turn is committed."""
    return Prepared(say, {"put": {"kind": table, "row": fields}})


def delete(kind: str, say: str, rows: Sequence[Row]) -> Prepared:
    """Say it, and delete these rows when the turn is committed."""
    return Prepared(say, {"delete": {"kind": kind, "ids": [row["id"] for row in rows]}})


def whole(arguments: Arguments, name: str, *, low: int, high: int) -> int:
    """An argument that is a whole number.

    Raises:
        BadInput: it is missing, no number, or out of range.
    """
    value = arguments.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise BadInput(f"{name} must be a whole number from {low} to {high}.", param=name)
    return value


def text(arguments: Arguments, name: str, *, known: Sequence[str] = ()) -> str:
    """An argument that is text, at most 200 characters.

    Raises:
        BadInput: it is missing, empty, too long, or not one of `known`.
    """
    value = arguments.get(name)
    if not isinstance(value, str) or not 0 < len(value.strip()) <= 200:
        raise BadInput(f"{name} must be a short text.", param=name)
    if known and value not in known:
        raise BadInput(f"{name} must be one of {', '.join(known)}.", param=name)
    return value.strip()
