"""asha normalize: the text front end, one line in, one line out, so that anyone can check it."""

import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from asha.core.language import TAGS, language


def normalize(
    language_tag: Annotated[
        str, typer.Option("--language", help=f"One of {', '.join(TAGS)}.")
    ] = "en-IN",
) -> None:
    """Read lines from standard input; print each as a voice reads it."""
    from asha.speech.normalize import normalize as spoken

    track = language(language_tag)
    if isinstance(sys.stdin, TextIOWrapper):  # broken UTF-8 is read as far as it can be
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for line in sys.stdin:
        typer.echo(spoken(line, track))
