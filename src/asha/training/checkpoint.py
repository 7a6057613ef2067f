"""Checkpoints of a run: one file per stage, replaced whole, from which it goes on exactly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from asha.training.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a stage is: steps done, and the shard and the batch in it that come next."""

    step: int = 0
    shard: int = 0
    batch: int = 0


def save(recipe: Recipe, stage: str, progress: Progress, state: dict[str, Any]) -> None:
    """Write `state` (state dicts by name) and `progress`; a crash leaves the old file."""
    recipe.folder.mkdir(parents=True, exist_ok=True)
    path = checkpoint_path(recipe, stage)
    place = (progress.step, progress.shard, progress.batch)
    torch.save({"progress": place, **state}, path.with_suffix(".partial"))
    path.with_suffix(".partial").rename(path)


def load(recipe: Recipe, stage: str) -> tuple[Progress, dict[str, Any]] | None:
    """The stage's last checkpoint, None before the first."""
    path = checkpoint_path(recipe, stage)
    if not path.exists():
        return None
    state = torch.load(path, map_location="cpu", weights_only=True)
    return Progress(*state.pop("progress")), state


def checkpoint_path(recipe: Recipe, stage: str) -> Path:
    """The stage's file."""
    return recipe.folder / f"{stage}.pt"
