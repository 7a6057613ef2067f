"""Text as Nano reads it: small letters, no punctuation. The same for typed and for spoken words."""

import re
import unicodedata

_JOINERS = str.maketrans("", "", "\u200b\u200c\u200d\ufeff")
_QUOTES = str.maketrans("\u2018\u2019\u02bc", "'''")
# Letters, marks and digits stay; so do an apostrophe inside a word and the colon of a clock time.
_KEPT = re.compile(r"(?<=\w)'(?=\w)|(?<=\d)[:.](?=\d)")


def plain(text: str) -> str:
    """`text` in NFC, lower case, without punctuation and joiners, single spaces.

    "Set an alarm, please!" -> "set an alarm please"; "7:30" and "don't" stay whole. No special
    token of the tokenizer survives, so nobody can type one.
    """
    text = unicodedata.normalize("NFC", text).lower().translate(_JOINERS).translate(_QUOTES)
    kept = {match.start() for match in _KEPT.finditer(text)}
    signs = (
        char if at in kept or unicodedata.category(char)[0] in "LMN" else " "
        for at, char in enumerate(text)
    )
    return " ".join("".join(signs).split())
