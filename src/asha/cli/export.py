"""`asha export CHECKPOINT DIR`: a Nano checkpoint as the engine runs it, without torch."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

if TYPE_CHECKING:
    from asha.model.export import Beside


def export(
    checkpoint: Annotated[Path, typer.Argument(help="a checkpoint that `asha train` wrote")],
    folder: Annotated[Path, typer.Argument(help="where the exported weights go")],
    precision: Annotated[
        str, typer.Option(help="fp16, fp32 (exact, twice as big) or int8 (smallest, fastest)")
    ] = ("fp16"),
    reads: Annotated[
        str, typer.Option(help="What the language model is given of speech: sound or letters.")
    ] = "sound",
    answers_from: Annotated[
        float, typer.Option(help="Below this likelihood Nano says that it does not know.")
    ] = 0.0,
    letters: Annotated[
        int,
        typer.Option(
            min=0,
            help="Sentences of each track counted for the letter model, which mends spellings.",
        ),
    ] = 60_000,
    gist: Annotated[
        int,
        typer.Option(min=0, help="Questions of which it learns what their words are about."),
    ] = 700_000,
) -> None:
    """Export a Nano checkpoint to ONNX, with what its tools say in every track."""
    from asha.core.errors import BadInput
    from asha.model.export import Reads
    from asha.model.export import export as write
    from asha.model.shrink import Precision

    if precision not in ("fp16", "fp32", "int8"):
        raise BadInput(f"There is no precision {precision!r}; use fp16, fp32 or int8.")
    if reads not in ("sound", "letters"):
        raise BadInput(f"Nano cannot read {reads!r}; use sound or letters.")
    if not 0 <= answers_from < 1:
        raise BadInput("--answers-from is a likelihood, 0 to 1.")
    write(
        checkpoint,
        folder,
        precision=cast(Precision, precision),
        reads=cast(Reads, reads),
        answers_from=answers_from,
        beside=_beside(letters, gist),
    )
    typer.echo(
        f"{folder}: {precision}, {sum(it.stat().st_size for it in folder.iterdir()) / 1e6:.1f} MB"
    )


def _beside(letters: int, questions: int) -> "Beside":
    """What the grammar gives: all that is no weight."""
    from asha.core.language import TAGS
    from asha.data.letter_counts import letter_tables, spoken_sentences
    from asha.data.loans import loans
    from asha.data.sayings import sayings
    from asha.model.export import Beside
    from asha.training.gist import learned_gist

    tables = letter_tables(spoken_sentences(TAGS, letters)) if letters else ()
    gist = learned_gist(questions) if questions else None
    return Beside(say=sayings(TAGS), letters=tables, loans=loans(), gist=gist)
