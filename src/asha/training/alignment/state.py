"""What a run needs to go on exactly: the step, what was drawn, what was learnt, the optimiser."""

from dataclasses import dataclass
from typing import Any

import torch

from asha.core.errors import Conflict
from asha.model.model import AudioLLM
from asha.training.alignment.recipe import AlignmentRun
from asha.training.alignment.start import trained_parameters
from asha.training.checkpoint import read_state, write_state

FILE = "state.pt"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run stands; `best` is the lowest validation loss so far."""

    step: int
    drawn: tuple[int, ...]
    best: float = float("inf")


def save_standing(
    run: AlignmentRun, model: AudioLLM, optimizer: torch.optim.Optimizer, standing: Standing
) -> None:
    """Write it, whole or not at all."""
    state = {
        "step": standing.step,
        "drawn": list(standing.drawn),
        "best": standing.best,
        "sets": [it.name for it in run.mixture],
        "weights": {name: it.detach() for name, it in trained_parameters(model).items()},
        "optimizer": optimizer.state_dict(),
    }
    write_state(run.folder / FILE, state)


def load_standing(run: AlignmentRun, model: AudioLLM, optimizer: torch.optim.Optimizer) -> Standing:
    """Put back what was learnt; where nothing was written, the start.

    Raises:
        Conflict: the state is of another mixture or of other parameters.
    """
    state = read_state(run.folder / FILE)
    if state is None:
        return Standing(0, tuple(0 for _ in run.mixture))
    _check(run, model, state)
    with torch.no_grad():
        for name, parameter in trained_parameters(model).items():
            parameter.copy_(state["weights"][name])
    optimizer.load_state_dict(state["optimizer"])
    return Standing(state["step"], tuple(state["drawn"]), state["best"])


def _check(run: AlignmentRun, model: AudioLLM, state: dict[str, Any]) -> None:
    where = run.folder / FILE
    if state["sets"] != [it.name for it in run.mixture]:
        raise Conflict(
            f"{where} belongs to another mixture; give this run a folder of its own, or remove it."
        )
    own = {name: it.shape for name, it in trained_parameters(model).items()}
    if own != {name: it.shape for name, it in state["weights"].items()}:
        raise Conflict(
            f"{where} was written when other weights learnt; give this run a folder of its own."
        )
