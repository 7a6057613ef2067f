"""Confidence intervals by resampling the cases (Efron, 1979), alone and paired (Koehn, 2004)."""

from dataclasses import dataclass

import numpy as np

from asha.evaluation.metrics.metric import Floats, Metric, figure

NUM_RESAMPLES = 1_000
CONFIDENCE = 0.95
_MAX_NUMBERS = 4_000_000  # counts drawn at once, to bound the memory


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and where it lies with 95 % confidence if other cases had been drawn."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Difference:
    """B minus A over the same cases. `p`: how likely a difference that large is by chance."""

    value: float
    low: float
    high: float
    p: float
    n: int


def interval(metric: Metric, counts_NK: Floats, *, seed: int = 1) -> Interval:
    """The figure of `counts_NK`, shape (n, k), n > 0, with its interval."""
    values = _resampled(metric, counts_NK, _draws(len(counts_NK), seed))
    low, high = _bounds(values)
    return Interval(figure(metric, counts_NK), low, high, len(counts_NK))


def difference(metric: Metric, a_NK: Floats, b_NK: Floats, *, seed: int = 1) -> Difference:
    """B minus A; the same cases are drawn for both, so their common difficulty drops out."""
    draws = _draws(len(a_NK), seed)
    values = _resampled(metric, b_NK, draws) - _resampled(metric, a_NK, draws)
    low, high = _bounds(values)
    value = figure(metric, b_NK) - figure(metric, a_NK)
    # Both sides of zero, with the draw that was seen counted in (Davison and Hinkley, 1997).
    beyond = min(np.sum(values <= 0), np.sum(values >= 0))
    p = min(1.0, 2.0 * (1 + int(beyond)) / (1 + len(values)))
    return Difference(value, low, high, p, len(a_NK))


def _draws(n: int, seed: int) -> np.ndarray:
    """Which cases each resample holds, shape (resamples, n)."""
    return np.random.default_rng(seed).integers(0, n, size=(NUM_RESAMPLES, n))


def _resampled(metric: Metric, counts_NK: Floats, draws: np.ndarray) -> Floats:
    values = []
    block = max(1, _MAX_NUMBERS // counts_NK.size)
    for start in range(0, len(draws), block):
        drawn = counts_NK[draws[start : start + block]]  # (block, n, k)
        if metric.quantile is not None:
            values.append(np.quantile(drawn[..., 0], metric.quantile, axis=1))
        else:
            values.append(metric.value(drawn.sum(axis=1)))
    return np.concatenate(values)


def _bounds(values: Floats) -> tuple[float, float]:
    rest = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, (rest, 1 - rest))
    return float(low), float(high)
