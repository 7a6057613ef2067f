"""How results are put into words: lines of the grammar, times, durations, lists, numbers."""

import datetime as dt
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from asha.conversation.tools.sayings import Sayings
from asha.core.language import Language
from asha.speech.dates import date_words
from asha.speech.numbers import clock, part_of_day


class Wording:
    """The words of one track; where there are several lines, `chance` chooses."""

    def __init__(self, sayings: Sayings, language: Language, chance: Random) -> None:
        self.language = language
        self._sayings, self._chance = sayings, chance

    def line(self, tool: str, /, *, by: str = "", **values: str) -> str:
        """A line of `say`, of the table's row `by` where there are rows; "" for silent tools."""
        rows = self._sayings.tools.get(tool, {}).get("say", {})
        return self._any(rows.get(by) or rows.get("") or [], values)

    def empty(self, tool: str) -> str:
        """What is said when there is nothing."""
        return self._any(self._sayings.tools.get(tool, {}).get("say_empty", []), {})

    def question(self, tool: str) -> str:
        """What is asked before something is deleted."""
        lines = self._sayings.tools.get(tool, {}).get("confirm", [])
        return self._any(lines, {}) or self.form("confirm")

    def reply(self, name: str) -> str:
        """A line that is no tool's."""
        return self._any(self._sayings.replies.get(name, []), {})

    def form(self, name: str, /, **values: str) -> str:
        """A piece of speech."""
        return self._sayings.forms[name].format(**values)

    def slot(self, name: str, value: str) -> str:
        """A slot's value as Asha says it; what is not in the grammar is said as it was given."""
        return self._sayings.slots.get(name, {}).get(value, value.replace("_", " "))

    def time(self, moment: dt.datetime) -> str:
        """A time of day with its part of the day, in the moment's own zone."""
        part = part_of_day(moment.hour, self.language)
        return clock(moment.hour, moment.minute, self.language, part=part)

    def date(self, day: dt.date) -> str:
        """Day, month and year."""
        return date_words(day.day, day.month, day.year, self.language)

    def weekday(self, day: dt.date) -> str:
        """The day's name."""
        return self.language.time.weekdays[day.weekday()]

    def duration(self, length: dt.timedelta) -> str:
        """Hours, minutes and seconds; what is none is left out."""
        seconds = max(1, round(length.total_seconds()))
        parts = (
            ("hour", seconds // 3_600),
            ("minute", seconds // 60 % 60),
            ("second", seconds % 60),
        )
        said = [
            self.form(name if count == 1 else f"{name}s", n=str(count))
            for name, count in parts
            if count
        ]
        return " ".join(said)

    def listed(self, items: Sequence[str]) -> str:
        """a, b and c."""
        if len(items) < 2:
            return "".join(items)
        return self.form("list_comma").join(items[:-1]) + self.form("list_and") + items[-1]

    def _any(self, lines: Sequence[str], values: Mapping[str, Any]) -> str:
        return self._chance.choice(lines).format(**values) if lines else ""


def number(value: float) -> str:
    """Digits with Indian grouping and at most two decimals: 125000 -> 1,25,000; 3.333 -> 3.33."""
    rounded = round(abs(value), 2)
    whole, decimals = f"{rounded:.2f}".split(".")
    head, tail = whole[:-3], whole[-3:]
    groups = [tail]
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    decimals = decimals.rstrip("0")
    sign = "-" if value < 0 and rounded else ""
    return sign + ",".join(groups) + (f".{decimals}" if decimals else "")
