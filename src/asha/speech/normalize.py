"""Written text as a voice reads it: ₹1,25,000 becomes एक लाख पच्चीस हज़ार रुपये."""

import re
from collections.abc import Callable

from asha.core.language import Language
from asha.speech.addresses import read_address
from asha.speech.clean import clean, in_nfc, without_item_mark
from asha.speech.codes import (
    read_code,
    read_hyphen,
    read_mixed,
    read_phone,
    read_short_phone,
    read_version,
)
from asha.speech.dates import read_date, read_month, read_weekday, read_year
from asha.speech.expression import Expression
from asha.speech.names import read_name, read_native
from asha.speech.numbers import digits
from asha.speech.patterns import INDIC, LETTERS, Patterns, Said, patterns
from asha.speech.quantity import read_feet, read_fraction, read_quantity, with_ending
from asha.speech.roman import read_roman
from asha.speech.signs import read_sign
from asha.speech.surroundings import spans
from asha.speech.times import read_time

_NATIVE_DIGITS = Expression(r"(?![0-9])\d")  # १२३, ௧௨௩
_INDIC = Expression(f"[{INDIC}]")
_WORD = Expression(rf"[{LETTERS}\d]")
_DIGITS = Expression(r"\d+")
_MARK_APART = Expression(r" (?=[,.;!?।॥…](?:\s|$))")
_SPACES = Expression("  +")

Reader = Callable[[str, int, Patterns], Said | None]

# What may begin at a place, by what stands there; the first that recognises it reads it.
READERS: dict[str, tuple[Reader, ...]] = {
    "number": (
        read_address,
        read_code,
        read_phone,
        read_date,
        read_time,
        read_year,
        read_short_phone,
        read_fraction,
        read_feet,
        read_version,
        read_mixed,
        read_quantity,
    ),
    "word": (read_address, read_month, read_weekday, read_roman, read_mixed, read_name),
    "native": (read_month, read_native),
    "hyphen": (read_hyphen,),
    "symbol": (read_sign,),
}


def normalize(text: str, language: Language) -> str:
    """`text` as a voice of `language` reads it; never raises, linear in the length of the text."""
    cleaned = _NATIVE_DIGITS.sub(lambda found: str(int(found[0])), clean(text, language))
    pieces = spans(cleaned, language)
    said = [_read(piece, patterns(own)) for piece, own in pieces]
    return in_nfc(_SPACES.sub(" ", without_item_mark("".join(said)))).strip()


def _read(text: str, p: Patterns) -> str:
    """One pass over a text of one language."""
    hit = p.trigger.search(text)
    if hit is None:
        return text
    pieces: list[str] = []  # left, said, left, said, ..., left
    position = 0
    while hit is not None:
        if read := _at(text, hit, p):
            start, said, end = read
            pieces += (text[position:start], said)
            position = end
        hit = p.trigger.search(text, position if read else hit.end())
    pieces.append(text[position:])
    return _tidy(pieces, joins_endings=p.language.numbers.joins_endings)


def _at(text: str, hit: re.Match[str], p: Patterns) -> tuple[int, str, int] | None:
    """Where a reading begins, what is said, where it ends; a number is always read."""
    start, kind = hit.start(), hit.lastgroup or ""
    if said := _first(text, start, kind, p):
        return start, *said
    if kind != "number":
        return None
    if text[start] in "₹$€£":  # ₹0.0.0: no amount
        return start, *(_first(text, start, "symbol", p) or ("", start + 1))
    digit = hit.end() - 1  # the trigger ends in a digit; what stands before it stays
    if digit > start and (said := _first(text, digit, kind, p)):
        return digit, *said
    run = _DIGITS.match(text, digit)
    return (digit, digits(run[0], p.language), run.end()) if run else None


def _first(text: str, start: int, kind: str, p: Patterns) -> Said | None:
    """What the first reader that recognises this place says."""
    for reader in READERS[kind]:
        if said := reader(text, start, p):
            return with_ending(said, text, p) if kind in ("number", "hyphen") else said
    return None


def _tidy(pieces: list[str], *, joins_endings: bool) -> str:
    """Joins what was left and what was said, in turns, with one space between words.

    With `joins_endings`, an ending that was written right after a number or name stays joined.
    """
    out: list[str] = []
    last = " "
    for turn, piece in enumerate(pieces):
        if not piece:
            continue
        is_ending = joins_endings and turn % 2 == 0 and _INDIC.match(last) and _INDIC.match(piece)
        after_dot = turn % 2 and last == "." and _WORD.match("".join(out[-2:])[-2:-1])
        follows = _WORD.match(last) or after_dot
        if follows and _WORD.match(piece) and not is_ending:
            out.append(" ")
        if turn % 2 == 0 and turn and piece[0] == "." and _WORD.match(piece[1:2]):
            piece = ". " + piece[1:]
        out.append(piece)
        last = piece[-1]
    return _MARK_APART.sub("", _SPACES.sub(" ", "".join(out)))
