"""What words said into an answer mean, by the language's own lists."""

import unicodedata
from functools import cache

from asha.conversation.turn_words import Judgement
from asha.core.errors import AshaError
from asha.core.language import TAGS, language

ECHO_SHARE = 0.6  # this share of the words is in what Asha just said: it is her own voice
ECHO_WORDS = 3  # fewer words are shared by chance


def words_of(text: str) -> list[str]:
    """Words without punctuation, folded for comparing. Marks (matras) are kept."""
    folded = unicodedata.normalize("NFC", text).casefold()
    kept = "".join(
        character
        if character.isalnum() or character in "'’-" or unicodedata.category(character)[0] == "M"
        else " "
        for character in folded
    )
    return kept.split()


def judged(text: str, tag: str, *, saying: str = "") -> tuple[Judgement, int]:
    """The meaning of `text` for an answer in language `tag`, and its number of words.

    A stop word at the start or end wins; then Asha's own words heard back (`saying` is what she
    says just now); then back-channels. Lists of all tracks count: people mix them.
    """
    said = words_of(text)
    if not said:
        return "unknown", 0
    stops, nods = _lists(tag)
    joined = " ".join(said)
    if joined in stops:
        return "stop", len(said)
    own = set(words_of(saying))
    if len(said) >= ECHO_WORDS and sum(word in own for word in said) / len(said) >= ECHO_SHARE:
        return "echo", len(said)
    if joined in nods or _is_made_of(said, nods):
        return "backchannel", len(said)
    if " ".join(said[:2]) in stops or said[0] in stops:
        return "stop", len(said)
    return "words", len(said)


def _is_made_of(said: list[str], nods: frozenset[str]) -> bool:
    """Whether the words are nothing but back-channels in a row ("haan haan theek hai")."""
    position = 0
    while position < len(said):
        for size in (3, 2, 1):
            if " ".join(said[position : position + size]) in nods:
                position += size
                break
        else:
            return False
    return True


@cache
def _lists(tag: str) -> tuple[frozenset[str], frozenset[str]]:
    """(stop words, back-channels) of `tag` and of every other track whose file is there.

    A word that stops in the session's own language never counts as a nod of another's.
    """
    stops: set[str] = set()
    nods: set[str] = set()
    for other in (tag, *(name for name in TAGS if name != tag)):
        try:
            talk = language(other).talk
        except (AshaError, OSError):
            continue
        fresh_stops = {" ".join(words_of(entry)) for entry in talk.stop_words}
        fresh_nods = {" ".join(words_of(entry)) for entry in talk.backchannels}
        stops |= fresh_stops - nods
        nods |= fresh_nods - stops
    return frozenset(stops), frozenset(nods)
