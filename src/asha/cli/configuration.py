"""The configuration file: NAME=VALUE lines that only their owner may read."""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from asha.core.errors import BadInput
from asha.core.settings import Settings

FILE = Path(".env")
_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=")
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./~-]*")


def names() -> set[str]:
    """Every name that means something in it."""
    found = set()
    for name, field in Settings.model_fields.items():
        found.add(str(field.validation_alias or f"ASHA_{name}").upper())
    return found


def write(path: Path, values: Mapping[str, str | None]) -> None:
    """Set names in the file (None takes one out); all other lines stay as they are.

    Raises:
        BadInput: a name that means nothing, a value of several lines, a file not to be written.
    """
    for name, value in values.items():
        if name not in names():
            raise BadInput(f"{name} is not a setting; docs/providers.md lists them.", param=name)
        if value is not None and not value.isprintable():
            raise BadInput(f"{name} holds a character that is not printable.", param=name)
    try:
        kept = [
            line
            for line in (path.read_text(encoding="utf-8").splitlines() if path.exists() else [])
            if not ((found := _LINE.match(line)) and found[1] in values)
        ]
        new = [f"{name}={_quoted(value)}" for name, value in values.items() if value is not None]
        _replace(path, "\n".join([*kept, *new]) + "\n")
    except OSError as refused:
        raise BadInput(f"{path} cannot be written: {refused.strerror}.") from refused


def is_private(path: Path) -> bool:
    """Whether only its owner may read it."""
    return not stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)


def _replace(path: Path, text: str) -> None:
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    new.replace(path)


def _quoted(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
