"""Several processes as one: torchrun starts them, each reads its own rows and adds its part.

Gradients are added up by hand once a step. What learns is small beside the model (a projector,
adapters), so there is little to overlap; and as sums they give what one process would give.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from asha.core.errors import BadInput


@dataclass(frozen=True, slots=True)
class Ranks:
    """This process's place among `world`."""

    rank: int
    world: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether it is the one that writes."""
        return self.rank == 0

    def summed(self, values: Sequence[float]) -> list[float]:
        """Each value, added over all processes."""
        if self.world == 1:
            return list(values)
        import torch.distributed as processes

        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        processes.all_reduce(tensor)
        return tensor.tolist()

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Every gradient becomes the sum of all processes' gradients."""
        if self.world == 1:
            return
        import torch.distributed as processes

        trained = list(parameters)
        flat = torch.cat([_gradient(it).flatten() for it in trained])
        processes.all_reduce(flat)
        start = 0
        for parameter in trained:
            end = start + parameter.numel()
            parameter.grad = flat[start:end].view_as(parameter).clone()
            start = end


@contextmanager
def joined(device: str) -> Iterator[Ranks]:
    """This process among those that torchrun started; alone without it.

    Raises:
        BadInput: the device is not there.
    """
    world = int(os.environ.get("WORLD_SIZE", "1"))
    place = _device(device)
    if world == 1:
        yield Ranks(0, 1, place)
        return
    import torch.distributed as processes

    processes.init_process_group("nccl" if place.type == "cuda" else "gloo")
    try:
        yield Ranks(processes.get_rank(), world, place)
    finally:
        processes.destroy_process_group()


def _device(name: str) -> torch.device:
    local = int(os.environ.get("LOCAL_RANK", "0"))
    if name in ("auto", "cuda") and torch.cuda.is_available():
        torch.cuda.set_device(local)
        return torch.device("cuda", local)
    if name == "auto":
        return torch.device("cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as missing:
        raise BadInput(f"There is no device {name!r} here; use cpu.", param="device") from missing
    return device


def _gradient(parameter: nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad
