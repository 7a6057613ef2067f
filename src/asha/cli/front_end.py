"""asha normalize: the text front end, one line in, one line out, so that anyone can check it."""

from typing import Annotated

import typer

from asha.cli.standard_input import lines
from asha.core.language import TAGS, language


def normalize(
    language_tag: Annotated[
        str, typer.Option("--language", help=f"One of {', '.join(TAGS)}.")
    ] = "en-IN",
) -> None:
    """Read lines from standard input; print each as a voice reads it."""
    from asha.speech.normalize import normalize as spoken

    track = language(language_tag)
    for line in lines(broken="replace"):
        typer.echo(spoken(line, track))
