"""What is wrong with a row of a corpus: counted and said, never silently skipped."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from asha.core.errors import BadSound
from asha.data.sample import Sample

Fault = Literal[
    "broken sound",
    "sound without text",
    "text without sound",
    "unreadable line",
    "twice",
    "not made",  # a voice, a model or ears failed; the next run asks again
]
NUM_EXAMPLES = 3  # named for each fault; the rest is a number


@dataclass(frozen=True, slots=True)
class Problem:
    """One row that cannot be used: which one, and why."""

    fault: Fault
    name: str
    why: str


@dataclass(slots=True)
class Tally:
    """What has been read so far: good clips, and the problems by fault."""

    num_clips: int = 0
    speech_s: float = 0.0
    speakers: set[str] = field(default_factory=set)
    faults: dict[Fault, list[Problem]] = field(default_factory=dict)

    @property
    def num_problems(self) -> int:
        """Rows that cannot be used."""
        return sum(len(problems) for problems in self.faults.values())

    def good(self, rows: Iterable[Sample | Problem]) -> Iterator[Sample]:
        """The samples among `rows`; each row is counted as it passes."""
        for given in rows:
            row = given if isinstance(given, Problem) else _heard(given)
            if isinstance(row, Problem):
                self.faults.setdefault(row.fault, []).append(row)
                continue
            self.num_clips += 1
            self.speech_s += row.clip().duration_s
            if row.speaker:
                self.speakers.add(row.speaker)
            yield row

    def sentences(self) -> list[str]:
        """A sentence for each fault, with its number and the first names."""
        return [_sentence(fault, problems) for fault, problems in sorted(self.faults.items())]


def _heard(sample: Sample) -> Sample | Problem:
    """The sample with its sound read."""
    try:
        return replace(sample, sound=sample.clip())
    except BadSound as broken:
        return Problem("broken sound", sample.name, broken.message)


def count(rows: Iterable[Sample | Problem]) -> Tally:
    """Read every row, keep none, and tell what there was."""
    tally = Tally()
    for _ in tally.good(rows):
        pass
    return tally


def _sentence(fault: Fault, problems: list[Problem]) -> str:
    shown = "; ".join(f"{it.name}: {it.why.rstrip('.')}" for it in problems[:NUM_EXAMPLES])
    more = len(problems) - NUM_EXAMPLES
    return f"{len(problems)} x {fault}: {shown}{f'; and {more} more' if more > 0 else ''}."
