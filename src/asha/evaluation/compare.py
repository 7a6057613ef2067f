"""Two runs of the same cases, side by side: what changed, and whether chance explains it."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asha.core.errors import BadInput
from asha.evaluation.bootstrap import Difference, difference
from asha.evaluation.metrics import metrics_of
from asha.evaluation.metrics.metric import Metric, figure
from asha.evaluation.prediction import Prediction
from asha.evaluation.run import RUN, read_json, read_predictions
from asha.evaluation.scores import ALL

CHANCE = 0.05


@dataclass(frozen=True, slots=True)
class Compared:
    """One metric of one part in one language, in both runs."""

    part: str
    language: str
    metric: Metric
    a: float
    b: float
    change: Difference

    @property
    def verdict(self) -> str:
        """Better, worse, or no difference that 95 of 100 draws would confirm."""
        if self.change.p >= CHANCE or self.change.value == 0:
            return "same"
        return "better" if (self.change.value < 0) == self.metric.is_better_low else "worse"


def compare(a: Path, b: Path) -> tuple[list[Compared], int]:
    """All comparisons of run B with run A, and the number of cases that both have.

    Raises:
        NotFound: a folder is no run. BadInput: they share no case.
    """
    facts = read_json(a / RUN)
    read_json(b / RUN)
    ours, theirs = read_predictions(a), read_predictions(b)
    shared = [name for name in ours if name in theirs]
    if not shared:
        raise BadInput(f"{a} and {b} have no case in common; compare runs of one suite.")
    found: list[Compared] = []
    for part in facts["suite"]["parts"]:
        names = [name for name in shared if ours[name].part == part["name"]]
        tags = list(dict.fromkeys(ours[name].language for name in names))
        for metric in metrics_of(tuple(part["metrics"])):
            for tag in [*tags, *([ALL] if len(tags) > 1 else [])]:
                own = [name for name in names if tag in (ALL, ours[name].language)]
                pairs = [(ours[name], theirs[name]) for name in own]
                if row := _compared(part["name"], tag, metric, pairs):
                    found.append(row)
    return found, len(shared)


def _compared(
    part: str, tag: str, metric: Metric, pairs: list[tuple[Prediction, Prediction]]
) -> Compared | None:
    """None where the metric applies to no case in both runs."""
    counts = [(metric.counts(a), metric.counts(b)) for a, b in pairs]
    both = [(a, b) for a, b in counts if a is not None and b is not None]
    if not both:
        return None
    a_NK, b_NK = (np.array(side, dtype=np.float64) for side in zip(*both, strict=True))
    change = difference(metric, a_NK, b_NK)
    return Compared(part, tag, metric, figure(metric, a_NK), figure(metric, b_NK), change)
