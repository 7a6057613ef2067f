"""asha weights: what can be done with checkpoints between training and serving; asha push."""

from pathlib import Path
from typing import Annotated

import typer

from asha.core.errors import BadInput

Target = Annotated[Path, typer.Argument(help="a new folder")]
Checkpoint = Annotated[str, typer.Argument(help="an Ultravox-format checkpoint: folder or hub id")]

weights = typer.Typer(
    help="Checkpoints: average, merge, transplant; tokens per word.", no_args_is_help=True
)


@weights.command()
def average(
    checkpoints: Annotated[list[str], typer.Argument(help="two or more, of one shape")],
    out: Annotated[Path, typer.Option(help="a new folder")],
) -> None:
    """Write the mean of several checkpoints."""
    from asha.training.averaging import average as write

    num_tensors = write(checkpoints, out)
    typer.echo(f"{out}: the mean of {len(checkpoints)} checkpoints, {num_tensors} tensors")


@weights.command()
def merge(
    checkpoint: Checkpoint,
    out: Target,
    whole: Annotated[
        bool, typer.Option("--whole", help="store both towers, so that it needs no base")
    ] = False,
) -> None:
    """Fold the adapters into the layers they adapt."""
    from asha.training.publish import merge as write

    write(checkpoint, out, is_whole=whole)
    size = sum(file.stat().st_size for file in out.iterdir()) / 1e6
    typer.echo(f"{out}: merged, {size:,.1f} MB")


@weights.command()
def transplant(
    checkpoint: Checkpoint,
    language_model: Annotated[str, typer.Argument(help="folder or hub id of the new one")],
    out: Target,
) -> None:
    """Move a projector to another language model: a start for training, no finished model."""
    from asha.training.transplant import transplant as write

    done = write(checkpoint, language_model, out)
    typer.echo(
        f"{out}: moved by {done.num_shared:,} shared tokens; the map explains "
        f"{done.explained:.0%} of held-out ones. Train it now."
    )


@weights.command()
def words(
    text: Annotated[Path, typer.Argument(help="one sentence a line")],
    models: Annotated[list[str], typer.Argument(help="language models: folders or hub ids")],
) -> None:
    """Count the tokens each language model needs for a word of a text; fewer is faster."""
    from asha.training.words import tokens_per_word

    try:
        lines = text.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as broken:
        raise BadInput(f"{text} cannot be read; give UTF-8, one sentence a line.") from broken
    for counted in sorted((tokens_per_word(it, lines) for it in models), key=lambda it: it.mean):
        typer.echo(f"{counted.mean:6.2f}  {counted.model}  (n = {counted.num_words:,} words)")


def push(
    checkpoint: Annotated[str, typer.Argument(help="a checkpoint's folder")],
    repository: Annotated[str, typer.Argument(help="OWNER/NAME on the hub")],
    private: Annotated[bool, typer.Option("--private", help="only you can see it")] = False,
    message: Annotated[str, typer.Option(help="of the commit")] = "",
) -> None:
    """Upload a checkpoint with its card to the Hugging Face hub (log in with `hf auth login`)."""
    from asha.training.publish import push as upload

    typer.echo(upload(checkpoint, repository, is_private=private, message=message))
