"""The few sentences Asha says when there is no answer; data in courtesies.toml."""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from asha.conversation.tongue import FALLBACK

Occasion = Literal["wait", "busy", "failed", "nobody"]


def courtesy(occasion: Occasion, tag: str) -> str:
    """What to say in language `tag`."""
    table = _table()
    return table.get(tag, table[FALLBACK])[occasion]


@cache
def _table() -> dict[str, dict[str, str]]:
    source = resources.files("asha.conversation").joinpath("courtesies.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))
