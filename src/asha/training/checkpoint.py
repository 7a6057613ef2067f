"""Checkpoints of a run: one file per stage, replaced whole, from which it goes on exactly."""

import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from asha.core.errors import AshaError, BadCheckpoint
from asha.training.recipe import Recipe


class NoRoom(AshaError):
    """A state or a checkpoint that cannot be written."""

    code = "no_room"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a stage is: steps done, and the shard and the batch in it that come next."""

    step: int = 0
    shard: int = 0
    batch: int = 0


def save(recipe: Recipe, stage: str, progress: Progress, state: dict[str, Any]) -> None:
    """Write `state` (state dicts by name) and `progress`; a crash leaves the old file."""
    place = (progress.step, progress.shard, progress.batch)
    write_state(checkpoint_path(recipe, stage), {"progress": place, **state})


def load(recipe: Recipe, stage: str) -> tuple[Progress, dict[str, Any]] | None:
    """The stage's last checkpoint, None before the first."""
    state = read_state(checkpoint_path(recipe, stage))
    return None if state is None else (Progress(*state.pop("progress")), state)


def checkpoint_path(recipe: Recipe, stage: str) -> Path:
    """The stage's file."""
    return recipe.folder / f"{stage}.pt"


def write_state(path: Path, state: dict[str, Any]) -> None:
    """Write a state whole or not at all.

    Raises:
        NoRoom: the disk is full, or the file cannot be written; the last one is left as it was.
    """
    partial = path.with_suffix(".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save(state, partial)
        partial.rename(path)
    except (OSError, RuntimeError) as failed:  # torch's writer says RuntimeError for a full disk
        partial.unlink(missing_ok=True)
        raise NoRoom(
            f"{path} cannot be written ({getattr(failed, 'strerror', None) or 'disk full?'}); the "
            "state before it is whole: make room and run the same command again."
        ) from failed


def read_state(path: Path) -> dict[str, Any] | None:
    """What `write_state` wrote, on the CPU; None where nothing was written.

    Raises:
        BadCheckpoint: the file is broken.
    """
    if not path.exists():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError) as broken:
        raise BadCheckpoint(
            f"{path} is broken; remove it, and the run begins from its last whole stage."
        ) from broken
    return state
