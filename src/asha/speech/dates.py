"""Dates and years in text, in the Indian order: 05/06/2026 is the fifth of June."""

from asha.core.language import Language
from asha.speech.expression import Expression, Match
from asha.speech.numbers import cardinal, ordinal, year
from asha.speech.patterns import DASH, Patterns, Said, kept_stop, words_after, words_before

_DAY_FIRST = Expression(
    r"(?P<d>\d{1,2})(?P<sep>[/.-])(?P<m>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})(?![\d/])"
)
_YEAR_FIRST = Expression(r"(?P<y>\d{4})(?P<sep>[/.-])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})(?![\d/])")
_SHORT = Expression(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})(?![\d/.])")
_DAYS_FROM = Expression(rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s?(?:{DASH}|to)\s?(?=\d)")
_YEAR = Expression(
    rf"(?P<y>\d{{4}})(?:\s?(?P<dash>{DASH})\s?(?P<to>\d{{4}}|\d{{2}}))?(?!\d|[,:/.]\d|%)"
)
_WEEKDAY = Expression(r"([A-Za-z]+)(?P<gap>[.,]{0,2}\s)(?P<next>(?=\d))?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def read_date(text: str, position: int, p: Patterns) -> Said | None:
    """A date that begins with a number."""
    language = p.language
    for expression in (_DAY_FIRST, _YEAR_FIRST):
        if found := expression.match(text, position):
            day, month = int(found["d"]), int(found["m"])
            return date_words(day, month, _full_year(found["y"]), language), found.end()
    if said := _read_days(text, position, p):
        return said
    if found := p.calendar.day_month.match(text, position):
        day, month = int(found["d"]), _month(found["month"], language)
        if not _exists(day, month):
            return None
        written = found["y"] or found["yy"]
        end = kept_stop(text, found.end())
        return date_words(day, month, _full_year(written) if written else None, language), end
    if found := _SHORT.match(text, position):
        day, month = int(found["d"]), int(found["m"])
        is_fraction = f"{day}/{month}" in language.fractions or day < month
        if _exists(day, month) and not is_fraction:
            return date_words(day, month, None, language), found.end()
    return None


def _read_days(text: str, position: int, p: Patterns) -> Said | None:
    """10-12 Dec: the month is said once."""
    first = _DAYS_FROM.match(text, position)
    last = first and p.calendar.day_month.match(text, first.end())
    if first is None or last is None:
        return None
    language, day = p.language, int(first["d"])
    month = _month(last["month"], language)
    if not (_exists(day, month) and day < int(last["d"]) and _exists(int(last["d"]), month)):
        return None
    written = last["y"] or last["yy"]
    to = date_words(int(last["d"]), month, _full_year(written) if written else None, language)
    has_nth = "{nth}" in (language.time.date if written else language.time.date_no_year)
    of = ordinal(day, language) if has_nth else cardinal(day, language)
    return f"{of} {language.words['range']} {to}", kept_stop(text, last.end())


def read_month(text: str, position: int, p: Patterns) -> Said | None:
    """A date that begins with the month: Aug 15, 2026; August 2026."""
    found = p.calendar.month_day.match(text, position)
    if found is None:
        return None
    language = p.language
    month = _month(found["month"], language)
    if found["only_y"]:
        name = language.time.months[month - 1]
        return f"{name} {year(int(found['only_y']), language)}", found.end()
    day = int(found["d"])
    if not _exists(day, month) or not (found["y"] or _is_day(text, found, p)):
        return None
    return date_words(day, month, int(found["y"]) if found["y"] else None, language), found.end()


def _is_day(text: str, found: Match, p: Patterns) -> bool:
    """Whether the number after a month without a year is its day: Aug 15, but not march 5 km.

    After a native month it is left to the words around (ஆகஸ்ட் 15-ம் தேதி).
    """
    end = found.end()
    is_other = p.unit.match(text, end) or p.ordinal_attributive.match(text, end)
    return found["month"].isascii() and not is_other


def read_year(text: str, position: int, p: Patterns) -> Said | None:
    """A year beside a word that announces one (in 1947, सन् 1947, 1947లో)."""
    found = _YEAR.match(text, position)
    if found is None or not 1100 <= int(found["y"]) <= 2099:
        return None
    to = found["to"]
    is_next = bool(to) and int(to) == (int(found["y"]) + 1) % 100  # 2024-25
    before, after = words_before(text, position, most=1), words_after(text, found.end(), most=1)
    if not (is_next or any(word in p.cues.year for word in before + after)):
        return None
    language = p.language
    first = int(found["y"])
    said = year(first, language)
    if not found["to"]:
        return said, found.end("y")
    last = int(found["to"])
    if len(found["to"]) == 2:
        return f"{said} {language.words['range']} {cardinal(last, language)}", found.end()
    return f"{said} {language.words['range']} {year(last, language)}", found.end()


def read_weekday(text: str, position: int, p: Patterns) -> Said | None:
    """Mon, Tuesday: only right before a date or a time; elsewhere English words stay."""
    found = _WEEKDAY.match(text, position)
    name = p.calendar.weekdays.get(found[1]) if found else None
    if found is None or name is None:
        return None
    if found["next"] is not None or p.calendar.month_day.match(text, found.end()):
        return name, found.end() - len(found["gap"]) + (found["gap"][0] == ".")
    return None


def date_words(day: int, month: int, in_year: int | None, language: Language) -> str:
    """The date in words; one that does not exist is read as separate numbers."""
    if not _exists(day, month):
        parts = [cardinal(day, language), cardinal(month, language)]
        return " ".join(parts + ([cardinal(in_year, language)] if in_year is not None else []))
    time = language.time
    form = time.date_no_year if in_year is None else time.date
    return form.format(
        d=cardinal(day, language),
        nth=ordinal(day, language) if "{nth}" in form else "",
        month=time.months[month - 1],
        year="" if in_year is None else year(in_year, language),
    )


def _month(written: str, language: Language) -> int:
    number = language.time.months_written.get(written)
    return number or language.time.months.index(written) + 1


def _exists(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]


def _full_year(written: str) -> int:
    """Two digits are of this century up to 69, of the last from 70 on (as POSIX has it)."""
    number = int(written)
    if len(written) == 4:
        return number
    return number + (2000 if number < 70 else 1900)
