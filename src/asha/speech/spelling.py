"""Which language an unknown Latin word looks like: letter trigrams of the lexicons."""

import math
from functools import cache

from asha.speech.lexicon import ROMANISED, english_words, romanised

ENGLISH = "en"
LANGUAGES = (ENGLISH, *ROMANISED)
SMOOTHING = 0.3  # added to every count: a lexicon of 500 words has seen few of the trigrams
MAX_LETTERS = 24  # longer "words" are no words; only their beginning is looked at


@cache
def _model() -> tuple[dict[str, tuple[float, ...]], tuple[float, ...]]:
    """Log probability of each trigram in each of LANGUAGES, and of one never seen."""
    counts: dict[str, list[int]] = {}
    totals = [0] * len(LANGUAGES)
    words = [english_words(), *(romanised(tag).own_script for tag in ROMANISED)]
    for number, lexicon in enumerate(words):
        for word in lexicon:
            for gram in _trigrams(word):
                counts.setdefault(gram, [0] * len(LANGUAGES))[number] += 1
                totals[number] += 1
    space = SMOOTHING * len(counts)
    unseen = tuple(math.log(SMOOTHING / (total + space)) for total in totals)
    seen = {
        gram: tuple(
            math.log((count + SMOOTHING) / (total + space))
            for count, total in zip(row, totals, strict=True)
        )
        for gram, row in counts.items()
    }
    return seen, unseen


def _trigrams(word: str) -> list[str]:
    marked = f"^{word[:MAX_LETTERS]}$"
    return [marked[at : at + 3] for at in range(len(marked) - 2)]


def likeness(word: str) -> dict[str, float]:
    """Probability of each of LANGUAGES for a lower-case Latin word, from its letters alone."""
    seen, unseen = _model()
    sums = [0.0] * len(LANGUAGES)
    for gram in _trigrams(word):
        for number, value in enumerate(seen.get(gram, unseen)):
            sums[number] += value
    best = max(sums)
    odds = [math.exp(value - best) for value in sums]
    whole = sum(odds)
    return {tag: odd / whole for tag, odd in zip(LANGUAGES, odds, strict=True)}
