"""Every metric by its name. A new one is its file and one line here."""

import difflib

from asha.core.errors import BadInput
from asha.evaluation.judge import template
from asha.evaluation.metrics import answer, measured, transcript, translation
from asha.evaluation.metrics.measured import ALWAYS, unreadable, verdict
from asha.evaluation.metrics.metric import Metric

METRICS: dict[str, Metric] = {
    metric.name: metric
    for group in (transcript, translation, answer, measured)
    for metric in group.METRICS
}
JUDGE = "judge:"  # judge:NAME is a verdict on the scale of judges/NAME.toml


def metrics_of(names: tuple[str, ...]) -> list[Metric]:
    """The metrics of a part, with those that are always told.

    Raises:
        BadInput: there is no such metric; names the nearest.
    """
    found: list[Metric] = []
    for name in dict.fromkeys((*names, *ALWAYS)):
        if name.startswith(JUDGE):
            scale = template(name.removeprefix(JUDGE))
            found.append(verdict(scale.name, scale.low, scale.high))
            found.append(unreadable(scale.name))
        elif name in METRICS:
            found.append(METRICS[name])
            if name == "choice":
                found.append(METRICS["unparsable"])
        else:
            near = difflib.get_close_matches(name, METRICS, n=1)
            remedy = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(METRICS)}."
            raise BadInput(f"There is no metric {name!r}; {remedy}", param="metrics")
    return found
