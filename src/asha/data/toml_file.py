"""TOML files that people write: read and checked, each complaint one sentence with the way out."""

import difflib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from asha.core.errors import BadInput

Table = TypeVar("Table", bound=BaseModel)


def read_toml(
    path: Path, what: str, *, like: str, error: type[BadInput] = BadInput
) -> dict[str, Any]:
    """The file's TOML; `what` it should be and one of ours that it should be `like` are named.

    Raises:
        BadInput, or `error`: no such file, or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise error(f"There is no {what} {path}; ours are like {like}.", param=what) from missing
    except (OSError, UnicodeDecodeError) as broken:
        raise error(f"{path} cannot be read; give a {what} like {like}.", param=what) from broken
    except tomllib.TOMLDecodeError as broken:
        raise error(f"{path} is not valid TOML: {broken}.", param=what) from broken


def checked(
    table: dict[str, Any], kind: type[Table], path: Path, *, error: type[BadInput] = BadInput
) -> Table:
    """The table as its kind.

    Raises:
        BadInput, or `error`: a wrong key, with the nearest right one, or a wrong value.
    """
    try:
        return kind.model_validate(table)
    except ValidationError as wrong:
        raise error(f"{path}: {_told(wrong, kind)}") from wrong


def _told(wrong: ValidationError, kind: type[BaseModel]) -> str:
    """The first complaint as one sentence; keys that do not exist come first."""
    errors = wrong.errors()
    first = next((it for it in errors if it["type"] == "extra_forbidden"), errors[0])
    where = ".".join(str(step) for step in first["loc"])
    if first["type"] != "extra_forbidden":
        message = first["msg"].removeprefix("Value error, ").rstrip(".")
        return f"{where}: {message}." if where else f"{message}."
    asked = str(first["loc"][-1])
    # The table's own keys first: `rate` is nearer to `rat` there than anywhere else.
    own = [name for it in _at(kind, first["loc"][:-1]) for name in it.model_fields]
    everywhere = sorted({name for it in _all_tables(kind) for name in it.model_fields})
    near = _nearest(asked, own) or _nearest(asked, everywhere)
    return f"there is no key {where!r}; " + (f"did you mean {near!r}?" if near else "remove it.")


def _nearest(asked: str, known: list[str]) -> str:
    return next(iter(difflib.get_close_matches(asked, known, n=1)), "")


def _at(kind: type[BaseModel], steps: tuple[Any, ...]) -> list[type[BaseModel]]:
    """The tables that `steps` may lead to from the top; of a union, all."""
    tables = [kind]
    for step in steps:
        fields = [it.model_fields[step] for it in tables if step in it.model_fields]
        if fields:  # else it is a place in a list, or which of a union it is
            tables = [inner for field in fields for inner in _tables(field.annotation)]
    return tables


def _all_tables(kind: type[BaseModel]) -> set[type[BaseModel]]:
    found, new = {kind}, [kind]
    while new:
        inner = {
            it for field in new.pop().model_fields.values() for it in _tables(field.annotation)
        }
        new += inner - found
        found |= inner
    return found


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """The tables within a field's type: itself, in a list, optional, or of a union."""
    if get_origin(annotation) is not None:
        for part in get_args(annotation):
            yield from _tables(part)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
