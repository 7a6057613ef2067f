"""What a short utterance does to the talk: a back-channel, stop, yes, no, wait, or none of these.

For the turn machine, which hears it while Asha speaks or after she asked. Precision comes first:
the whole utterance must consist of such words; "haan lekin ..." is the beginning of a turn.
"""

import re
import unicodedata
from functools import cache
from typing import Literal

from asha.core.language import TAGS, Language, Talk, language
from asha.speech.lexicon import (
    ambiguous_words,
    english_words,
    function_words,
    romanised,
    talk_companions,
)

Kind = Literal["backchannel", "stop", "yes", "no", "wait"]
MAX_CHARS, MAX_WORDS = 80, 8  # longer utterances are none of these
MAX_ENTRY_WORDS = 4
# Where an utterance mixes kinds ("haan ruko", "nahi, ek minute"), the first of these wins.
ORDER: tuple[Kind, ...] = ("stop", "wait", "no", "yes", "backchannel")

_REPEATED = re.compile(r"(.)\1+")
_REPEATED_CONJUNCT = re.compile(r"(.)(?:[\u094d\u0acd\u0bcd\u0c4d]\1)+")
_NOT_WORDS = re.compile(r"[^\w\u0900-\u0d7f]+")
_NUKTA = str.maketrans("", "", "\u093c\u0abc\u200c\u200d")


def kind_of(text: str, track: Language, *, was_asked: bool = False) -> Kind | None:
    """What kind of talk word `text` is as a whole, None where it is anything else.

    A word that is both (haan, ok) is a back-channel, unless Asha had asked (`was_asked`): a yes.
    """
    if len(text) > MAX_CHARS:
        return None
    words = _plain(text).split()
    if not words or len(words) > MAX_WORDS:
        return None
    table = _tables(track.tag)
    kinds: set[Kind] = set()
    at = 0
    while at < len(words):
        length, found = _entry_at(words, at, table)
        if not length:
            return None
        at += length
        if found:
            kinds.add(_one_of(found, was_asked=was_asked))
    return _together(kinds)


def _entry_at(
    words: list[str], at: int, table: dict[str, frozenset[Kind]]
) -> tuple[int, frozenset[Kind]]:
    """The longest entry at `at`: how many words, and its kinds (none for "please", "yaar")."""
    for length in range(min(MAX_ENTRY_WORDS, len(words) - at), 0, -1):
        found = table.get(" ".join(words[at : at + length]))
        if found is not None:
            return length, found
    return 0, frozenset()


def _one_of(found: frozenset[Kind], *, was_asked: bool) -> Kind:
    if "yes" in found and "backchannel" in found:
        return "yes" if was_asked else "backchannel"
    return next(kind for kind in ORDER if kind in found)


def _together(kinds: set[Kind]) -> Kind | None:
    """One kind for an utterance of several entries; "haan nahi" and "don't stop" are none."""
    if "no" in kinds and kinds & {"yes", "backchannel", "stop"}:
        return None
    return next((kind for kind in ORDER if kind in kinds), None)


@cache
def _tables(tag: str) -> dict[str, frozenset[Kind]]:
    """Every talk phrase a speaker of the track may use, its own meaning first.

    The other tracks' phrases count too, unless they are English words or ordinary words of this
    language (Tamil sari, "yes", is Hindi's "all"), or mean different things in different tracks.
    """
    table = _own_table(language(tag).talk)
    borrowed: dict[str, set[frozenset[Kind]]] = {}
    for other in TAGS:
        if other != tag:
            for phrase, kinds in _own_table(language(other).talk).items():
                borrowed.setdefault(phrase, set()).add(kinds)
    base = tag.split("-")[0]
    for phrase, meanings in borrowed.items():
        shared = frozenset.intersection(*meanings)
        if phrase not in table and shared and not _is_ordinary(phrase, base):
            table[phrase] = shared
    for word in talk_companions():
        table.setdefault(_plain(word), frozenset())
    return table


def _own_table(talk: Talk) -> dict[str, frozenset[Kind]]:
    lists: tuple[tuple[Kind, list[str]], ...] = (
        ("backchannel", talk.backchannels),
        ("stop", talk.stop_words),
        ("yes", talk.yes),
        ("no", talk.no),
        ("wait", talk.wait),
    )
    table: dict[str, frozenset[Kind]] = {}
    for kind, phrases in lists:
        for phrase in phrases:
            key = _plain(phrase)
            table[key] = table.get(key, frozenset()) | {kind}
    return table


def _is_ordinary(phrase: str, base: str) -> bool:
    """Whether a single word is an everyday word of the language `base` or of English."""
    if " " in phrase:
        return False
    return phrase in _ordinary_words(base)


@cache
def _ordinary_words(base: str) -> frozenset[str]:
    words = {*english_words(), *ambiguous_words(), *function_words("en-IN")}
    if base != "en":
        words |= {*romanised(base).own_script, *romanised(base).own_script.values()}
    return frozenset(_plain(word) for word in words)


def _plain(text: str) -> str:
    """Lower case, without signs, drawn-out sounds and nukta: achhaaa and acha are one word."""
    folded = unicodedata.normalize("NFD", text.casefold()).translate(_NUKTA)
    words = _NOT_WORDS.sub(" ", folded).strip()
    return _REPEATED_CONJUNCT.sub(r"\1", _REPEATED.sub(r"\1", words)).replace("\u0901", "\u0902")
