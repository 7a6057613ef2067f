"""Standard input as lines of text."""

import sys
from collections.abc import Iterator
from typing import TextIO

from asha.core.errors import BadInput


def standard_input(*, broken: str = "surrogateescape") -> TextIO:
    """Standard input as UTF-8; `broken` bytes pass through, or become U+FFFD ("replace").

    Raises:
        BadInput: it is closed.
    """
    if sys.stdin is None:
        raise BadInput("There is no standard input; pipe some lines into the command.")
    for stream in (sys.stdin, sys.stdout):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors=broken)
    return sys.stdin


def lines(*, broken: str = "surrogateescape") -> Iterator[str]:
    """Lines of standard input without their ends."""
    for line in standard_input(broken=broken):
        yield line.rstrip("\r\n")
