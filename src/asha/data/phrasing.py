"""A phrasing is a pattern: `(टाइम|समय) (बताओ|) {part} {time}`, with alternatives and slots."""

import re
from dataclasses import dataclass
from random import Random

_PIECE = re.compile(r"\(([^()]*)\)|\{([^{}]*)\}|([^(){}]+)")


@dataclass(frozen=True, slots=True)
class Words:
    """Alternatives, one of which is said; an empty one makes the group optional."""

    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A value: its slot and, after a dot, the case it stands in."""

    name: str
    case: str = ""


Pattern = tuple[Words | Slot, ...]


def parse_pattern(text: str) -> Pattern:
    """The pieces of `text`.

    Raises:
        ValueError: brackets that do not pair, nest, or hold nothing; the message says which.
    """
    pieces: list[Words | Slot] = []
    end = 0
    for match in _PIECE.finditer(text):
        if match.start() != end:
            raise ValueError(f"a bracket without its partner near {text[end : end + 12]!r}")
        end = match.end()
        choices, slot, words = match.groups()
        if words is not None:
            pieces.append(Words((words,)))
        elif slot is not None:
            name, _, case = slot.partition(".")
            pieces.append(Slot(name, case))
        elif "|" in choices:
            pieces.append(Words(tuple(choices.split("|"))))
        else:
            raise ValueError(f"({choices}) has no alternatives; write (a|b), or (a|) for optional")
    if end != len(text):
        raise ValueError(f"a bracket without its partner near {text[end : end + 12]!r}")
    return tuple(pieces)


def slots_of(pattern: Pattern) -> list[Slot]:
    """The slots, in order."""
    return [piece for piece in pattern if isinstance(piece, Slot)]


def choose(pattern: Pattern, chance: Random) -> list[str | Slot]:
    """One way of saying it: words, with the slots still open."""
    return [
        chance.choice(piece.choices) if isinstance(piece, Words) else piece for piece in pattern
    ]


def count(pattern: Pattern) -> int:
    """How many ways there are, slots not counted."""
    product = 1
    for piece in pattern:
        product *= len(piece.choices) if isinstance(piece, Words) else 1
    return product


def squeeze(text: str) -> str:
    """Single spaces, none at the ends: optional words leave gaps."""
    return " ".join(text.split())
