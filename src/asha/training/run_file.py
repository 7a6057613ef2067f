"""A run is one TOML file, checked when read; an unknown key names the nearest right one."""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from asha.core.errors import BadInput

Run = TypeVar("Run", bound=BaseModel)
NANO, ULTRAVOX = "nano", "ultravox"  # what `kind` may say; without it a file is Nano's
KINDS = (NANO, ULTRAVOX)


def kind_of(path: Path) -> str:
    """Which recipe the file is: what trains it depends on nothing else.

    Raises:
        BadInput: no such file, no TOML, or a kind that is none.
    """
    kind = read_table(path).get("kind", NANO)
    if kind not in KINDS:
        raise BadInput(f"{path}: kind: there is no {kind!r}; use {' or '.join(KINDS)}.")
    return str(kind)


def read_run(path: Path, kind: type[Run]) -> Run:
    """The run in `path`.

    Raises:
        BadInput: no such file, no TOML, or a wrong key or value; names the remedy.
    """
    table = read_table(path)
    try:
        return kind.model_validate(table)
    except ValidationError as wrong:
        raise BadInput(f"{path}: {_told(wrong, kind)}", param="recipe") from wrong


def read_table(path: Path) -> dict[str, Any]:
    """The file's TOML.

    Raises:
        BadInput: no such file, or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise BadInput(f"There is no recipe {path}; runs/ holds ours.", param="recipe") from missing
    except (OSError, UnicodeDecodeError) as broken:
        raise BadInput(
            f"{path} cannot be read; give a recipe like runs/nano.toml.", param="recipe"
        ) from broken
    except tomllib.TOMLDecodeError as broken:
        raise BadInput(f"{path} is not valid TOML: {broken}.", param="recipe") from broken


def _told(wrong: ValidationError, kind: type[BaseModel]) -> str:
    """The first complaint as one sentence; keys that do not exist come first."""
    errors = wrong.errors()
    first = next((it for it in errors if it["type"] == "extra_forbidden"), errors[0])
    where = ".".join(str(step) for step in first["loc"])
    if first["type"] != "extra_forbidden":
        message = first["msg"].removeprefix("Value error, ")
        return f"{where}: {message}." if where else f"{message}."
    asked = str(first["loc"][-1])
    # The table's own keys first: `rate` is nearer to `rat` there than anywhere else.
    own = _fields(_at(kind, first["loc"][:-1]))
    near = difflib.get_close_matches(asked, own, n=1) or difflib.get_close_matches(
        asked, sorted(_all_keys(kind)), n=1
    )
    remedy = f"did you mean {near[0]!r}?" if near else "remove it."
    return f"there is no key {where!r}; {remedy}"


def _at(kind: type[BaseModel] | None, steps: tuple[Any, ...]) -> type[BaseModel] | None:
    """The table that `steps` lead to from the top."""
    for step in steps:
        if isinstance(step, int):
            continue
        field = None if kind is None else kind.model_fields.get(str(step))
        kind = next(iter(_tables(field.annotation)), None) if field else None
    return kind


def _fields(kind: type[BaseModel] | None) -> list[str]:
    return [] if kind is None else list(kind.model_fields)


def _all_keys(kind: type[BaseModel]) -> set[str]:
    keys = set(kind.model_fields)
    for field in kind.model_fields.values():
        for inner in _tables(field.annotation):
            keys |= _all_keys(inner)
    return keys


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """The tables within a field's type: itself, in a list, or optional."""
    if get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _tables(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
