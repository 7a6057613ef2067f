"""Clock times in text: 5:30 PM, 17:45, 5.30 बजे, 10-12 बजे."""

from typing import NamedTuple

from asha.speech.expression import Expression
from asha.speech.numbers import cardinal, clock, clock_word, counting, part_of_day
from asha.speech.patterns import AM_PM, DASH, LETTERS, Patterns, Said, kept_stop, words_before

_DIGITS = Expression(r"(?P<h>\d{1,2})(?:(?P<sep>[:.])(?P<m>\d{2})(?::(?P<s>[0-5]\d))?)?(?![\d:])")
_HALF = Expression(rf"\s?{AM_PM}(?![{LETTERS}])".replace(r"\b", ""))
_DASH = Expression(rf"\s?{DASH}\s?(?=\d)")


class Time(NamedTuple):
    """A time as written: `half` is "a", "p" or "", `word` the clock word after it."""

    hour: int
    minute: int
    half: str
    word: str
    has_colon: bool
    end: int
    second: int = 0

    @property
    def hour_24(self) -> int:
        if self.half == "p":
            return self.hour % 12 + 12
        return self.hour % 12 if self.half == "a" else self.hour % 24


def read_time(text: str, position: int, p: Patterns) -> Said | None:
    """A time, or a range of two."""
    first = _time(text, position, p)
    if first is None:
        return None
    if dash := _DASH.match(text, first.end):
        second = _time(text, dash.end(), p)
        if second and _is_time(second) and (_is_time(first) or second.word or second.half):
            return _said_range(first, second, text, position, p)
    if not _is_time(first):
        return None
    language = p.language
    part = _part(first, text, position, p)
    said = clock(first.hour, first.minute, language, part=part, word=first.word)
    if first.second and "sec" in language.units:
        seconds = language.units["sec"]
        seconds = language.units_one.get(seconds, seconds) if first.second == 1 else seconds
        said = f"{said} {counting(first.second, language)} {seconds}"
    return said, first.end


def _said_range(first: Time, second: Time, text: str, position: int, p: Patterns) -> Said:
    language = p.language
    range_word = language.words["range"]
    upper = clock(second.hour, second.minute, language, word=second.word)
    if first.half and second.half:
        lower = clock(first.hour, first.minute, language, part=_part(first, text, position, p))
        upper = clock(
            second.hour,
            second.minute,
            language,
            part=part_of_day(second.hour_24, language),
            word=second.word,
        )
        return f"{lower} {range_word} {upper}", second.end
    if first.minute or not clock_word(language):
        lower = clock(first.hour, first.minute, language).removesuffix(clock_word(language))
    else:
        lower = cardinal(first.hour % 12 or 12, language)
    both = f"{lower.strip()} {range_word} {upper}"
    part = _part(second if second.half else first, text, position, p)
    return (language.time.with_part.format(part=part, time=both) if part else both), second.end


def _time(text: str, position: int, p: Patterns) -> Time | None:
    found = _DIGITS.match(text, position)
    if found is None:
        return None
    hour, minute = int(found["h"]), int(found["m"] or 0)
    if hour > 24 or minute > 59:
        return None
    end, half, word = found.end(), "", ""
    if written := _HALF.match(text, end):
        half, end = written["half"].lower(), kept_stop(text, written.end())
    if after := p.calendar.clock_word.match(text, end):
        word, end = after["word"], after.end()
    if found["sep"] == "." and not (half or word):
        return None
    if half and hour > 12:
        half = ""
    if word and not (found["sep"] or clock_word(p.language)):
        word = ""  # 3 hrs is no time where the hour has no clock word of its own
    return Time(hour, minute, half, word, found["sep"] == ":", end, int(found["s"] or 0))


def _is_time(time: Time) -> bool:
    return bool(time.has_colon or time.half or time.word)


def _part(time: Time, text: str, position: int, p: Patterns) -> str:
    """The part of the day to say, unless it has been said already."""
    if not (time.half or time.hour > 12 or time.hour == 0):
        return ""
    if any(word in p.cues.day_part for word in words_before(text, position, most=2)):
        return ""
    return part_of_day(time.hour_24, p.language)
