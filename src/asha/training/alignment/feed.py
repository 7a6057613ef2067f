"""Rows read ahead of the computing: each step's batches, and where the mixture stands after it."""

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from random import Random

from asha.data.mixture import Draw, MixedSet, Mixture
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.training.alignment.examples import Examples, Fields
from asha.training.alignment.ranks import Ranks
from asha.training.alignment.recipe import Pace
from asha.training.alignment.sets import OpenSet

STEPS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class StepRows:
    """This process's part of one step, in batches; `drawn` counts all processes' rows by set."""

    batches: list[Fields]
    drawn: tuple[int, ...]
    num_rows: int
    speech_s: float


@dataclass(frozen=True, slots=True)
class Feed:
    """Reads one mixture with the sets it was made from."""

    mixture: Mixture
    sets: Sequence[OpenSet]
    examples: Examples

    def steps(self, pace: Pace, ranks: Ranks, drawn: Sequence[int]) -> Generator[StepRows]:
        """For ever, from where `drawn` stands; closing it ends the readers."""
        draws = self.mixture.draws(drawn)
        counts = list(drawn) or [0] * len(self.sets)
        ahead: deque[tuple[list[Future[Fields]], tuple[int, ...]]] = deque()
        with ThreadPoolExecutor(pace.readers) as readers:
            try:
                while True:
                    while len(ahead) <= STEPS_AHEAD:
                        step = list(islice(draws, pace.rows_per_step))
                        for draw in step:
                            counts[draw.set_index] += 1
                        mine = step[ranks.rank :: ranks.world]
                        rows = [readers.submit(self.row, draw) for draw in mine]
                        ahead.append((rows, tuple(counts)))
                    futures, after = ahead.popleft()
                    yield self._step([it.result() for it in futures], after, pace.rows_at_once)
            finally:
                for futures, _ in ahead:
                    for future in futures:
                        future.cancel()

    def row(self, draw: Draw) -> Fields:
        """One row as the model learns it; the same whenever and wherever it is drawn."""
        chance = Random(f"{self.mixture.seed} row {draw.number}")

        def made(sample: Sample) -> Fields | Problem:
            return self.examples.of(sample, self.sets[draw.set_index], chance)

        return self.mixture.read(draw, made)

    def _step(self, rows: list[Fields], drawn: tuple[int, ...], at_once: int) -> StepRows:
        ordered = sorted(rows, key=lambda row: row["input_ids"].shape[1])  # less padding
        groups = [ordered[start : start + at_once] for start in range(0, len(ordered), at_once)]
        frames = sum(int(row["audio_lens"].sum()) for row in rows if "audio_lens" in row)
        return StepRows([self.examples.batch(it) for it in groups], drawn, len(rows), frames / 100)


def first_rows(source: OpenSet, examples: Examples, *, seed: int) -> Feed:
    """A feed of one set alone, for scoring."""
    only = MixedSet(source.table.name, source.rows)
    return Feed(Mixture([only], seed), [source], examples)
