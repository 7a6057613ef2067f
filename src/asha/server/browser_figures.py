"""Turns as browsers measured them: voice to voice ends where somebody hears it, not here.

Kept in memory, the latest turns only; times and names, nothing that was said.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from asha.core.event_parts import Clocks

KEPT = 1_000
MAX_MS = 600_000.0  # ten minutes: what is longer was not waited for
Ms = Annotated[float, Field(ge=0.0, le=MAX_MS)]
Name = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[\w .:/+()-]+$")]


class MeasuredTurn(BaseModel):
    """One turn: its clocks (`voice_to_voice` by the browser's), its path, and who took part."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    turn_id: Name
    language: Name | None = None
    providers: dict[Name, Name] = Field(default_factory=dict, max_length=4)
    clocks: Clocks
    segments_ms: dict[Name, Ms] = Field(default_factory=dict, max_length=16)
    num_gaps: int = Field(0, ge=0, le=1_000, description="times the loudspeaker ran dry")


class Percentiles(BaseModel):
    """Nearest ranks over `n` turns, in ms."""

    p50: float
    p95: float
    p99: float
    n: int


class Figures(BaseModel):
    """The latest turns: all clocks, and one clock's or stage's figures by what turns share."""

    num_turns: int
    num_gaps: int
    clocks: dict[str, Percentiles]
    stages: dict[str, Percentiles]
    languages: dict[str, Percentiles] = Field(description="voice to voice, else first answer")
    providers: dict[str, Percentiles] = Field(description="the same, by `part: name`")


@dataclass(slots=True)
class BrowserFigures:
    """What pages told; a turn that is told twice counts once, as it was told last."""

    turns: deque[tuple[str, MeasuredTurn]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, session_id: str, turn: MeasuredTurn) -> None:
        """Keep a turn."""
        same = [
            old for old in self.turns if old[0] == session_id and old[1].turn_id == turn.turn_id
        ]
        for old in same:
            self.turns.remove(old)
        self.turns.append((session_id, turn))

    def figures(self) -> Figures:
        """Percentiles of everything."""
        turns = [turn for _, turn in self.turns]
        clocks = [turn.clocks.model_dump(by_alias=True) for turn in turns]
        waits = [(turn, _wait_ms(turn)) for turn in turns]
        return Figures(
            num_turns=len(turns),
            num_gaps=sum(turn.num_gaps for turn in turns),
            clocks=_grouped(item for one in clocks for item in one.items()),
            stages=_grouped(item for turn in turns for item in turn.segments_ms.items()),
            languages=_grouped((turn.language, ms) for turn, ms in waits if turn.language),
            providers=_grouped(
                (f"{part}: {name}", ms)
                for turn, ms in waits
                for part, name in turn.providers.items()
            ),
        )


def _wait_ms(turn: MeasuredTurn) -> float | None:
    """What the user waited; a typed turn has no voice to count from."""
    heard = turn.clocks.voice_to_voice
    return turn.clocks.first_answer if heard is None else heard


def _grouped(values: Iterable[tuple[str, float | None]]) -> dict[str, Percentiles]:
    groups: dict[str, list[float]] = {}
    for name, ms in values:
        if ms is not None:
            groups.setdefault(name, []).append(ms)
    return {name: _percentiles(sorted(ms)) for name, ms in groups.items()}


def _percentiles(ordered: list[float]) -> Percentiles:
    p50, p95, p99 = (
        ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.95, 0.99)
    )
    return Percentiles(p50=p50, p95=p95, p99=p99, n=len(ordered))
