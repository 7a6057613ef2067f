"""Recordings that the ears learn from beside synthesised speech: a folder for each track."""

from collections.abc import Mapping
from pathlib import Path
from random import Random

from asha.core.audio import Float32
from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.data.folder import Reading, listed, opened
from asha.data.layouts import Row
from asha.data.sample import Sample
from asha.data.shards import Utterance
from asha.speech.plain import plain

TRIES = 100  # broken files one after another


class Recordings:
    """Draws recordings at random, a track first: small folders come as often as big ones."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        """`folders` by track, in a layout of data/folder.py.

        Raises:
            BadInput: there is no such track or folder, or there is nothing in it.
        """
        self._rows: dict[str, list[Row]] = {}
        for tag, folder in folders.items():
            if tag not in TAGS:
                raise BadInput(f"There is no track {tag!r}; use {', '.join(TAGS)}.")
            found = listed(Path(folder), _reading(tag))
            self._rows[tag] = [row for row in found if isinstance(row, Row)]
            if not self._rows[tag]:
                raise BadInput(f"{folder} holds no recording with its text.")

    def draw(self, chance: Random) -> tuple[Utterance, Float32]:
        """What is said, without an answer, and its sound at 16 kHz.

        Raises:
            BadInput: a hundred files in a row cannot be read.
        """
        for _ in range(TRIES):
            tag = chance.choice(list(self._rows))
            sample = opened(chance.choice(self._rows[tag]), _reading(tag))
            if isinstance(sample, Sample):
                text = plain(sample.text)
                return Utterance(tag, text, text), sample.clip().samples
        raise BadInput("The recordings cannot be read; look at them with `asha data check`.")


def _reading(tag: str) -> Reading:
    return Reading(tag, spoken=True)
