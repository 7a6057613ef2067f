"""What the tools say in every track: say.json beside the weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asha.core.errors import BadLanguageFile

SPARE = "en-IN"  # for a track without words of its own


@dataclass(frozen=True, slots=True)
class Sayings:
    """The words of one track. `slots` is by slot, then by value."""

    forms: Mapping[str, str]
    slots: Mapping[str, Mapping[str, str]]
    tools: Mapping[str, Mapping[str, Any]]
    replies: Mapping[str, list[str]]


def load_sayings(folder: Path) -> dict[str, Sayings]:
    """The words of all tracks in an exported folder.

    Raises:
        BadLanguageFile: say.json is missing or broken.
    """
    path = folder / "say.json"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        return {tag: Sayings(**row) for tag, row in table.items()}
    except (OSError, ValueError, TypeError) as broken:
        raise BadLanguageFile(f"{path} is missing or broken; export again.") from broken
