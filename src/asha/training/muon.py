"""Muon (Keller Jordan et al., 2024, kellerjordan.github.io/posts/muon): momentum, orthogonalised.

torch has one too, but it computes in bfloat16 only, which not every processor has.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

# A quintic that drives singular values towards 1 (from the article).
QUINTIC = (3.4445, -4.7750, 2.0315)
STEPS = 4


class Muon(torch.optim.Optimizer):
    """For matrices only. The update has about the same size whatever the gradient's."""

    def __init__(
        self,
        matrices: Iterable[torch.nn.Parameter],
        *,
        lr: float,
        momentum: float = 0.95,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        super().__init__(matrices, {"lr": lr, "momentum": momentum})
        self._dtype = dtype  # of the products

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One step; matrices of one shape go through the products together."""
        assert closure is None
        for group in self.param_groups:
            by_shape: dict[Any, list[torch.nn.Parameter]] = {}
            for matrix in group["params"]:
                if matrix.grad is not None:
                    by_shape.setdefault(matrix.shape, []).append(matrix)
            for shape, matrices in by_shape.items():
                updates = torch.stack([self._momentum(m, group["momentum"]) for m in matrices])
                # Wide or tall, an update moves the output by about `lr` times the input's norm.
                scale = max(1.0, shape[0] / shape[1]) ** 0.5
                updates = orthogonalised(updates.to(self._dtype)).float()
                for matrix, update in zip(matrices, updates, strict=True):
                    matrix.add_(update, alpha=-group["lr"] * scale)

    def _momentum(self, matrix: torch.nn.Parameter, momentum: float) -> Tensor:
        state = self.state[matrix]
        if "momentum" not in state:
            state["momentum"] = torch.zeros_like(matrix)
        assert matrix.grad is not None
        state["momentum"].lerp_(matrix.grad, 1.0 - momentum)
        return matrix.grad.lerp(state["momentum"], momentum)


def orthogonalised(matrices_NRC: Tensor) -> Tensor:
    """Each matrix with its singular values brought near 1, by Newton-Schulz steps."""
    a, b, c = QUINTIC
    is_tall = matrices_NRC.shape[1] > matrices_NRC.shape[2]
    x = matrices_NRC.transpose(1, 2) if is_tall else matrices_NRC
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        squared = x @ x.transpose(1, 2)
        x = a * x + (b * squared + c * squared @ squared) @ x
    return x.transpose(1, 2) if is_tall else x
