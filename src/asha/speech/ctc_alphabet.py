"""The alphabet of Nano's CTC head: text to symbols and back.

Index 0 is the blank. All Indic scripts are spelled in Devanagari (speech/unified.py); the last
symbol says which script it was.
"""

import unicodedata
from collections.abc import Sequence

from asha.speech.plain import plain
from asha.speech.unified import DEVANAGARI, SCRIPT_MARKS, restore, script_of, unify

BLANK = "<blank>"
_LATIN = "abcdefghijklmnopqrstuvwxyz'"
_DEVANAGARI = "".join(
    char
    for char in map(chr, range(DEVANAGARI, DEVANAGARI + 0x70))
    if unicodedata.category(char)[0] in "LM"
)
SYMBOLS = (BLANK, " ", *_LATIN, *_DEVANAGARI, *SCRIPT_MARKS.values())
_INDEX = {symbol: index for index, symbol in enumerate(SYMBOLS)}


def spell(text: str) -> list[int]:
    """The symbols of `text`, its script mark last; what is not in the alphabet is left out."""
    letters = unicodedata.normalize("NFC", unify(plain(text)))
    indices = [_INDEX[char] for char in letters if char in _INDEX]
    return [*indices, _INDEX[SCRIPT_MARKS[script_of(text)]]] if indices else []


def read(indices: Sequence[int], *, script: str | None = None) -> str:
    """The text of CTC's best symbol per frame: repeats once, blanks out.

    `script` overrides the mark that was heard.
    """
    kept = [
        index for at, index in enumerate(indices) if index and (not at or index != indices[at - 1])
    ]
    return written(kept, script=script)


def written(spelled: Sequence[int], *, script: str | None = None) -> str:
    """The text of a spelling: its symbols one after another, no blanks among them."""
    symbols = [SYMBOLS[index] for index in spelled]
    marks = {mark: name for name, mark in SCRIPT_MARKS.items()}
    heard = [marks[symbol] for symbol in symbols if symbol in marks]
    letters = "".join(symbol for symbol in symbols if symbol not in marks)
    words = " ".join(filter(None, map(_in_one_script, letters.split())))
    return restore(words, script or (heard[-1] if heard else "Deva"))


def _in_one_script(word: str) -> str:
    """The word without the letters of the script that has fewer: a slip of the ears, no word."""
    is_latin = [char in _LATIN for char in word]
    latin = sum(is_latin)
    if latin * 2 == len(word):
        return word
    return "".join(
        c for c, is_it in zip(word, is_latin, strict=True) if is_it == (latin * 2 > len(word))
    )
