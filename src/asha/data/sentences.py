"""Sentences from a grammar: what somebody says, how it is spoken, and what Asha makes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from asha.core.language import TAGS, Numbers, language
from asha.data.grammar import Grammar, grammar
from asha.data.intents import PUBLIC_NAMES, Intent, call_of, scope
from asha.data.number_words import number_words
from asha.data.phrasing import Slot, choose, squeeze
from asha.data.romanise import romanised
from asha.speech.plain import plain

Writing = Literal["words", "digits", "romanised"]
Slots = Mapping[str, Any]

FILLER_BEFORE, FILLER_AFTER = 0.22, 0.1
ENGLISH_NUMBERS = 0.2  # Hinglish counts in English too
RESPELLED = 0.5  # Hindi words of Hinglish that somebody spells another way
NOTHING_MORE: Mapping[str, str] = {}
# Which hours go with which part of the day when people speak (now and then any).
USUAL_HOURS = {
    "morning": (4, 11),
    "afternoon": (12, 4),
    "evening": (4, 8),
    "night": (8, 12),
}
ANY_HOUR = 0.15
SOCIAL = (
    *("greet", "greet_part", "how_are_you", "thanks", "bye", "who_are_you", "who_made_you"),
    *("help", "compliment", "sad", "can_you_hear", "yes", "no", "stop", "wait", "backchannel"),
    *("repeat", "slower", "faster", "louder", "softer", "weather"),
)
# Intents whose slots are many need more examples than a joke.
WEIGHTS = {
    **dict.fromkeys(("alarm_set", "reminder_set", "timer_set"), 4.0),
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "percent"), 3.0),
    **{"convert": 5.0, "name_tell": 2.0, "note_add": 2.0, "state_capital": 2.0, "language": 2.0},
    **{"weekday": 1.5, "emergency": 2.0, "out_of_scope": 15.0},
    # Short and social: many wordings, few letters to tell them apart by.
    **dict.fromkeys(SOCIAL, 2.0),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One request. `spoken` is what a synthesiser reads (Hinglish: both scripts), `text` is plain.

    `slots` are the values by their public names, as in a tool's arguments.
    """

    tag: str
    intent: str
    slots: Slots
    text: str
    spoken: str


def any_sentence(tag: str, chance: Random, *, writing: Writing = "words") -> Sentence:
    """A random request of the track."""
    names = list(scope().intents)
    weights = [WEIGHTS.get(name, 1.0) for name in names]
    intent = scope().intents[chance.choices(names, weights)[0]]
    return sentence_of(tag, intent, any_slots(intent, chance), chance, writing=writing)


def sentence_of(
    tag: str, intent: Intent, slots: Slots, chance: Random, *, writing: Writing = "words"
) -> Sentence:
    """One way of saying `intent` with these values."""
    rules = grammar(tag)
    pieces = choose(chance.choice(rules.intents[intent.id].ask), chance)
    if intent.id != "backchannel":
        pieces = _with_fillers(pieces, rules, chance)
    text = said(pieces, rules, slots, chance, writing=writing)
    spoken = spoken_form(text, tag)
    if writing == "romanised":
        text = _as_typed(text, spoken, rules, chance)
    return Sentence(tag, intent.id, slots, plain(text), plain(spoken))


def said(
    pieces: Sequence[str | Slot],
    rules: Grammar,
    slots: Slots,
    chance: Random,
    *,
    writing: Writing = "words",
) -> str:
    """The pieces of a phrasing with its values filled in."""
    forms = _Forms(rules, slots, chance, writing)
    return squeeze("".join(forms.said(p) if isinstance(p, Slot) else p for p in pieces))


def any_numbers(tag: str, chance: Random) -> Sentence:
    """One to five bare numbers, as in a house number or a PIN: nothing Asha is asked to do."""
    is_english = tag == "hi-Latn" and chance.random() < ENGLISH_NUMBERS
    numbers = language("en-IN" if is_english else tag).numbers
    most = chance.choice((9, 9, 99))
    count = chance.choice((1, 1, 1, 2, 3, 4, 5))
    text = " ".join(number_words(chance.randint(0, most), numbers) for _ in range(count))
    return Sentence(tag, "out_of_scope", {}, plain(text), plain(spoken_form(text, tag)))


def target_of(intent: Intent, slots: Slots, reply: str, chance: Random) -> str:
    """What the language model answers, in the language `reply`: a call, or a reply by heart."""
    if intent.kind == "tool":
        return call_of(intent, slots)
    replies = grammar(reply).intents[intent.id].reply
    return chance.choice(replies[str(slots[intent.by]) if intent.by else ""])


def any_slots(intent: Intent, chance: Random) -> dict[str, Any]:
    """Values for an intent, by their public names, likely ones more often."""
    names = [*intent.arguments, *([intent.by] if intent.by in intent.ask else [])]
    slots: dict[str, Any] = {}
    for name in dict.fromkeys(names):
        slots[PUBLIC_NAMES.get(name, name)] = _any_value(intent.id, name, slots, chance)
    if {"hour", "part"} <= set(slots) and chance.random() > ANY_HOUR:
        slots["hour"] = _usual_hour(slots["part"], chance)
    return slots


def spoken_form(text: str, tag: str, more: Mapping[str, str] = NOTHING_MORE) -> str:
    """`text` as the synthesiser shall read it: words of the grammar's `spoken` table replaced.

    `more` are words that the grammar does not use.
    """
    known = _spoken_words(tag)
    words = ((plain(word), word) for word in text.split())
    return " ".join(known.get(key, more.get(key, word)) for key, word in words)


class _Forms:
    """Says slot values: the same value in words, in digits, in a case."""

    def __init__(self, rules: Grammar, slots: Slots, chance: Random, writing: Writing) -> None:
        self._rules, self._slots, self._chance = rules, slots, chance
        self._has_digits = writing == "digits"
        table = (
            "en-IN" if rules.tag == "hi-Latn" and chance.random() < ENGLISH_NUMBERS else rules.tag
        )
        self._numbers = language(table).numbers

    def said(self, slot: Slot) -> str:
        if slot.name == "time":
            return self._time(self._slots["hour"], self._slots.get("minute", 0))
        if slot.name in scope().numbers:
            return self._number(self._slots[slot.name])
        forms = self._rules.slots[f"{slot.name}.{slot.case}" if slot.case else slot.name]
        value = self._value(slot.name)
        if slot.name == "unit" and self._slots.get("amount") == 1 and not slot.case:
            forms = {**forms, **self._rules.slots.get("unit.one", {})}
        return self._chance.choice(forms[value])

    def _value(self, name: str) -> str:
        if name in ("from", "to"):
            return scope().pairs[self._slots["pair"]][name == "to"]
        return str(self._slots[PUBLIC_NAMES.get(name, name)])

    def _number(self, value: int) -> str:
        return str(value) if self._has_digits else number_words(value, self._numbers)

    def _time(self, hour: int, minute: int) -> str:
        if self._has_digits:
            written = f"{hour}:{minute:02d}" if minute else str(hour)
            return self._chance.choice(self._rules.times["0"]).format(h=written, next="")
        exact = self._rules.exact_times.get(f"{hour}:{minute:02d}")
        forms = exact or self._rules.times[str(minute)]
        following = hour % 12 + 1
        return self._chance.choice(forms).format(
            h=number_words(hour, self._numbers), next=number_words(following, self._numbers)
        )


def _as_typed(text: str, spoken: str, rules: Grammar, chance: Random) -> str:
    """In Latin letters. Hinglish is already: its Hindi words only change their spelling."""
    if rules.tag != "hi-Latn":
        return romanised(text, rules.romanised, chance)
    words, others = text.split(), spoken.split()
    if len(words) != len(others):  # a word that is read as several
        return text
    pairs = zip(words, others, strict=True)
    return " ".join(
        romanised(said, {}, chance) if said != word and chance.random() < RESPELLED else word
        for word, said in pairs
    )


@cache
def _spoken_words(tag: str) -> Mapping[str, str]:
    """Plain words and how to read them; Hinglish numbers are read as Hindi's."""
    known = {plain(word): said for word, said in grammar(tag).spoken.items()}
    if tag != "hi-Latn":
        return known
    latin, hindi = language("hi-Latn").numbers, language("hi").numbers
    return {**dict(_number_pairs(latin, hindi)), **known}


def _number_pairs(of: Numbers, to: Numbers) -> Sequence[tuple[str, str]]:
    pairs = []
    for value in (*range(100), *range(100, 1_000, 100), 1_000, 2_000):
        words, others = (number_words(value, table).split() for table in (of, to))
        if len(words) == len(others):
            pairs += list(zip(words, others, strict=True))
    return pairs


def _with_fillers(pieces: list[str | Slot], rules: Grammar, chance: Random) -> list[str | Slot]:
    if rules.before and chance.random() < FILLER_BEFORE:
        pieces = [chance.choice(rules.before) + " ", *pieces]
    if rules.after and chance.random() < FILLER_AFTER:
        pieces = [*pieces, " " + chance.choice(rules.after)]
    return pieces


def _any_value(intent: str, name: str, slots: Slots, chance: Random) -> Any:
    if name == "pair":
        return chance.choice(list(scope().pairs))
    if name == "minute":
        return chance.choice((0, 0, 15, 30, 45))
    if name in scope().numbers:
        return _any_number(intent, name, slots, chance)
    return chance.choice(scope().values(name))


def _any_number(intent: str, name: str, slots: Slots, chance: Random) -> int:
    if name == "amount":
        return chance.choice((chance.randint(1, 60), chance.choice((1, 2, 5, 10, 15, 20, 30, 45))))
    if name == "n":
        round_to = chance.choice((1, 5, 10, 50, 100))
        most = 1_000 if intent == "convert" or chance.random() < 0.5 else 9_999
        small = chance.randint(1, 20) if chance.random() < 0.4 else 0
        return small or min(most, max(1, chance.randint(1, most) // round_to * round_to))
    low, high = scope().numbers[name]
    high = min(high, 99) if intent == "multiply" or chance.random() < 0.6 else high
    value = chance.randint(max(low, 1 if intent == "divide" and name == "b" else low), high)
    if intent == "divide" and name == "b":
        return chance.randint(1, 99)
    if intent == "subtract" and name == "b" and chance.random() < 0.9:
        return chance.randint(0, slots["a"])
    return chance.choice((value, min(value // 5 * 5 + 5, high))) if name == "p" else value


def _usual_hour(part: str, chance: Random) -> int:
    first, last = USUAL_HOURS[part]
    hours = range(first, last + 1 if last > first else last + 13)
    return (chance.choice(list(hours)) - 1) % 12 + 1


def check_tags(tags: Sequence[str]) -> None:
    """Fail early where a track has no grammar."""
    for tag in tags:
        assert tag in TAGS
        grammar(tag)
