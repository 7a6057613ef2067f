"""Hindi, Marathi or Nepali: function words, and endings of the words that are in no list."""

import unicodedata
from collections.abc import Iterable
from functools import cache

from asha.speech.lexicon import endings, function_words, romanised

CANDIDATES = ("hi", "mr", "ne")
# What a word says: a function word of one language, of several; a word of one lexicon; an ending.
UNIQUE, SHARED, CONTENT, ENDING = 2.0, 0.5, 1.0, 0.8


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    """Each function word and the languages it belongs to."""
    owners: dict[str, tuple[str, ...]] = {}
    for tag in CANDIDATES:
        for word in function_words(tag):
            owners[word] = (*owners.get(word, ()), tag)
    return owners


def scores(words: Iterable[str]) -> dict[str, float]:
    """How much `words` (in Devanagari) speak for each of CANDIDATES."""
    sums = dict.fromkeys(CANDIDATES, 0.0)
    owners = _owners()
    lexicons = _lexicons()
    word = ""
    for written in words:
        word = unicodedata.normalize("NFC", written)
        if tags := owners.get(word):
            for tag in tags:
                sums[tag] += UNIQUE if len(tags) == 1 else SHARED
            continue
        for tag in CANDIDATES:
            if word in lexicons[tag]:
                sums[tag] += CONTENT
            elif len(word) > 3 and word.endswith(endings(tag)):
                sums[tag] += ENDING
            if any(letter in word for letter in endings(f"{tag}-letters")):
                sums[tag] += ENDING
    for tag in CANDIDATES:
        if word.endswith(endings(f"{tag}-last")):
            sums[tag] += ENDING
    return sums


@cache
def _lexicons() -> dict[str, frozenset[str]]:
    """The words of the romanised lexicons in Devanagari."""
    return {
        "hi": frozenset(romanised("hi").own_script.values()),
        "mr": frozenset(romanised("mr").own_script.values()),
        "ne": frozenset(),
    }
