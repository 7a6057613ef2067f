"""A metric: what one prediction counts for, and what the counts of many make together."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from asha.evaluation.prediction import Prediction

Floats = NDArray[np.float64]
Unit = Literal["%", "points", "ms", "x"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`counts` of one prediction (None: it does not apply), and the `value` of summed counts.

    `value` takes sums of shape (..., k) and gives figures of shape (...). With `quantile` the
    first count is a measurement, and the figure is that quantile of all of them.
    """

    name: str
    title: str
    counts: Callable[[Prediction], tuple[float, ...] | None]
    value: Callable[[Floats], Floats]
    unit: Unit = "%"
    is_better_low: bool = False
    quantile: float | None = None


def ratio(sums: Floats) -> Floats:
    """The first sum over the second; 0 over nothing is 0, anything else over nothing is 1."""
    over, under = sums[..., 0], sums[..., 1]
    return np.where(under > 0, over / np.maximum(under, 1e-12), (over > 0) * 1.0)


def figure(metric: Metric, counts_NK: Floats) -> float:
    """The metric over all counted predictions, shape (n, k)."""
    if metric.quantile is not None:
        return float(np.quantile(counts_NK[:, 0], metric.quantile))
    return float(metric.value(counts_NK.sum(axis=0)))
