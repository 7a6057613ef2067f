"""Latin words that are not read as written: brands, abbreviations, acronyms."""

import re
from functools import lru_cache

from asha.core.language import Language
from asha.speech.patterns import LATIN, LETTERS, Patterns, Said, kept_stop

_CAPITALS = re.compile(rf"(?P<letters>[A-Z]{{2,6}})(?P<plural>s)?(?![{LATIN}\d])")
_DOTTED = re.compile(rf"(?P<letters>[A-Z](?:\.[A-Z]){{1,5}})\.?(?![{LETTERS}])")
_NUMBER_AHEAD = re.compile(r"[\s:.]*\d")


@lru_cache(maxsize=64)
def _by_first_letters(language: Language) -> dict[str, list[str]]:
    """The names by their first run of letters, the longest first."""
    found: dict[str, list[str]] = {}
    for name in [*language.brands, *language.acronym_words, *language.abbreviations]:
        first = re.match(rf"[A-Za-z]+|[{LETTERS}]+", name)
        if first:
            found.setdefault(first[0], []).append(name)
    return {first: sorted(names, key=len, reverse=True) for first, names in found.items()}


def read_name(text: str, position: int, p: Patterns) -> Said | None:
    """A brand, an abbreviation or an acronym that begins here."""
    language = p.language
    word = re.compile(r"[A-Za-z]+").match(text, position)
    if word is None:
        return None
    for name in _by_first_letters(language).get(word[0], ()):
        if said := read_written(name, text, position, p):
            return said
    if capitals := _CAPITALS.match(text, position):
        return spell_capitals(capitals, language), capitals.end()
    if dotted := _DOTTED.match(text, position):
        letters = dotted["letters"].replace(".", "")
        return " ".join(language.letters[letter] for letter in letters), dotted.end()
    return None


def read_native(text: str, position: int, p: Patterns) -> Said | None:
    """An abbreviation in the track's own script (डॉ.)."""
    first = re.compile(rf"[{LETTERS}]+").match(text, position)
    if first is None:
        return None
    for name in _by_first_letters(p.language).get(first[0], ()):
        if said := read_written(name, text, position, p):
            return said
    return None


def read_written(name: str, text: str, position: int, p: Patterns) -> Said | None:
    """This name at this place, unless it is the beginning of something longer."""
    if not text.startswith(name, position):
        return None
    end = position + len(name)
    letters = LATIN if name.isascii() else LETTERS
    if name[-1] != "." and re.match(rf"[{letters}]", text[end : end + 1]):
        return None
    if name in p.language.before_number and not _NUMBER_AHEAD.match(text, end):
        return None
    spoken = p.names[name]
    if name[-1] == ".":
        while text[end : end + 1] == ".":
            end += 1
        if not text[end:].strip():
            end -= 1
    return spoken, end


def spell_capitals(found: re.Match[str], language: Language) -> str:
    """ATM, ATMs: the letters by name."""
    spelled = " ".join(language.letters[letter] for letter in found["letters"])
    return spelled + ("s" if found["plural"] and language.script == "Latn" else "")
