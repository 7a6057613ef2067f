"""What a full stop after a word means: the end of a sentence, or part of an abbreviation."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from asha.core.language import Language, language
from asha.speech.lexicon import abbreviations

MAX_INITIAL_CHARS = 2
MAX_MARKER_DIGITS = 2  # "12." may number a step; "500." is an amount at the end of a sentence


class Dot(Enum):
    """What to do at a full stop followed by a space."""

    ENDS = "the sentence ends"
    JOINS = "part of the word before"
    JOINS_BEFORE_DIGIT = "part of the word if a number follows"
    ENDS_BEFORE_CAPITAL = "the end if a capital letter follows"
    JOINS_BEFORE_INITIAL = "part of the word if another initial follows"


@dataclass(frozen=True, slots=True)
class DotRules:
    """The abbreviations and letter names of one language."""

    abbreviations: frozenset[str]  # without the last dot, case folded
    letters: frozenset[str]  # names of letters in the language's script
    words: frozenset[str]  # letter names that are also words (आई, जी ...)

    def dot_after(self, word: str, *, is_after_initial: bool, is_marker: bool) -> Dot:
        """What the dot after `word` means; `is_marker`: a number here would count steps."""
        folded = word.casefold()
        if word.isdecimal():
            return Dot.JOINS if is_marker and len(word) <= MAX_MARKER_DIGITS else Dot.ENDS
        if folded in abbreviations("before-number"):
            return Dot.JOINS_BEFORE_DIGIT
        if folded in abbreviations("often-last"):
            return Dot.ENDS_BEFORE_CAPITAL
        if folded in abbreviations("before-name") or folded in self.abbreviations:
            return Dot.JOINS
        if "." in word:
            return self._after_dotted(word)
        return self._after_letter(word, is_after_initial=is_after_initial)

    def _after_dotted(self, word: str) -> Dot:
        """U.S., B.A., कि.मी., एस.बी.आई. against example.in."""
        parts = [part for part in word.split(".") if part]
        if parts and all(len(part) == 1 and part.isascii() for part in parts):
            return Dot.ENDS_BEFORE_CAPITAL
        is_short = all(
            part in self.letters or (len(part) <= 3 and not part.isascii()) for part in parts
        )
        return Dot.JOINS if parts and is_short else Dot.ENDS

    def _after_letter(self, word: str, *, is_after_initial: bool) -> Dot:
        """A. P. J., के. एल."""
        if is_after_initial and len(word) <= MAX_INITIAL_CHARS:
            return Dot.JOINS  # spellings of letters vary (టి, టీ)
        if not self.is_initial(word):
            return Dot.ENDS
        if is_after_initial:
            return Dot.JOINS
        return Dot.JOINS_BEFORE_INITIAL if word == "I" or word in self.words else Dot.JOINS

    def is_initial(self, word: str) -> bool:
        """Whether `word` can be an initial: one capital, or the name of a letter."""
        return (len(word) == 1 and word.isascii() and word.isupper()) or word in self.letters


def dot_rules(track: Language) -> DotRules:
    """The rules of a language: its own abbreviations and those of English."""
    talk = track.talk
    words = {*talk.backchannels, *talk.yes, *talk.no, *track.conjunctions, *track.time.year_cues}
    return _rules(
        tuple(track.abbreviations) + tuple(track.units) + tuple(track.money.written),
        tuple(track.letters.items()),
        frozenset(words),
    )


@cache
def _rules(
    written: tuple[str, ...], letters: tuple[tuple[str, str], ...], words: frozenset[str]
) -> DotRules:
    english = language("en-IN").abbreviations
    dotted = {key[:-1].casefold() for key in (*written, *english) if key.endswith(".")}
    names = {name for _, name in letters if not name.isascii()}
    # The letter I (आई, आय, આઈ, ஐ, ఐ) is a word of its own in most of the languages.
    also_words = {name for letter, name in letters if letter == "I"} | (names & words)
    return DotRules(frozenset(dotted - {""}), frozenset(names), frozenset(also_words))


def is_address(word: str) -> bool:
    """Whether the beginning of a word is that of a URL or an e-mail address."""
    return "://" in word or "@" in word or "/" in word or word.casefold().startswith("www.")
