"""Several sets read as one: by weight, shuffled, the same every time, and from any place again.

The set whose share of an epoch is least used up comes next. Within a set every row comes once
before any comes twice, in an order that follows from the seed, the set's name and the round. Which
row comes n-th therefore depends on nothing but the numbers drawn so far (`drawn`): these are what a
resumed run needs, and any process can tell which rows are another's.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from asha.core.errors import BadInput
from asha.data.problem import Problem, Tally
from asha.data.rows import Rows, StreamedRows
from asha.data.sample import Sample

Made = TypeVar("Made")
MAX_REPLACEMENTS = 50  # broken rows in a row, after which a set is given up


class BadMixture(BadInput):
    """A mixture that cannot be drawn from: names the set and the remedy."""

    code = "bad_mixture"


@dataclass(frozen=True, slots=True)
class MixedSet:
    """A set and how often each of its rows comes in one epoch."""

    name: str
    rows: Rows
    weight: float = 1.0

    @property
    def num_drawn(self) -> int:
        """Rows drawn in one epoch."""
        return int(self.weight * len(self.rows))


@dataclass(frozen=True, slots=True)
class Draw:
    """One row of the mixture: set, row in the set's shuffled order, number among all draws."""

    set_index: int
    place: int  # counts on over the rounds
    number: int


@dataclass(slots=True)
class Mixture:
    """What training reads.

    Raises:
        BadMixture: there is no set, a set is empty, or its weight rounds to nothing.
    """

    sets: Sequence[MixedSet]
    seed: int
    tally: Tally = field(default_factory=Tally)
    _orders: dict[tuple[int, int], Any] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not self.sets:
            raise BadMixture("The mixture has no set; add a [[mixture]] to the run file.")
        for it in self.sets:
            if not len(it.rows):
                raise BadMixture(f"The set {it.name} is empty; take it out, or give it recordings.")
            if it.num_drawn < 1:
                raise BadMixture(
                    f"The set {it.name}: weight {it.weight:g} of {len(it.rows):,} rows rounds to "
                    f"nothing; give it at least {1 / len(it.rows):.2g}, or take it out."
                )

    @property
    def num_rows(self) -> int:
        """Rows in one epoch."""
        return sum(it.num_drawn for it in self.sets)

    def draws(self, drawn: Sequence[int] | None = None) -> Iterator[Draw]:
        """For ever, from where `drawn` (rows so far, by set) stands."""
        counts = list(drawn) if drawn else [0] * len(self.sets)
        number = sum(counts)
        queue = [
            ((count + 0.5) / it.num_drawn, index)
            for index, (count, it) in enumerate(zip(counts, self.sets, strict=True))
        ]
        heapq.heapify(queue)
        while True:
            _, index = queue[0]
            yield Draw(index, counts[index], number)
            counts[index] += 1
            number += 1
            due = (counts[index] + 0.5) / self.sets[index].num_drawn
            heapq.heapreplace(queue, (due, index))

    def read(self, draw: Draw, make: Callable[[Sample], Made | Problem]) -> Made:
        """What `make` makes of the row of `draw`.

        A row that is broken, or of which nothing can be made, is counted once, and the next of its
        set takes its place.

        Raises:
            BadMixture: a set holds nothing but such rows, as far as was looked.
        """
        chosen = self.sets[draw.set_index]
        num_tried = min(MAX_REPLACEMENTS, len(chosen.rows))
        for step in range(num_tried):
            row = chosen.rows.read(self.row_index(draw.set_index, draw.place + step))
            made = row if isinstance(row, Problem) else make(row)
            if not isinstance(made, Problem):
                return made
            self._note(chosen, made)
        raise BadMixture(
            f"The set {chosen.name} holds nothing usable ({num_tried} rows tried). "
            f"{' '.join(self.tally.sentences())}"
        )

    def row_index(self, set_index: int, place: int) -> int:
        """The row at `place` of a set's order; each round is shuffled anew."""
        rows = self.sets[set_index].rows
        around, at = divmod(place, len(rows))
        if (set_index, around) not in self._orders:
            self._orders.pop((set_index, around - 2), None)
            self._orders[set_index, around] = self._order(set_index, around)
        return int(self._orders[set_index, around][at])

    def _order(self, set_index: int, around: int) -> Any:
        chosen = self.sets[set_index]
        words = f"{self.seed} {chosen.name} {around}".encode()
        dice = np.random.default_rng(list(words))
        if not isinstance(chosen.rows, StreamedRows):
            return dice.permutation(len(chosen.rows))
        # A stream is shuffled within blocks, so that it need not be read twice.
        starts = range(0, len(chosen.rows), chosen.rows.window)
        return np.concatenate(
            [
                start + dice.permutation(min(chosen.rows.window, len(chosen.rows) - start))
                for start in starts
            ]
        )

    def _note(self, chosen: MixedSet, problem: Problem) -> None:
        if (chosen.name, problem.name) not in self._told:
            self._told.add((chosen.name, problem.name))
            self.tally.faults.setdefault(problem.fault, []).append(problem)
