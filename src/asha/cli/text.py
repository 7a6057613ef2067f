"""asha phrases, identify, mask: one line in, one line out, so that anyone can check the rules."""

from typing import Annotated

import typer

from asha.cli.standard_input import lines
from asha.core.language import TAGS, language

SEPARATOR = " ‖ "  # between phrases, as in tests/golden/phrases


def phrases(
    language_tag: Annotated[
        str, typer.Option("--language", help=f"One of {', '.join(TAGS)}.")
    ] = "hi",
) -> None:
    """Cut each line of standard input into the phrases that would be spoken."""
    from asha.speech.phrases import PhraseSplitter

    track = language(language_tag)
    for line in lines():
        splitter = PhraseSplitter(track)
        typer.echo(SEPARATOR.join([*splitter.push(line), *splitter.finish()]))


def identify() -> None:
    """Name the language of each line of standard input, with a confidence and its parts."""
    from asha.speech.identify import identify as identified

    for line in lines():
        found = identified(line)
        parts = ", ".join(f"{line[span.start : span.end]}={span.language}" for span in found.spans)
        typer.echo(f"{found.language}\t{found.confidence:.2f}\t{parts}")


def mask() -> None:
    """Hide Aadhaar, PAN, card, phone, e-mail, UPI id and IFSC in each line of standard input."""
    from asha.speech.mask import mask as masked

    for line in lines():
        typer.echo(masked(line))
