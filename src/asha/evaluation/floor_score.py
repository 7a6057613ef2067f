"""Whether the floor was held rightly, from how a scene went."""

from typing import Any

from asha.evaluation.case import Held

YIELD, GO_ON = "yield", "go on"  # references of scenes in which somebody speaks into a story


def floor_facts(reference: str, held: Held) -> dict[str, Any]:
    """The facts of a scene; `reference` is a call for one that a hesitation opens."""
    facts: dict[str, float] = {}
    if reference == GO_ON:
        facts["held"] = float(not held.is_cancelled)
    elif reference == YIELD:
        facts["held"] = float(held.is_cancelled)
        if held.yield_ms is not None:
            facts["yield_ms"] = held.yield_ms
    else:
        facts["early"] = float(held.is_early)
        facts["held"] = float(held.num_turns == 1)
        if held.commit_ms is not None:
            facts["commit_ms"] = held.commit_ms
    return facts
