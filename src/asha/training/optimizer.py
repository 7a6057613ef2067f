"""Muon for the matrices inside the network, AdamW for everything else; one schedule for both.

What each brought is in docs/log.md.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn

from asha.training.muon import Muon
from asha.training.recipe import Precision, Stage

BETAS = (0.9, 0.98)
CLIP_NORM = 1.0


class Optimizer:
    """Both optimisers behind one `step`."""

    def __init__(
        self, modules: Iterable[nn.Module], stage: Stage, precision: Precision = "fp32"
    ) -> None:
        matrices, others = _parted(modules, with_muon=stage.muon_rate > 0)
        self._stage = stage
        self._all = [*matrices, *others]
        self._parts: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(others, lr=stage.rate, betas=BETAS, weight_decay=0.0)
        ]
        if matrices:
            dtype = torch.bfloat16 if precision == "bf16" else torch.float32
            self._parts.append(Muon(matrices, lr=stage.muon_rate, dtype=dtype))

    def step(self, number: int) -> float:
        """One step along the gradients, with the rate of step `number`; the gradient's norm."""
        share = rate_share(number, self._stage)
        for part, rate in zip(self._parts, (self._stage.rate, self._stage.muon_rate), strict=False):
            for group in part.param_groups:
                group["lr"] = rate * share
        norm = nn.utils.clip_grad_norm_(self._all, CLIP_NORM)
        for part in self._parts:
            part.step()
            part.zero_grad(set_to_none=True)
        return float(norm)

    def state_dict(self) -> list[dict[str, Any]]:
        """For a checkpoint."""
        return [part.state_dict() for part in self._parts]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        """From a checkpoint."""
        for part, state in zip(self._parts, states, strict=True):
            part.load_state_dict(state)


def rate_share(number: int, stage: Stage) -> float:
    """The share of the full rate at step `number`: up, level, and down to a twentieth."""
    rising = min(1.0, (number + 1) / max(1, stage.warmup))
    falling_steps = max(1.0, stage.steps * stage.decay_share)
    falling = min(1.0, (stage.steps - number) / falling_steps)
    return rising * max(0.05, falling)


def _parted(
    modules: Iterable[nn.Module], *, with_muon: bool
) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The weights of the inner linear layers, and all other trained parameters."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for module in modules:
        for name, parameter in module.named_parameters():
            if not parameter.requires_grad:
                continue
            is_inner = parameter.ndim == 2 and ".layers." in f".{name}"
            (matrices if is_inner and with_muon else others).append(parameter)
    return matrices, others
