"""What a full stop after a word means: the end of a sentence, or part of an abbreviation."""

from dataclasses import dataclass
from enum import Enum
from functools import cache

from asha.core.language import Language, language

# Abbreviations that are also words ("no. 5" against "I said no."), and short months: the dot
# belongs to them only before a number.
BEFORE_NUMBERS = frozenset(
    "no nos sec min ext opp art fig vol pg pp ch gen col co in ft oz sat sun mon tue wed thu fri "
    "jan feb mar apr may jun jul aug sep sept oct nov dec ph mob tel".split()
)
# Abbreviations that close a sentence as often as they stand inside one.
OFTEN_LAST = frozenset(
    "etc ltd pvt.ltd inc corp jr sr a.m p.m am pm hrs rd apt bldg dist approx".split()
)
# Words before names and numbers in every track's text, beside the tables of the languages.
ALWAYS_BEFORE_NAMES = frozenset(
    "dr mr mrs ms prof smt sh shri st rs re lt capt maj adv er hon mt vs v/s e.g i.e cf viz".split()
)
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

    def dot_after(self, word: str, *, is_after_initial: bool, is_first: bool) -> Dot:
        """What the dot after `word` means; `is_first`: the word begins its phrase."""
        folded = word.casefold()
        if word.isdecimal():
            return Dot.JOINS if is_first and len(word) <= MAX_MARKER_DIGITS else Dot.ENDS
        if folded in BEFORE_NUMBERS:
            return Dot.JOINS_BEFORE_DIGIT
        if folded in OFTEN_LAST:
            return Dot.ENDS_BEFORE_CAPITAL
        if folded in ALWAYS_BEFORE_NAMES or folded in self.abbreviations:
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
        is_capital = len(word) == 1 and word.isascii() and word.isupper()
        if not (is_capital or word in self.letters):
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
