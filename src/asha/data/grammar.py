"""The grammar of one track: how its people ask, and what Asha answers (grammar/<tag>.toml).

The format is explained in docs/adding/intent.md. The loader is strict: a typo names the file, the
line and the remedy.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from asha.core.errors import BadLanguageFile, UnknownLanguage
from asha.core.language import TAGS
from asha.data.intents import Intent, scope
from asha.data.phrasing import Pattern, parse_pattern, slots_of

MIN_PHRASINGS = 12  # per intent and track (design, section 6)
MINUTES = ("0", "15", "30", "45")
FORMS = (
    *("hour", "hours", "minute", "minutes", "second", "seconds", "list_comma", "list_and"),
    *("reminder_item", "fact_name", "confirm", "cannot"),
)
SECTIONS = {
    *("tag", "reviewer", "fillers", "slots", "times", "forms", "intents"),
    *("romanised", "spoken"),
}
PARTS = {"ask", "reply", "say", "say_empty", "confirm"}
NUMBER_SLOTS = {"a", "b", "amount", "p", "n", "time"}

Lines = list[str]


@dataclass(frozen=True, slots=True)
class Talk:
    """The words of one intent. `reply` and `say` are by value ("" where there is only one kind)."""

    ask: tuple[Pattern, ...]
    reply: Mapping[str, Lines]
    say: Mapping[str, Lines]
    say_empty: Lines
    confirm: Lines


@dataclass(frozen=True, slots=True)
class Grammar:
    """One track. `slots` is by slot ("part", or "part.greet" for a case), then by value."""

    tag: str
    reviewer: str
    before: Lines
    after: Lines
    slots: Mapping[str, Mapping[str, Lines]]
    times: Mapping[str, Lines]
    exact_times: Mapping[str, Lines]
    forms: Mapping[str, str]
    intents: Mapping[str, Talk]
    romanised: Mapping[str, Lines]
    spoken: Mapping[str, str]


@cache
def grammar(tag: str) -> Grammar:
    """The grammar of a track.

    Raises:
        UnknownLanguage: there is no such track.
        BadLanguageFile: its file does not follow the format.
    """
    if tag not in TAGS:
        raise UnknownLanguage(f"There is no language {tag!r}; the tracks are {', '.join(TAGS)}.")
    source = resources.files("asha.data").joinpath("grammar", f"{tag}.toml")
    return parse_grammar(source.read_text(encoding="utf-8"), where=f"grammar/{tag}.toml")


def load_grammar(path: Path) -> Grammar:
    """A grammar from any file, so that a new one can be tried before it is added."""
    return parse_grammar(path.read_text(encoding="utf-8"), where=path.name)


def parse_grammar(text: str, *, where: str) -> Grammar:
    """Check `text` (TOML) against the format.

    Raises:
        BadLanguageFile: with the file, the line and the remedy.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise BadLanguageFile(f"{where} is not valid TOML: {broken}.") from broken
    if text != unicodedata.normalize("NFC", text):
        raise BadLanguageFile(f"{where} is not in Unicode's NFC form; save it normalised.")
    return _Reader(text, where).grammar(table)


class _Reader:
    """Builds a Grammar, and knows where in the file a complaint belongs."""

    def __init__(self, text: str, where: str) -> None:
        self._lines = text.splitlines()
        self._where = where

    def grammar(self, table: Mapping[str, Any]) -> Grammar:
        self._known(table, SECTIONS, "section")
        needed = ("tag", "reviewer", "fillers", "slots", "times", "forms", "intents")
        for name in needed:
            self._require(name in table, name, f"add the section {name!r}")
        fillers, times = table["fillers"], dict(table["times"])
        self._known(fillers, {"before", "after"}, "key of fillers")
        exact = times.pop("exact", {})
        self._known(times, set(MINUTES), "key of times")
        for minute in MINUTES:
            self._require(minute in times, "times", f'add the minute "{minute}"')
        self._known(table["forms"], set(FORMS), "key of forms")
        for form in FORMS:
            self._require(form in table["forms"], "forms", f"add the form {form!r}")
        slots = self._slots(table["slots"])
        return Grammar(
            tag=table["tag"],
            reviewer=table["reviewer"],
            before=self._strings(fillers.get("before", []), "before"),
            after=self._strings(fillers.get("after", []), "after"),
            slots=slots,
            times={key: self._strings(value, key) for key, value in times.items()},
            exact_times={key: self._strings(value, key) for key, value in exact.items()},
            forms=table["forms"],
            intents=self._intents(table["intents"], slots),
            romanised={
                key: self._strings(value, key) for key, value in table.get("romanised", {}).items()
            },
            spoken=table.get("spoken", {}),
        )

    def _slots(self, table: Mapping[str, Any]) -> dict[str, dict[str, Lines]]:
        made: dict[str, dict[str, Lines]] = {}
        for name, forms in table.items():
            slot = name.partition(".")[0]
            self._require(
                slot in scope().slots, name, f"slots are {', '.join(scope().slots)}", "no slot"
            )
            self._known(forms, set(scope().slots[slot]), f"value of {slot}")
            is_complete = set(forms) == set(scope().slots[slot]) or name == "unit.one"
            missing = sorted(set(scope().slots[slot]) - set(forms))
            self._require(is_complete, name, f"add {', '.join(missing)}", "lacks values:")
            made[name] = {value: self._strings(said, value) for value, said in forms.items()}
        for slot in scope().slots:
            self._require(slot in made, "slots", f"add [slots.{slot}]")
        return made

    def _intents(
        self, table: Mapping[str, Any], slots: Mapping[str, Mapping[str, Lines]]
    ) -> dict[str, Talk]:
        intents = scope().intents
        self._known(table, set(intents), "intent")
        for name in intents:
            self._require(name in table, name, f"add [intents.{name}]", "is missing:")
        return {name: self._talk(intents[name], row, slots) for name, row in table.items()}

    def _talk(
        self, intent: Intent, row: Mapping[str, Any], slots: Mapping[str, Mapping[str, Lines]]
    ) -> Talk:
        name = f"intents.{intent.id}"
        self._known(row, PARTS, f"key of {intent.id}")
        ask = [
            self._pattern(text, intent, slots) for text in self._strings(row.get("ask", []), name)
        ]
        enough = len(ask) >= MIN_PHRASINGS
        self._require(enough, name, f"write {MIN_PHRASINGS} or more", f"has {len(ask)} phrasings:")
        wanted, other = ("reply", "say") if intent.kind == "talk" else ("say", "reply")
        self._require(other not in row, name, f"write {wanted!r}", f"cannot have {other!r}:")
        lines = self._by_value(row.get(wanted, []), intent)
        self._require(
            intent.silent or all(lines.values()), name, f"write lines of {wanted}", "is mute:"
        )
        empty, confirm = row.get("say_empty", []), row.get("confirm", [])
        self._require(bool(empty) >= intent.empty, name, "write say_empty", "needs more:")
        self._require(bool(confirm) >= intent.confirm, name, "write confirm", "needs more:")
        for line in [line for kind in lines.values() for line in kind]:
            self._check_placeholders(line, intent)
        return Talk(
            ask=tuple(ask),
            reply=lines if wanted == "reply" else {},
            say=lines if wanted == "say" else {},
            say_empty=self._strings(empty, name),
            confirm=self._strings(confirm, name),
        )

    def _by_value(self, lines: Any, intent: Intent) -> dict[str, Lines]:
        if not isinstance(lines, dict):
            if intent.by and intent.kind == "talk":
                raise self._bad(
                    f"intents.{intent.id}", f"needs a table by {intent.by}", "reply = {...}"
                )
            return {"": self._strings(lines, intent.id)}
        values = scope().values(intent.by) if intent.by else []
        self._known(lines, set(values), f"value of {intent.by or 'reply'} in {intent.id}")
        for value in values:
            self._require(value in lines, f"intents.{intent.id}", f"add {value!r}")
        return {value: self._strings(said, value) for value, said in lines.items()}

    def _pattern(
        self, text: str, intent: Intent, slots: Mapping[str, Mapping[str, Lines]]
    ) -> Pattern:
        try:
            pattern = parse_pattern(text)
        except ValueError as broken:
            raise self._bad(text, str(broken), "mend the brackets") from broken
        found = [slot.name for slot in slots_of(pattern)]
        self._require(
            sorted(found) == sorted(intent.ask),
            text,
            "write "
            + (" ".join(f"{{{name}}}" for name in intent.ask) or "no slots")
            + " once each",
            f"has the slots {found}:",
        )
        for slot in slots_of(pattern):
            name = f"{slot.name}.{slot.case}" if slot.case else slot.name
            self._require(
                name in slots or (slot.name in NUMBER_SLOTS and not slot.case),
                text,
                f'add [slots."{name}"]',
                f"uses {{{name}}}:",
            )
        if any(sign.isdecimal() for sign in text):
            raise self._bad(text, "has a digit", "write numbers in words")
        return pattern

    def _check_placeholders(self, line: str, intent: Intent) -> None:
        try:
            pattern = parse_pattern(line.replace("(", "").replace(")", ""))
        except ValueError as broken:
            raise self._bad(line, str(broken), "mend the brackets") from broken
        for slot in slots_of(pattern):
            known = ", ".join(intent.say) or "none"
            self._require(slot.name in intent.say, line, f"known are {known}", f"{{{slot.name}}}:")

    def _strings(self, value: Any, near: str) -> Lines:
        if not (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            raise self._bad(near, "is not a list of texts", 'write ["...", "..."]')
        return value

    def _known(self, table: Mapping[str, Any], known: set[str], what: str) -> None:
        for name in table:
            self._require(
                name in known, name, f"known are {', '.join(sorted(known))}", f"no {what}:"
            )

    def _require(self, holds: bool, near: str, remedy: str, what: str = "is missing:") -> None:
        if not holds:
            raise self._bad(near, what.rstrip(":"), remedy)

    def _bad(self, near: str, what: str, remedy: str) -> BadLanguageFile:
        lines = (number for number, line in enumerate(self._lines, 1) if near in line)
        line = next(lines, None)
        at = f"{self._where}:{line}" if line else self._where
        return BadLanguageFile(f"{at}: {near!r} {what}; {remedy}.")
