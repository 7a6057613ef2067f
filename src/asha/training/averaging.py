"""The mean of several checkpoints of one shape: often better than each ("model soup")."""

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor

from asha.core.errors import BadInput
from asha.training.folders import CheckpointFolder, read_folder, write_folder


def average(names: Sequence[str], target: Path) -> int:
    """Write the mean of the checkpoints `names` to `target`; how many tensors there are.

    Sums are float32; the type of each tensor and every other file are the first checkpoint's.

    Raises:
        BadInput: fewer than two, or they do not hold the same tensors.
    """
    if len(names) < 2:
        raise BadInput("An average needs at least two checkpoints.")
    first, *others = [read_folder(name) for name in names]
    for other in others:
        _check_alike(first, other)
    mean = {name: _mean(name, [first, *others]) for name in first.tensors}
    write_folder(first, target, tensors=mean)
    return len(mean)


def _mean(name: str, folders: Sequence[CheckpointFolder]) -> Tensor:
    each = [it.tensors[name].to(torch.float32) for it in folders]
    return torch.stack(each).mean(0).to(folders[0].tensors[name].dtype)


def _check_alike(first: CheckpointFolder, other: CheckpointFolder) -> None:
    own, theirs = ({k: v.shape for k, v in it.tensors.items()} for it in (first, other))
    if own == theirs:
        return
    odd = sorted(set(own.items()) ^ set(theirs.items()))[0][0]
    raise BadInput(
        f"{first.folder.name} and {other.folder.name} differ in {odd}; average checkpoints of one "
        "run, or of runs with the same bases and adapters."
    )
