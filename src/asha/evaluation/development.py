"""Requests kept out of the grammar to choose thresholds with (tests/development/<tag>.toml).

The held-out rows are the exam: nothing is chosen by them. These are the exercises.
"""

import tomllib
from pathlib import Path
from random import Random

from asha.data.grammar import grammar
from asha.data.intents import scope
from asha.data.phrasing import choose, parse_pattern
from asha.data.sentences import any_slots, said, spoken_form
from asha.evaluation.nano import Row
from asha.speech.plain import plain


def development(folder: Path, tag: str, *, seed: int = 1) -> list[Row]:
    """One request of each kept pattern, with any values; the same ones every time."""
    table = tomllib.loads((folder / f"{tag}.toml").read_text(encoding="utf-8"))
    chance, rows = Random(f"{seed} {tag}"), []
    for name, patterns in table.items():
        for pattern in patterns:
            slots = any_slots(scope().intents[name], chance)
            pieces = choose(parse_pattern(pattern), chance)
            text = said(pieces, grammar(tag), slots, chance)
            rows.append(Row(tag, name, slots, text, spoken=plain(spoken_form(text, tag))))
    return rows
