"""Which language an answer is in: what the session says, else what was heard, else the script."""

import unicodedata
from collections import Counter

from asha.core.language import TAGS

# Unicode character names begin with the script.
_TAGS_OF_SCRIPT = {
    "DEVANAGARI": ("hi", "mr"),
    "GUJARATI": ("gu",),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "LATIN": ("en-IN", "hi-Latn"),
}
FALLBACK = "en-IN"


def by_script(text: str, *, previous: str | None = None) -> str | None:
    """The track most of the letters belong to; `previous` decides between two of one script."""
    scripts = Counter(
        unicodedata.name(character, "?").split()[0] for character in text if character.isalpha()
    )
    for script, _ in scripts.most_common():
        if tags := _TAGS_OF_SCRIPT.get(script):
            return previous if previous in tags else tags[0]
    return None


def reply_language(session: str, *, heard: str | None, text: str, previous: str | None) -> str:
    """The tag to answer in. `session` is a tag or "auto"; `heard` what the recogniser said."""
    if session in TAGS:
        return session
    if heard in TAGS:
        return str(heard)
    return by_script(text, previous=previous) or previous or FALLBACK
