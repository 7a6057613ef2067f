"""`asha train RUN.toml`: train a Nano, in slices, from nothing to a checkpoint."""

from pathlib import Path
from typing import Annotated

import typer


def train(
    recipe: Annotated[Path, typer.Argument(help="the run, e.g. runs/nano.toml")],
    minutes: Annotated[
        float, typer.Option(help="stop after so many minutes; the same command goes on later")
    ] = 1e6,
    device: Annotated[
        str, typer.Option(help="cpu, cuda, or auto: cuda where there is one")
    ] = "auto",
    only: Annotated[str, typer.Option(help="only this stage: talk, hear or join")] = "",
) -> None:
    """Train the audio LLM of a recipe: language model, ears, then both together."""
    from asha.core.errors import BadInput
    from asha.training.recipe import load_recipe
    from asha.training.run import STAGES, run

    if only and only not in STAGES:
        raise BadInput(f"There is no stage {only!r}; the stages are {', '.join(STAGES)}.")
    if minutes <= 0:
        raise BadInput("--minutes must be more than 0.")
    run(load_recipe(recipe), minutes=minutes, device=device, only=only)
