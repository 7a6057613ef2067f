"""Written text as a voice reads it: ₹1,25,000 becomes एक लाख पच्चीस हज़ार रुपये."""

import re
from collections.abc import Callable

from asha.core.language import Language
from asha.speech.addresses import read_address
from asha.speech.clean import clean
from asha.speech.codes import read_code, read_hyphen, read_mixed, read_phone, read_short_phone
from asha.speech.dates import read_date, read_month, read_weekday, read_year
from asha.speech.names import read_name, read_native
from asha.speech.patterns import INDIC, LETTERS, Patterns, Said, patterns
from asha.speech.quantity import read_fraction, read_quantity, read_version, with_ending
from asha.speech.signs import read_sign
from asha.speech.surroundings import spans
from asha.speech.times import read_time

_NATIVE_DIGITS = re.compile(r"(?![0-9])\d")  # १२३, ௧௨௩
_INDIC = re.compile(f"[{INDIC}]")
_WORD = re.compile(rf"[{LETTERS}\d]")
_SPACES = re.compile("  +")

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
        read_version,
        read_mixed,
        read_quantity,
    ),
    "word": (read_address, read_month, read_weekday, read_mixed, read_name),
    "native": (read_month, read_native),
    "hyphen": (read_hyphen,),
    "symbol": (read_sign,),
}


def normalize(text: str, language: Language) -> str:
    """`text` as a voice of `language` reads it; never raises, linear in the length of the text."""
    cleaned = _NATIVE_DIGITS.sub(lambda found: str(int(found[0])), clean(text, language))
    pieces = spans(cleaned, language)
    said = [_read(piece, patterns(own)) for piece, own in pieces]
    return (said[0] if len(said) == 1 else _tidy(said, joins_endings=False)).strip()


def _read(text: str, p: Patterns) -> str:
    """One pass over a text of one language."""
    hit = p.trigger.search(text)
    if hit is None:
        return text
    said: list[str] = []
    position = 0
    while hit is not None:
        start = hit.start()
        said.append(text[position:start])
        words, position = _at(text, start, hit.lastgroup or "", p) or _as_written(hit)
        said.append(words)
        hit = p.trigger.search(text, position)
    said.append(text[position:])
    return _tidy(said, p.language.numbers.joins_endings)


def _at(text: str, start: int, kind: str, p: Patterns) -> Said | None:
    for reader in READERS[kind]:
        if said := reader(text, start, p):
            return with_ending(said, text, p) if kind == "number" else said
    return None


def _as_written(hit: re.Match[str]) -> Said:
    """What no reader takes stays; but what stood before a digit does not take the digit along."""
    if hit.lastgroup == "number" and len(hit[0]) > 1:
        return hit[0][:-1], hit.end() - 1
    return hit[0], hit.end()


def _tidy(pieces: list[str], joins_endings: bool) -> str:
    """Joins what was left and what was said, in turns, with one space between words.

    With `joins_endings`, an ending that was written right after a number or name stays joined.
    """
    out: list[str] = []
    last = " "
    for turn, piece in enumerate(pieces):
        if not piece:
            continue
        is_ending = joins_endings and turn % 2 == 0 and _INDIC.match(last) and _INDIC.match(piece)
        if _WORD.match(last) and _WORD.match(piece) and not is_ending:
            out.append(" ")
        out.append(piece)
        last = piece[-1]
    return _SPACES.sub(" ", "".join(out))
