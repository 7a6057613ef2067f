"""Spellings of a word that a reader accepts for one another, by rule: what a lattice lists by hand.

For transcripts without a lattice. The rules are orthographic and deliberately few; none makes two
different everyday words equal but those that Hindi and Marathi writers themselves confuse.
"""

from functools import cache

from asha.core.language import TAGS, language
from asha.speech.numbers import MAX_DIGITS, cardinal
from asha.speech.scoring import scored_text

# Nasal + virama before a consonant of its own row may be written as an anusvara: हिन्दी, हिंदी.
# (block, offsets of the five rows' nasals and of their plosives), the same in all Indian blocks.
_ROWS = ((0x19, range(0x15, 0x19)), (0x1E, range(0x1A, 0x1E)), (0x23, range(0x1F, 0x23)))
_MORE_ROWS = ((0x28, range(0x24, 0x28)), (0x2E, range(0x2A, 0x2E)))
_VIRAMA, _ANUSVARA, _CHANDRABINDU = 0x4D, 0x02, 0x01
_BLOCKS = {"hi": 0x0900, "mr": 0x0900, "hi-Latn": 0x0900, "gu": 0x0A80, "te": 0x0C00}
# Both are in print in Hindi: गये/गए, गयी/गई, चाहिये/चाहिए.
_HINDI_ENDINGS = (("\u092f\u0947", "\u090f"), ("\u092f\u0940", "\u0908"))


@cache
def accepted(word: str, tag: str) -> tuple[str, ...]:
    """`word` (as `scored_text` leaves it) and its other spellings; a number also in words."""
    found = [word]
    for variant in (_number(word, tag), _nasal(word, tag), *_endings(word, tag)):
        if variant and variant not in found:
            found.append(variant)
    return tuple(found)


def _number(word: str, tag: str) -> str:
    """Digits as words, or the words of a small number as digits."""
    if tag not in TAGS:
        return ""
    track = language(tag)
    if word.isdecimal():
        return scored_text(cardinal(int(word), track)) if len(word) < MAX_DIGITS else ""
    return _small_numbers(tag).get(word, "")


@cache
def _small_numbers(tag: str) -> dict[str, str]:
    """The single words of 0 to 99."""
    names = [scored_text(it) for it in language(tag).numbers.below_100]
    return {name: str(value) for value, name in enumerate(names) if " " not in name}


def _nasal(word: str, tag: str) -> str:
    """Every nasal + virama as an anusvara, and the other way round; chandrabindu as anusvara."""
    block = _BLOCKS.get(tag)
    if block is None:
        return ""
    short = word.replace(chr(block + _CHANDRABINDU), chr(block + _ANUSVARA))
    long = short
    for nasal, plosives in (*_ROWS, *_MORE_ROWS):
        for plosive in plosives:
            written = chr(block + nasal) + chr(block + _VIRAMA) + chr(block + plosive)
            dotted = chr(block + _ANUSVARA) + chr(block + plosive)
            short, long = short.replace(written, dotted), long.replace(dotted, written)
    return short if short != word else long


def _endings(word: str, tag: str) -> list[str]:
    if tag not in ("hi", "hi-Latn"):
        return []
    swaps = [pair for one, other in _HINDI_ENDINGS for pair in ((one, other), (other, one))]
    return [word.removesuffix(old) + new for old, new in swaps if word.endswith(old)]
