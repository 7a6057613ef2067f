"""A language is data: one TOML file under core/languages, checked against the dataclasses below."""

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from asha.core.errors import BadLanguageFile, UnknownLanguage

# What reads files (tomllib, importlib.resources, pathlib) is imported where that happens: it costs
# as much as the rest of this module, which everything imports.
if TYPE_CHECKING:
    from pathlib import Path

# The order people see. A new language is its file and one more word here (docs/adding/language.md).
TAGS = ("hi", "hi-Latn", "en-IN", "gu", "ta", "te", "mr")

Pair = list[str]  # two forms: [alone, followed by more], or [one, many]


@dataclass(frozen=True, eq=False)
class Scale:
    """A power of ten with a name: the word for one of it, and the word after a multiplier."""

    one: Pair
    many: Pair


@dataclass(frozen=True, eq=False)
class BeforeNoun:
    """How a number changes before what it counts: the whole number, else its last word."""

    exact: dict[str, str]
    last_word: dict[str, str]


@dataclass(frozen=True, eq=False)
class Numbers:
    """How integers are built from words."""

    digits: list[str]
    below_100: list[str]
    hundreds: list[Pair]
    thousand: Scale
    lakh: Scale
    crore: Scale
    minus: str
    point: str
    plus: str
    times: str
    divided_by: str
    equals: str
    year_form: str
    scale_words: dict[str, int]
    scale_spoken: dict[str, str]
    arab: Scale | None = None
    thousands_exact: dict[str, Pair] = field(default_factory=dict)
    joiner: str = " "
    # Whether a case ending written right after a number or name stays joined (10માંથી, HDFCમાં).
    joins_endings: bool = False
    year_hundreds: bool = False
    # [first, last] of the years that year_form reads; the rest are plain numbers.
    years_by_hundreds: list[list[int]] = field(default_factory=lambda: [[1100, 1999]])
    year_exact: str = ""  # 1900, where it is not year_form without its end (nineteen hundred)
    year_below_ten: str = ""  # 1905 (nineteen oh five)
    before_noun: BeforeNoun | None = None
    glued: dict[str, str] = field(default_factory=dict)  # case endings joined to the last word
    before_ending: dict[str, str] = field(default_factory=dict)  # final letters that change there
    # Final letters of a whole number, and what they become with a half (இரண்டு, இரண்டரை).
    and_half: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Quarters:
    """Words for quarters and halves (सवा, डेढ़, ढाई, साढ़े, पौने); {n} and {next} are numbers."""

    half: str
    one_quarter: str
    one_half: str
    two_half: str
    plus_quarter: str
    plus_half: str
    minus_quarter: str


@dataclass(frozen=True, eq=False)
class Ordinals:
    """First, second ...: exact words, else the cardinal with a suffix."""

    exact: dict[str, str]
    suffix: str
    suffixes_written: list[str]
    # The form before a noun, where it differs (Tamil 15-ம் தேதி).
    exact_attributive: dict[str, str] = field(default_factory=dict)
    suffix_attributive: str = ""
    suffixes_written_attributive: list[str] = field(default_factory=list)
    # What a written suffix puts in the place of the ordinal's last vowel: 8वीं is आठवीं.
    endings: dict[str, str] = field(default_factory=dict)
    # Two-digit ends from this one on change alone: one hundred twenty first. 100: never.
    last_part_from: int = 100


@dataclass(frozen=True, eq=False)
class Money:
    """Currencies, each [one, many]."""

    rupee: Pair
    paisa: Pair
    dollar: Pair
    cent: Pair
    euro: Pair
    pound: Pair
    written: list[str]
    penny: Pair = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Time:
    """Clock and calendar."""

    clock_words: list[str]
    hour: str
    hour_minute: str
    parts: list[tuple[int, str]]
    with_part: str
    months: list[str]
    weekdays: list[str]
    months_written: dict[str, int]
    weekdays_written: dict[str, int]
    date: str
    date_no_year: str
    year_cues: list[str]
    # clock word with a case ending -> [only hours, hours and minutes]
    clock_forms: dict[str, Pair] = field(default_factory=dict)
    clock_forms_one: dict[str, Pair] = field(default_factory=dict)  # the same for one o'clock
    hour_one: str = ""  # one o'clock, where it is said another way
    hour_minute_one: str = ""
    decade_ends: dict[str, str] = field(default_factory=dict)  # the end of 90 -> that of 90s
    minute_below_ten: str = ""  # five oh five
    quarter_past: str = ""
    half: str = ""
    half_one: str = ""
    half_two: str = ""
    quarter_to: str = ""
    quarter_past_one: str = ""
    quarter_to_one: str = ""


@dataclass(frozen=True, eq=False)
class CodeCues:
    """Words before digits that are read one by one."""

    words: list[str]
    phone: list[str]
    # Words that may stand between a cue and its digits (OTP is 4821).
    links: list[str] = field(default_factory=list)
    # Words that may stand between short digits and a cue that follows (112 पर कॉल करें).
    links_after: list[str] = field(default_factory=list)
    # Words after a number that show it is a quantity (call 500 people).
    counted: list[str] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Talk:
    """What the turn machine listens for; every common spelling, native and romanised."""

    backchannels: list[str]
    stop_words: list[str]
    yes: list[str]
    no: list[str]
    wait: list[str]
    language_names: dict[str, list[str]]
    reply_in: list[str]


@dataclass(frozen=True, eq=False)  # equal by identity, so that caches can key on it
class Language:
    """One track. `reviewer` names the native speaker who read the file, or says "outstanding"."""

    tag: str
    name: str
    english_name: str
    script: str  # ISO 15924
    reviewer: str
    voice: str  # eSpeak NG's voice
    hello: str  # what `asha hello` says
    sentence_ends: list[str]
    clause_marks: list[str]
    conjunctions: list[str]
    numbers: Numbers
    fractions: dict[str, str]
    ordinals: Ordinals
    money: Money
    words: dict[str, str]
    time: Time
    letters: dict[str, str]
    units: dict[str, str]
    abbreviations: dict[str, str]
    acronym_words: dict[str, str]
    brands: dict[str, str]
    web: dict[str, str]
    code_cues: CodeCues
    talk: Talk
    # A reply's first words (Yes, of course): spoken at their comma, while the rest is thought.
    openers: list[str] = field(default_factory=list)
    full_stop: str = "."  # ends a line that has no mark of its own
    # Abbreviations that are ordinary words elsewhere: read only before a number (No. 5).
    before_number: list[str] = field(default_factory=list)
    roman_nouns: list[str] = field(default_factory=list)  # numbered in Roman: World War II
    quarters: Quarters | None = None
    units_one: dict[str, str] = field(default_factory=dict)  # the unit after the number one


@cache
def language(tag: str) -> Language:
    """The language with this BCP 47 tag.

    Raises:
        UnknownLanguage: there is no such track.
        BadLanguageFile: its file does not follow the schema.
    """
    if tag not in TAGS:
        raise UnknownLanguage(
            f"There is no language {tag!r}; the tracks are {', '.join(TAGS)}.", param="language"
        )
    from importlib import resources

    source = resources.files("asha.core").joinpath("languages", f"{tag}.toml")
    return parse_language(source.read_text(encoding="utf-8"), where=f"{tag}.toml")


def load_language(path: "Path") -> Language:
    """A language from any file, so that a new one can be tried before it is added."""
    return parse_language(path.read_text(encoding="utf-8"), where=path.name)


def parse_language(text: str, *, where: str) -> Language:
    """Check `text` (TOML) against the schema; unknown and missing keys are named.

    Raises:
        BadLanguageFile: with the file, the key and the remedy.
    """
    import tomllib

    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as broken:
        raise BadLanguageFile(f"{where} is not valid TOML: {broken}.") from broken
    made: Language = _build(Language, table, where)
    if len(made.numbers.below_100) != 100:
        raise BadLanguageFile(f"{where}: numbers.below_100 needs 100 words, 0 to 99.")
    return made


def _build(kind: Any, value: Any, where: str) -> Any:
    """`value` as `kind` (a dataclass, or a plain or optional type), or BadLanguageFile."""
    if typing.get_origin(kind) is types.UnionType:
        kind = next(arm for arm in typing.get_args(kind) if arm is not types.NoneType)
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        return _checked(kind, value, where)
    if not isinstance(value, dict):
        raise BadLanguageFile(f"{where} must be a table.")
    hints = typing.get_type_hints(kind)
    if unknown := sorted(set(value) - set(hints)):
        raise BadLanguageFile(f"{where}: unknown key {unknown[0]!r}; known are {', '.join(hints)}.")
    for spec in dataclasses.fields(kind):
        has_default = (
            spec.default is not dataclasses.MISSING
            or spec.default_factory is not dataclasses.MISSING
        )
        if spec.name not in value and not has_default:
            raise BadLanguageFile(f"{where}: the key {spec.name!r} is missing; add it.")
    return kind(**{key: _build(hints[key], part, f"{where}: {key}") for key, part in value.items()})


def _checked(kind: Any, value: Any, where: str) -> Any:
    origin, arms = typing.get_origin(kind) or kind, typing.get_args(kind)
    if origin is tuple and isinstance(value, list) and len(value) == len(arms):
        return tuple(_checked(arm, part, where) for arm, part in zip(arms, value, strict=True))
    if not isinstance(value, origin):
        raise BadLanguageFile(f"{where} must be {getattr(origin, '__name__', origin)}.")
    if origin is list:
        return [_checked(arms[0], part, where) for part in value]
    if origin is dict:
        return {key: _checked(arms[1], part, where) for key, part in value.items()}
    return value
