"""Intervals and differences by resampling."""

import numpy as np
import pytest

from asha.evaluation.bootstrap import difference, interval
from asha.evaluation.metrics import METRICS


def shares(right: int, total: int) -> np.ndarray:
    return np.array([[float(it < right), 1.0] for it in range(total)])


def test_an_interval_holds_the_figure_and_narrows_with_more_cases() -> None:
    few, many = (interval(METRICS["exact"], shares(n // 2, n)) for n in (20, 2_000))
    for found in (few, many):
        assert found.low < found.value == 0.5 < found.high
    # The normal approximation: 1.96 * sqrt(0.25 / n) on either side.
    assert many.high - many.low == pytest.approx(2 * 1.96 * (0.25 / 2_000) ** 0.5, rel=0.1)
    assert few.high - few.low > 5 * (many.high - many.low)


def test_an_interval_is_the_same_every_time() -> None:
    assert interval(METRICS["exact"], shares(3, 9)) == interval(METRICS["exact"], shares(3, 9))


def test_the_same_run_twice_differs_by_nothing() -> None:
    same = difference(METRICS["exact"], shares(5, 50), shares(5, 50))
    assert (same.value, same.low, same.high, same.p) == (0.0, 0.0, 0.0, 1.0)


def test_a_difference_on_the_same_cases_is_seen_through_their_difficulty() -> None:
    hard = np.random.default_rng(1).integers(0, 10, size=100)
    a = np.array([[edits + 1.0, 10.0] for edits in hard])
    b = np.array([[float(edits), 10.0] for edits in hard])
    found = difference(METRICS["wer"], a, b)
    assert found.value == pytest.approx(-0.1)
    assert found.low == pytest.approx(found.high)
    assert found.p < 0.01


def test_chance_is_called_chance() -> None:
    generator = np.random.default_rng(2)
    a, b = (np.stack([generator.integers(0, 2, 40), np.ones(40)], axis=1) for _ in range(2))
    assert difference(METRICS["exact"], a.astype(float), b.astype(float)).p > 0.05
