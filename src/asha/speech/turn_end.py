"""How probable it is that words so far are a whole request, in microseconds, for seven tracks.

A hashed logistic regression over the last words and their endings: in five of the tracks the verb
comes last, so "कल सुबह सात बजे" waits for "जगा दो". Learned by asha.data.turn_ends.
"""

import zlib
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from asha.speech.words import words_of

NUM_WEIGHTS = 1 << 14
SCALE = 16.0  # of the int8 weights
LONG = 9  # this many words and more are one class


def features(said: list[str]) -> list[int]:
    """Places of the weights that apply to a beginning of a request, `said` not empty."""
    last, before = said[-1], said[-2] if len(said) > 1 else "^"
    length = min(len(said), LONG)
    names = [
        "bias",
        f"n={length}",
        f"w={last}",
        f"b={before}|{last}",
        f"e3={last[-3:]}",
        f"e2={last[-2:]}",
        f"e2b={before[-2:]}|{last[-2:]}",
        f"wn={last}|{length}",
        f"first={said[0]}|{last[-2:]}",
        *(f"has={word}" for word in set(said[:-1])),
    ]
    return [zlib.crc32(name.encode()) % NUM_WEIGHTS for name in names]


def whole_probability(text: str, tag: str) -> float | None:
    """0..1 that `text` is a whole request of track `tag`; None where nothing can be said."""
    said, weights = words_of(text), _weights().get(tag)
    if not said or weights is None:
        return None
    margin = float(weights[features(said)].astype(np.int32).sum()) / SCALE
    return float(1 / (1 + np.exp(-margin)))


@cache
def _weights() -> dict[str, NDArray[np.int8]]:
    source = resources.files("asha.speech").joinpath("turn_ends.npz")
    if not source.is_file():
        return {}
    with source.open("rb") as file, np.load(file) as stored:
        return {tag: stored[tag] for tag in stored.files}
