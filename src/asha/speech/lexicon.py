"""The word lists under core/lexicons/, read once each when first needed."""

from dataclasses import dataclass
from functools import cache
from importlib import resources

from asha.core.language import language

ROMANISED = ("hi", "gu", "mr", "ta", "te")  # languages with a romanised lexicon


@dataclass(frozen=True, slots=True)
class Romanised:
    """One language as people type it in Latin letters."""

    own_script: dict[str, str]  # spelling -> word in the language's script
    function_words: frozenset[str]  # those spellings that are function words


def _lines(name: str) -> list[str]:
    text = resources.files("asha.core").joinpath("lexicons", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def english_words() -> frozenset[str]:
    """Common English words that are not also Indian words, in lower case.

    What Indian English reads aloud (units, parts of addresses, months) is English too.
    """
    track = language("en-IN")
    spoken = (track.units, language("hi-Latn").units, track.words, track.web, track.abbreviations)
    written = [phrase for table in spoken for phrase in table.values()]
    written += [*track.time.months, *track.time.weekdays, *track.numbers.below_100, *track.web]
    both = {line.split("\t")[0] for line in _lines("ambiguous.tsv")}
    words = {word for phrase in written for word in phrase.casefold().split() if len(word) > 1}
    return frozenset({*_lines("en.txt"), *words} - both)


@cache
def ambiguous_words() -> frozenset[str]:
    """Latin spellings of an English word that are an Indian word too (main, the, to, is ...)."""
    seldom = {word for line in _lines("seldom-english.txt") for word in line.split()}
    both = {line.split("\t")[0] for line in _lines("ambiguous.tsv")}
    return frozenset(both - seldom)


@cache
def function_words(tag: str) -> frozenset[str]:
    """Function words of a language (also ne) in its own script; und: said in all of them."""
    return _listed("function-words.tsv", tag)


@cache
def abbreviations(kind: str) -> frozenset[str]:
    """English abbreviations without their last dot: before-number, often-last, before-name."""
    return _listed("abbreviations.tsv", kind)


@cache
def endings(key: str) -> tuple[str, ...]:
    """Endings (hi, mr, ne), endings of a sentence (mr-last) and letters (hi-letters) that tell."""
    return tuple(_listed("endings.tsv", key))


def _listed(name: str, key: str) -> frozenset[str]:
    rows = [line.split("\t") for line in _lines(name)]
    return frozenset(word for owner, words in rows if owner == key for word in words.split())


@cache
def romanised(tag: str) -> Romanised:
    """The romanised lexicon of one of ROMANISED."""
    own_script = dict(line.split("\t") for line in _lines(f"{tag}.tsv"))
    marks = function_words(tag)
    return Romanised(
        own_script, frozenset(latin for latin, own in own_script.items() if own in marks)
    )


@cache
def names() -> dict[str, str]:
    """Names of people and places: Latin spelling -> Devanagari."""
    return dict(line.split("\t") for line in _lines("names.tsv"))


@cache
def talk_companions() -> frozenset[str]:
    """Words that may stand beside talk words without changing them (please, yaar, Asha)."""
    return frozenset(word for line in _lines("talk-companions.txt") for word in line.split())


def is_known(spelling: str) -> bool:
    """Whether a lower-case Latin word is in any of the lists."""
    return (
        spelling in english_words()
        or spelling in ambiguous_words()
        or any(spelling in romanised(tag).own_script for tag in ROMANISED)
    )


def plain_spelling(word: str, *, num_same: int = 2) -> str:
    """`word` in lower case, with at most `num_same` equal letters in a row (pleeease, haaaan)."""
    letters: list[str] = []
    for letter in word.casefold():
        if letters[-num_same:] != [letter] * num_same:
            letters.append(letter)
    return "".join(letters)
