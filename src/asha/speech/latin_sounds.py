"""Which Indian letters people mean by Latin ones: what a search for the words behind them tries.

The table is latin_sounds.toml, in Devanagari's letters, as speech/unified.py spells all four
scripts. Costs are in nats, set by hand on development rows: there is no free corpus of typed
requests in all the tracks.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from asha.speech.unified import restore

VIRAMA, NASAL = "\u094d", "ं"
MARKED = (0.0, 1.0, 2.5)  # nats, by how many "~" stand before what is meant

LETTER_OF_SIGN = dict(zip("ािीुूृेैोौॆॊॅॉ", "आइईउऊऋएऐओऔऎऒऍऑ", strict=True))

Choice = tuple[str, float]  # letters, cost
Choices = Mapping[str, tuple[Choice, ...]]
REFUSED = {"Deva": frozenset("ऎऒॆॊऩऱऴ")}  # of a block, what nobody writes
NO_VOWEL: dict[str, tuple[tuple[Choice, ...], tuple[Choice, ...]]] = {
    # What follows a consonant whose vowel is not typed: within a word, at its end.
    **dict.fromkeys(("Deva", "Gujr"), ((("", 0.3), (VIRAMA, 0.7)), (("", 0.0), (VIRAMA, 3.0)))),
    "Telu": (((VIRAMA, 0.0), ("", 4.0)), ((VIRAMA, 0.1), ("ु", 1.5), ("", 4.0))),
    "Taml": (((VIRAMA, 0.0), ("", 4.0)), ((VIRAMA, 0.1), ("ु", 2.0), ("", 4.0))),
}


@dataclass(frozen=True, slots=True)
class Sounds:
    """What Latin letters may stand for in one script: consonants, signs after a consonant, letters
    of vowels elsewhere; and what follows a consonant whose vowel is not typed.
    """

    consonants: Choices
    signs: Choices
    letters: Choices
    inside: tuple[Choice, ...]
    at_end: tuple[Choice, ...]
    has_nasal: bool


@cache
def sounds(script: str) -> Sounds:
    """The table of a script: "Deva", "Gujr", "Taml" or "Telu"."""
    source = resources.files("asha.speech").joinpath("latin_sounds.toml")
    tables = tomllib.loads(source.read_text(encoding="utf-8"))
    consonants = _table(tables["consonants"], script)
    if script == "Taml":
        consonants |= _table(tables["tamil"], script)
    signs = _table(tables["vowels"], script)
    letters = {latin: tuple(_initial(*it) for it in found) for latin, found in signs.items()}
    if script in ("Taml", "Telu"):
        letters |= _table(tables["dravidian_initials"], script)
    return Sounds(consonants, signs, letters, *NO_VOWEL[script], has_nasal=script != "Taml")


def _initial(sign: str, cost: float) -> Choice:
    """The same vowel where no consonant is before it; an "ai" of two vowels keeps the second."""
    if not sign:
        return "अ", cost
    return LETTER_OF_SIGN.get(sign[0], f"अ{sign[0]}") + sign[1:], cost


def _table(meant: Mapping[str, str], script: str) -> dict[str, tuple[Choice, ...]]:
    found = {}
    for latin, letters in meant.items():
        costs = {it.strip("~."): MARKED[it.count("~")] for it in letters.split()}
        found[latin] = tuple((it, cost) for it, cost in costs.items() if _is_in(it, script))
    return found


def _is_in(letters: str, script: str) -> bool:
    """Whether the script has all of these letters."""
    if script in REFUSED:
        return REFUSED[script].isdisjoint(letters)
    return not any("\u0900" <= char < "\u0980" for char in restore(letters, script))
