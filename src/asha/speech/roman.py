"""Roman numerals after the words that are numbered so: World War II, Class XII, अध्याय IV."""

import re
from functools import lru_cache

from asha.core.language import Language
from asha.speech.expression import Expression
from asha.speech.numbers import cardinal
from asha.speech.patterns import LETTERS, Patterns, Said, any_of

# 1 to 39: with L, C, D and M letters would be read that are no numbers (Type C, Class D).
_NUMERAL = Expression(rf"(?=[IVX])(?P<tens>X{{0,3}})(?P<ones>IX|IV|V?I{{0,3}})(?![{LETTERS}\d'’])")
_ONES = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")
_LONGEST = 24  # letters of a noun before it


def read_roman(text: str, position: int, p: Patterns) -> Said | None:
    """The number of a chapter, a war, a class."""
    found = _NUMERAL.match(text, position)
    if found is None or not _nouns(p.language).search(text[max(0, position - _LONGEST) : position]):
        return None
    number = 10 * len(found["tens"]) + _ONES.index(found["ones"])
    return cardinal(number, p.language), found.end()


@lru_cache(maxsize=16)
def _nouns(language: Language) -> re.Pattern[str]:
    """A numbered noun at the end of a text, with the space or hyphen after it."""
    return re.compile(rf"(?<![{LETTERS}])(?:{any_of(language.roman_nouns)})[ -]$")
