"""Metrics that were measured while a case ran: times, turn-taking, round trips, verdicts."""

from collections.abc import Callable

from asha.evaluation.metrics.metric import Metric, ratio
from asha.evaluation.prediction import Prediction

Measured = Callable[[Prediction], tuple[float, ...] | None]


def _first(row: Prediction) -> tuple[float, ...] | None:
    return None if row.first_ms is None or row.error else (row.first_ms,)


def _total(row: Prediction) -> tuple[float, ...] | None:
    return None if row.total_ms is None or row.error else (row.total_ms,)


def _real_time(row: Prediction) -> tuple[float, ...] | None:
    """Computing time over the sound's length, in sums: long clips weigh more."""
    if row.total_ms is None or not row.sound_s or row.error:
        return None
    return (row.total_ms / 1_000, row.sound_s)


def fact(name: str) -> Measured:
    """What a scene or a round trip told under `name`."""

    def counts(row: Prediction) -> tuple[float, ...] | None:
        value = row.facts.get(name)
        return None if value is None else (float(value),)

    return counts


def share(name: str) -> Measured:
    """A fact that is 0 or 1, as a share; a case that failed counts as 0."""

    def counts(row: Prediction) -> tuple[float, ...] | None:
        if name not in row.facts:
            return (0.0, 1.0) if row.error else None
        return (float(row.facts[name]), 1.0)

    return counts


def errors_over(edits: str, units: str) -> Measured:
    """Two facts, as errors over units."""

    def counts(row: Prediction) -> tuple[float, ...] | None:
        if units not in row.facts:
            return None
        return (float(row.facts[edits]), float(row.facts[units]))

    return counts


def _failed(row: Prediction) -> tuple[float, ...]:
    return (float(bool(row.error)), 1.0)


METRICS = (
    Metric(
        "round_trip_cer",
        "Character errors, heard back",
        errors_over("edits", "units"),
        ratio,
        is_better_low=True,
    ),
    Metric("held", "Floor held rightly", share("held"), ratio),
    Metric("early", "Cut off while speaking", share("early"), ratio, is_better_low=True),
    Metric(
        "yield_ms",
        "Silent after the onset, p95",
        fact("yield_ms"),
        ratio,
        unit="ms",
        is_better_low=True,
        quantile=0.95,
    ),
    Metric(
        "commit_ms",
        "Turn's end after the last sample, p50",
        fact("commit_ms"),
        ratio,
        unit="ms",
        is_better_low=True,
        quantile=0.5,
    ),
    Metric("failed", "Failed", _failed, ratio, is_better_low=True),
    Metric(
        "first_ms_p50",
        "First piece, p50",
        _first,
        ratio,
        unit="ms",
        is_better_low=True,
        quantile=0.5,
    ),
    Metric(
        "first_ms_p95",
        "First piece, p95",
        _first,
        ratio,
        unit="ms",
        is_better_low=True,
        quantile=0.95,
    ),
    Metric(
        "total_ms_p50",
        "Whole answer, p50",
        _total,
        ratio,
        unit="ms",
        is_better_low=True,
        quantile=0.5,
    ),
    Metric(
        "total_ms_p95",
        "Whole answer, p95",
        _total,
        ratio,
        unit="ms",
        is_better_low=True,
        quantile=0.95,
    ),
    Metric(
        "real_time", "Time over length of sound", _real_time, ratio, unit="x", is_better_low=True
    ),
)
ALWAYS = ("failed", "first_ms_p50", "first_ms_p95")  # told for every part that measures them


def verdict(name: str, low: float, high: float) -> Metric:
    """The mean verdict of a judge on its scale, as 0..1; what cannot be read does not count."""

    def counts(row: Prediction) -> tuple[float, ...] | None:
        given = row.verdicts.get(name)
        return None if given is None else ((given - low) / (high - low), 1.0)

    return Metric(f"judge:{name}", f"Judge: {name}", counts, ratio)


def unreadable(name: str) -> Metric:
    """The share of a judge's verdicts that could not be read."""

    def counts(row: Prediction) -> tuple[float, ...] | None:
        return (float(row.verdicts[name] is None), 1.0) if name in row.verdicts else None

    return Metric(
        f"judge:{name}:unreadable", f"Judge: {name}, unreadable", counts, ratio, is_better_low=True
    )
