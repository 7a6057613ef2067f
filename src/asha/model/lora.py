"""Low-rank adapters on linear layers, with the key names `peft` writes.

In memory an adapted layer keeps its own names and gains `lora_A.default.weight` and
`lora_B.default.weight`; on disk the tower is wrapped (`base_model.model.`) and the layer's own
weight moves to `base_layer.`. `stored_key` and `own_key` translate.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from asha.core.errors import BadCheckpoint

ADAPTER = "default"  # peft's name for the only adapter
WRAPPER = "base_model.model."
BASE_LAYER = "base_layer."
DEFAULT_TARGETS = ("k_proj", "q_proj", "linear_k", "linear_q")


@dataclass(frozen=True, slots=True)
class LoraSpec:
    """What a config says of one tower. Rank 0: the tower is frozen but for `unfreeze_layers`."""

    r: int = 0
    lora_alpha: float = 8
    target_modules: Sequence[str] | str = DEFAULT_TARGETS  # names or endings; a str is a pattern
    unfreeze_layers: Sequence[str] = ()  # patterns of parameter names that stay trainable at rank 0

    @classmethod
    def of_config(cls, fields: Mapping[str, Any] | None) -> "LoraSpec":
        """From the config's field, which may be missing or empty; other keys are ignored."""
        known = {name: (fields or {}).get(name) for name in cls.__slots__}
        return cls(**{name: value for name, value in known.items() if value is not None})

    def targets(self, name: str) -> bool:
        """Whether the linear layer `name` gets an adapter."""
        if self.target_modules == "all-linear":
            return True
        if isinstance(self.target_modules, str):
            return re.fullmatch(self.target_modules, name) is not None
        return any(name == end or name.endswith(f".{end}") for end in self.target_modules)


class LoraLinear(nn.Linear):
    """y = W x + b + (alpha / r) B A x, taking over the parameters of `base`."""

    def __init__(self, base: nn.Linear, spec: LoraSpec) -> None:
        super().__init__(base.in_features, base.out_features, bias=False, device="meta")
        self.weight, self.bias = base.weight, base.bias
        self.scale = spec.lora_alpha / spec.r
        place = {"device": base.weight.device, "dtype": base.weight.dtype}
        down = nn.Linear(base.in_features, spec.r, bias=False, **place)
        up = nn.Linear(spec.r, base.out_features, bias=False, **place)
        nn.init.kaiming_uniform_(
            down.weight, a=math.sqrt(5)
        )  # as in the LoRA paper's code and peft
        nn.init.zeros_(up.weight)  # so that a fresh adapter changes nothing
        self.lora_A = nn.ModuleDict({ADAPTER: down})
        self.lora_B = nn.ModuleDict({ADAPTER: up})

    def forward(self, x: Tensor) -> Tensor:
        """The adapted layer."""
        if not self.scale:
            return super().forward(x)
        return super().forward(x) + self.lora_B[ADAPTER](self.lora_A[ADAPTER](x)) * self.scale

    @torch.no_grad()
    def merged(self) -> nn.Linear:
        """A plain layer that computes the same."""
        plain = nn.Linear(self.in_features, self.out_features, bias=False, device="meta")
        up, down = (
            self.lora_B[ADAPTER].get_parameter("weight"),
            self.lora_A[ADAPTER].get_parameter("weight"),
        )
        delta = up @ down * self.scale
        plain.weight = nn.Parameter(self.weight + delta, requires_grad=False)
        plain.bias = self.bias
        return plain


def adapt(tower: nn.Module, spec: LoraSpec) -> None:
    """Freeze `tower`; at rank > 0 put a trainable adapter on each targeted linear layer.

    Raises:
        BadCheckpoint: no layer matches `target_modules`.
    """
    for name, parameter in tower.named_parameters():
        parameter.requires_grad_(
            spec.r == 0 and any(re.match(pattern, name) for pattern in spec.unfreeze_layers)
        )
    if spec.r == 0:
        return
    chosen = {
        name: layer
        for name, layer in tower.named_modules()
        if isinstance(layer, nn.Linear) and spec.targets(name)
    }
    if not chosen:
        raise BadCheckpoint(
            f"No layer matches the LoRA target modules {spec.target_modules}; correct the config."
        )
    for name, layer in chosen.items():
        tower.set_submodule(name, LoraLinear(layer, spec))


def merge(tower: nn.Module) -> bool:
    """Fold every adapter of `tower` into its layer; whether there was one."""
    adapted = adapted_layers(tower)
    for name, layer in adapted.items():
        tower.set_submodule(name, layer.merged())
    return bool(adapted)


@contextmanager
def switched_off(tower: nn.Module) -> Iterator[None]:
    """`tower` as it was before its adapters."""
    layers = adapted_layers(tower).values()
    scales = [layer.scale for layer in layers]
    for layer in layers:
        layer.scale = 0.0
    try:
        yield
    finally:
        for layer, scale in zip(layers, scales, strict=True):
            layer.scale = scale


def adapted_layers(tower: nn.Module) -> dict[str, LoraLinear]:
    """The layers of `tower` that have an adapter, by name."""
    return {name: layer for name, layer in tower.named_modules() if isinstance(layer, LoraLinear)}


def stored_key(key: str, adapted: Mapping[str, LoraLinear]) -> str:
    """A parameter's name within its tower as peft would store it."""
    if not adapted:
        return key
    layer, _, parameter = key.rpartition(".")
    if layer in adapted:
        key = f"{layer}.{BASE_LAYER}{parameter}"
    return WRAPPER + key


def own_key(key: str) -> str:
    """A stored name within its tower as we call it, wrapped or not."""
    key = key.removeprefix(WRAPPER).replace(f".{BASE_LAYER}", ".")
    return re.sub(r"\.lora_([AB])\.weight$", rf".lora_\1.{ADAPTER}.weight", key)
