"""A run is one TOML file, checked when read; its `kind` says what trains it."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from asha.core.errors import BadInput
from asha.data.toml_file import checked, read_toml

Run = TypeVar("Run", bound=BaseModel)
NANO, ULTRAVOX = "nano", "ultravox"  # what `kind` may say; without it a file is Nano's
KINDS = (NANO, ULTRAVOX)
LIKE = "runs/nano.toml"


def kind_of(path: Path) -> str:
    """Which recipe the file is: what trains it depends on nothing else.

    Raises:
        BadInput: no such file, no TOML, or a kind that is none.
    """
    kind = read_toml(path, "recipe", like=LIKE).get("kind", NANO)
    if kind not in KINDS:
        raise BadInput(f"{path}: kind: there is no {kind!r}; use {' or '.join(KINDS)}.")
    return str(kind)


def read_run(path: Path, kind: type[Run]) -> Run:
    """The run in `path`.

    Raises:
        BadInput: no such file, no TOML, or a wrong key or value; names the remedy.
    """
    return checked(read_toml(path, "recipe", like=LIKE), kind, path)
