"""Encoder frames to embeddings of the language model: the only part a checkpoint always stores.

Legend: W windows of sound, F encoder frames, C encoder width, S frames per token, H hidden width,
D width of the language model, K tokens.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from asha.core.errors import BadCheckpoint
from asha.model.encoder import ACTIVATIONS

NORM_EPSILON = 1e-6  # facts of the format: every RMSNorm of the projector


@dataclass(frozen=True, slots=True)
class ProjectorShape:
    """The numbers that make a projector; the names in brackets are those of the config."""

    encoder_width: int
    text_width: int
    hidden_width: int = 4_096  # [hidden_size]; halved by the gate
    stack_factor: int = 8  # encoder frames per token: 8 x 20 ms = 160 ms
    norm_init: float = 0.4
    activation: str = "swiglu"  # [projector_act]
    has_mid_norm: bool = False  # [projector_ln_mid]: v0.5 and later; before, the norm came last


class RMSNorm(nn.Module):
    """Root-mean-square norm, computed in float32."""

    def __init__(self, width: int, init: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((width,), init))

    def forward(self, x: Tensor) -> Tensor:
        """Normalise the last axis."""
        wide = x.float()
        wide = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + NORM_EPSILON)
        return self.weight * wide.to(x.dtype)


class Projector(nn.Module):
    """Stack S frames, norm, widen, gate, (norm), narrow to the language model's width, (norm)."""

    def __init__(self, shape: ProjectorShape) -> None:
        super().__init__()
        if shape.activation != "swiglu" and shape.activation not in ACTIVATIONS:
            raise BadCheckpoint(
                f"The projector's activation {shape.activation!r} is not supported; "
                f"use swiglu or one of {', '.join(ACTIVATIONS)}."
            )
        self.shape = shape
        stacked_width = shape.encoder_width * shape.stack_factor
        gated_width = shape.hidden_width // (2 if shape.activation == "swiglu" else 1)
        self.ln_pre = RMSNorm(stacked_width, shape.norm_init)
        self.linear_1 = nn.Linear(stacked_width, shape.hidden_width, bias=False)
        self.linear_2 = nn.Linear(gated_width, shape.text_width, bias=False)
        if shape.has_mid_norm:
            self.ln_mid = RMSNorm(gated_width, shape.norm_init)
        else:
            self.ln_post = RMSNorm(shape.text_width, shape.norm_init)

    def forward(self, x_WFC: Tensor) -> Tensor:
        """Embeddings, shape (W, ceil(F / S), D); F is padded with zeros to a multiple of S."""
        x = self.linear_1(self.ln_pre(stacked(x_WFC, self.shape.stack_factor)))
        if self.shape.activation == "swiglu":
            value, gate = x.chunk(2, dim=-1)  # the first half is the value, the second the gate
            x = functional.silu(gate) * value
        else:
            x = ACTIVATIONS[self.shape.activation](x)
        if self.shape.has_mid_norm:
            return self.linear_2(self.ln_mid(x))
        return self.ln_post(self.linear_2(x))


def stacked(x_WFC: Tensor, stack_factor: int) -> Tensor:
    """Shape (W, ceil(F / S), S * C), the first frame's channels first."""
    missing = -x_WFC.shape[1] % stack_factor
    return functional.pad(x_WFC, (0, 0, 0, missing)).unflatten(1, (-1, stack_factor)).flatten(2)
