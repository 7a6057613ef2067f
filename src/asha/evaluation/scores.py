"""metrics.json: the figures of a run by part and language, each with its interval."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from asha.evaluation.bootstrap import Interval, interval
from asha.evaluation.metrics import metrics_of
from asha.evaluation.metrics.metric import Floats, Metric
from asha.evaluation.prediction import Prediction
from asha.evaluation.run import RunFolder
from asha.evaluation.suite import Suite

ALL = "all"  # the row of all languages together
ROUND = 5


def scores(suite: Suite, run: RunFolder, *, problems: Sequence[str] = ()) -> dict[str, Any]:
    """Everything that metrics.json holds."""
    rows = list(run.done.values())
    parts = {}
    for part in suite.parts:
        own = [row for row in rows if row.part == part.name]
        if own:
            metrics = metrics_of(tuple(part.metrics))
            parts[part.name] = {"task": part.task, "figures": figures(metrics, own)}
    return {
        "suite": suite.name,
        "title": suite.title,
        "num_cases": len(rows),
        "num_failed": sum(bool(row.error) for row in rows),
        "usd": round(sum(row.usd for row in rows), 6),
        "parts": parts,
        "metrics": {
            metric.name: {
                "title": metric.title,
                "unit": metric.unit,
                "is_better_low": metric.is_better_low,
            }
            for part in suite.parts
            for metric in metrics_of(tuple(part.metrics))
        },
        "left_out": run.left_out,
        "problems": list(problems),
    }


def figures(metrics: Sequence[Metric], rows: Sequence[Prediction]) -> dict[str, dict[str, Any]]:
    """By metric, then by language; "all" where there are several."""
    tags = list(dict.fromkeys(row.language for row in rows))
    found: dict[str, dict[str, Any]] = {}
    for metric in metrics:
        by_tag = {}
        for tag in [*tags, *([ALL] if len(tags) > 1 else [])]:
            own = [row for row in rows if tag in (ALL, row.language)]
            counts = counted(metric, own)
            if len(counts):
                by_tag[tag] = _rounded(interval(metric, counts))
        if by_tag:
            found[metric.name] = by_tag
    return found


def counted(metric: Metric, rows: Sequence[Prediction]) -> Floats:
    """The counts of the rows that the metric applies to, shape (n, k)."""
    found = [it for row in rows if (it := metric.counts(row)) is not None]
    return np.array(found, dtype=np.float64)


def _rounded(found: Interval) -> dict[str, Any]:
    return {
        name: round(value, ROUND) if isinstance(value, float) else value
        for name, value in asdict(found).items()
    }


def shown(value: float, unit: str) -> str:
    """A figure as people read it."""
    if unit == "ms":
        return f"{value:,.0f} ms"
    if unit == "x":
        return f"{value:.3f} x"
    return f"{value * 100:.1f}" + (" %" if unit == "%" else "")
