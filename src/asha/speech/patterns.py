"""What a language's word table looks like in written text: expressions and sets, compiled once.

Every expression is matched at a position the pass has found; none contains an unbounded repeat
inside another, so the whole pass stays linear.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from asha.core.language import Language
from asha.speech.money import FOREIGN

Said = tuple[str, int]  # the words, and where the reading ended in the text


def _indic_letters() -> str:
    """Letters and marks of the Indian blocks U+0900..U+0DFF: no digits, no danda."""
    parts = []
    for block in range(0x0900, 0x0E00, 0x80):
        parts.append(f"{chr(block)}-{chr(block + 0x63)}{chr(block + 0x71)}-{chr(block + 0x7F)}")
    return "".join(parts)


INDIC = _indic_letters() + "\u200c\u200d"
LATIN = "A-Za-zÀ-ÖØ-öø-ɏ\u0300-\u036f"
LETTERS = LATIN + INDIC
FULL_WORD = rf"(?![{LETTERS}])"
# 1,25,000 and 125,000; at most 40 digits with commas
INTEGER = r"\d{1,3}(?:,\d{2,3}){0,16},\d{3}(?!\d|,\d)|\d+"
NUMBER = rf"(?:(?:{INTEGER})(?:\.\d+)?|(?<![{LETTERS}\d.,])\.\d+)"
VULGAR = {
    "½": ("1/2", "5"),
    "¼": ("1/4", "25"),
    "¾": ("3/4", "75"),
    "⅓": ("1/3", ""),
    "⅔": ("2/3", ""),
}
AM_PM = r"(?P<half>[AaPp])\.?[Mm]\b\.?"
DASH = "[-–—]"
MINUS = "-−–"


def any_of(words: Iterable[str]) -> str:
    """An expression for any of the words, the longest first; never matches where there are none."""
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word) for word in ordered) or r"(?!)"


class Cues(NamedTuple):
    """Words around digits that say what they are."""

    code: frozenset[str]
    phone: frozenset[str]
    links: frozenset[str]  # between a cue and its digits
    links_after: frozenset[str]  # between digits and a cue that follows
    counted: frozenset[str]  # after a number: it is a quantity
    year: frozenset[str]
    day_part: frozenset[str]


class Calendar(NamedTuple):
    """Dates and times in text."""

    day_month: re.Pattern[str]
    month_day: re.Pattern[str]
    clock_word: re.Pattern[str]
    weekdays: dict[str, str]  # Latin, written -> spoken


class Patterns(NamedTuple):
    """The compiled word table of one language."""

    language: Language
    trigger: re.Pattern[str]  # where something may have to be read differently
    currency: re.Pattern[str]  # before a number
    money_after: re.Pattern[str]
    scale: re.Pattern[str]
    counted_word: re.Pattern[str]  # a native word that is counted, with any ending
    word: re.Pattern[str]
    unit: re.Pattern[str]
    percent: re.Pattern[str]
    ordinal: re.Pattern[str]
    ordinal_attributive: re.Pattern[str]
    glued: re.Pattern[str]
    names: dict[str, str]  # written -> spoken: abbreviations, brands, acronyms said as words
    calendar: Calendar
    cues: Cues


@lru_cache(maxsize=64)
def patterns(language: Language) -> Patterns:
    """The compiled word table; made at the first use of a language (some milliseconds)."""
    numbers, ordinals = language.numbers, language.ordinals
    signs = [*FOREIGN, *(word for word in language.money.written if not word.startswith("/"))]
    sign = any_of(signs)
    suffixes = _suffixes(ordinals.suffixes_written)
    attributive = _suffixes(ordinals.suffixes_written_attributive)
    apart = any_of(s for s in ordinals.suffixes_written_attributive if len(s) > 2 and s[0] != "-")
    return Patterns(
        language=language,
        trigger=_trigger(language, signs),
        currency=re.compile(rf"(?P<written>{sign})\s?(?=[{MINUS}]?\d)"),
        money_after=re.compile(
            rf"\s?(?P<written>[₹$€£]|(?:{sign}){FULL_WORD}|/[-=])(?:\s?/[-=])?"
            rf"(?:(?<=[-=])\s?(?:{sign}){FULL_WORD})?"
        ),
        scale=re.compile(rf"\s?(?P<written>{any_of(numbers.scale_words)}){FULL_WORD}"),
        counted_word=_counted_word(language),
        word=re.compile(rf"[a-z{INDIC}]{{2,20}}{FULL_WORD}"),
        unit=re.compile(rf"\s?(?P<written>{any_of(language.units)})(?![{LETTERS}\d])"),
        percent=re.compile(rf"\s?(?:%|{any_of([language.words['percent']])}{FULL_WORD})"),
        ordinal=re.compile(rf"-?(?P<suffix>{suffixes}){FULL_WORD}"),
        ordinal_attributive=re.compile(
            rf"(?:-?|\s(?={apart}))(?P<suffix>{attributive}){FULL_WORD}"
        ),
        glued=re.compile(rf"-?(?P<ending>{any_of(numbers.glued)}){FULL_WORD}"),
        names={**language.brands, **language.acronym_words, **language.abbreviations},
        calendar=_calendar(language),
        cues=_cues(language),
    )


def _cues(language: Language) -> Cues:
    cues = language.code_cues
    return Cues(
        code=_folded(cues.words),
        phone=_folded(cues.phone),
        links=_folded(cues.links),
        links_after=_folded(cues.links_after),
        counted=_folded(cues.counted),
        year=_folded(language.time.year_cues),
        day_part=_folded(name for _, name in language.time.parts),
    )


def _calendar(language: Language) -> Calendar:
    time = language.time
    months = any_of([*time.months_written, *time.months])
    suffix = rf"(?:(?:{_suffixes(language.ordinals.suffixes_written)}){FULL_WORD})?"
    return Calendar(
        day_month=re.compile(
            rf"(?P<d>\d{{1,2}}){suffix}(?:\s|[-./]|\sof\s)?(?P<month>{months}){FULL_WORD}\.?"
            r"(?:,?[\s/-]?'?(?P<y>\d{4})(?!\d|,\d)|[-/'’](?P<yy>\d{2})(?!\d))?"
        ),
        month_day=re.compile(
            rf"(?P<month>{months}){FULL_WORD}\.?\s?"
            rf"(?:(?P<d>\d{{1,2}}){suffix}(?![\d:.,]?\d)(?:,?\s(?P<y>\d{{4}})(?!\d))?"
            r"|'?(?P<only_y>\d{4})(?!\d|,\d))"
        ),
        clock_word=re.compile(rf"\s?(?P<word>{any_of(time.clock_words)}){FULL_WORD}"),
        weekdays={
            name: time.weekdays[number - 1]
            for name, number in time.weekdays_written.items()
            if name.isascii()
        },
    )


def _suffixes(written: list[str]) -> str:
    return any_of(suffix.lstrip("-") for suffix in written)


def _counted_word(language: Language) -> re.Pattern[str]:
    """Native scale words, spoken units and the language's own list, with any ending."""
    native = {word for word in language.numbers.scale_words if not word.isascii()}
    money = language.money
    units = {*language.units.values(), language.words["percent"], *money.rupee, *money.paisa}
    spoken = {word for word in (*units, *language.units_one.values()) if not word.isascii()}
    words = [word for word in {*native, *spoken} if len(word) > 2]
    listed = any_of([*words, *(word for word in language.code_cues.counted if not word.isascii())])
    latin = any_of(word for word in language.code_cues.counted if word.isascii())
    return re.compile(rf"\s?(?:{listed})|\s(?:{latin})(?![{LETTERS}])")


def _folded(words: Iterable[str]) -> frozenset[str]:
    """As words_before and words_after give them: without capitals and final dots."""
    return frozenset(word.casefold().rstrip(".") for word in words)


def kept_stop(text: str, end: int) -> int:
    """`end` of a reading that may have taken the full stop of the sentence with it."""
    if text[end - 1] != ".":
        return end
    rest = text[end : end + 3].lstrip("\"'”’)")
    ends_here = not rest.strip() or (rest[0] == " " and rest.strip()[:1].isupper())
    return end - 1 if ends_here else end


def _trigger(language: Language, signs: list[str]) -> re.Pattern[str]:
    """Numbers with what stands before them, Latin words, native abbreviations, symbols."""
    before = any_of(signs)
    names = [*language.brands, *language.acronym_words, *language.abbreviations]
    names += [*language.time.months_written, *language.time.months]
    native = any_of(name for name in names if not name[0].isascii())
    not_inside = rf"(?<![{LETTERS}])"
    apart = rf"(?<![{LETTERS}\d%])"
    return re.compile(
        rf"(?P<hyphen>(?<=[{LETTERS}\d%])[-–—](?=\d)|(?<=\d):(?=\d))"
        rf"|(?P<number>{apart}[{MINUS}+]\d"
        rf"|(?:{apart}[{MINUS}])?{not_inside}(?:{before})\s?[{MINUS}]?\d"
        rf"|\d|(?<![{LETTERS}\d.,])\.\d|[½¼¾⅓⅔])"
        r"|(?P<symbol>(?<=\d )[-x](?= \d)|(?<=\d)x(?=\d{1,6}\s?=)|[%&+=×÷@#*_/|~<>≠≤≥^\\₹$€£°])"
        rf"|(?P<word>(?<![{LATIN}])[A-Za-z]+)"
        rf"|(?P<native>{not_inside}(?:{native}))"
    )


def words_before(text: str, position: int, *, most: int = 3) -> list[str]:
    """Up to `most` words before `position` in the same sentence, the nearest first."""
    found: list[str] = []
    for word in reversed(text[max(0, position - 60) : position].split()):
        bare = word.strip("\"'“”‘’()[]:;,-–—=*#")
        if bare:
            if found and bare[-1] == "." and len(bare) > 4:
                break
            found.append(bare.casefold().rstrip("."))
        if len(found) == most or word[-1] in "?!।॥…,;":
            break
    return found


def words_after(text: str, position: int, *, most: int = 3) -> list[str]:
    """Up to `most` words after `position` in the same sentence."""
    found: list[str] = []
    for word in text[position : position + 60].split():
        bare = word.strip("\"'“”‘’()[]:;,-–—=*.?!।॥…")
        if bare:
            found.append(bare.casefold())
        if len(found) == most or word[-1] in ".?!।॥…,;":
            break
    return found
