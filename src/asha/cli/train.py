"""`asha train RUN.toml`: train a Nano, or any Ultravox-format model, in slices that go on."""

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
    only: Annotated[str, typer.Option(help="only this stage of a Nano: talk, hear or join")] = "",
    plan: Annotated[
        bool, typer.Option("--plan", help="only say what it will need: memory, time, money")
    ] = False,
) -> None:
    """Train what a run file says; its `kind` decides between Nano's recipe and alignment."""
    from asha.core.errors import BadInput
    from asha.training.run_file import ULTRAVOX, kind_of

    if minutes <= 0:
        raise BadInput("--minutes must be more than 0.")
    if kind_of(recipe) == ULTRAVOX:
        if only:
            raise BadInput(f"--only is for Nano's stages; {recipe} has one stage.")
        _align(recipe, minutes, device, is_plan=plan)
    elif plan:
        raise BadInput(f"--plan is for runs with kind = {ULTRAVOX!r}; {recipe} is a Nano's.")
    else:
        _nano(recipe, minutes, device, only)


def _nano(recipe: Path, minutes: float, device: str, only: str) -> None:
    from asha.core.errors import BadInput
    from asha.training.recipe import load_recipe
    from asha.training.run import STAGES, run

    if only and only not in STAGES:
        raise BadInput(f"There is no stage {only!r}; the stages are {', '.join(STAGES)}.")
    run(load_recipe(recipe), minutes=minutes, device=device, only=only)


def _align(recipe: Path, minutes: float, device: str, *, is_plan: bool) -> None:
    from asha.training.alignment.recipe import load_alignment

    run = load_alignment(recipe)
    if is_plan:
        from asha.training.alignment.plan import plan_of

        typer.echo("\n".join(plan_of(run)))
        return
    from asha.training.alignment.loop import train_alignment

    train_alignment(run, minutes=minutes, device=device)
