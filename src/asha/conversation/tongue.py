"""Which language an answer is in: what the user asks for, what the session says, what was heard."""

import unicodedata
from collections import Counter

from asha.core.language import TAGS, language
from asha.speech.identify import asked_language, identify

# Unicode character names begin with the script.
_TAGS_OF_SCRIPT = {
    "DEVANAGARI": ("hi", "mr"),
    "GUJARATI": ("gu",),
    "TAMIL": ("ta",),
    "TELUGU": ("te",),
    "LATIN": ("en-IN", "hi-Latn"),
}
FALLBACK = "en-IN"
SURE = 0.5  # identification below this keeps the language of before


def by_script(text: str, *, previous: str | None = None) -> str | None:
    """The track most of the letters belong to; `previous` decides between two of one script."""
    scripts = Counter(
        unicodedata.name(character, "?").split()[0] for character in text if character.isalpha()
    )
    for script, _ in scripts.most_common():
        if tags := _TAGS_OF_SCRIPT.get(script):
            return previous if previous in tags else tags[0]
    return None


def heard_language(text: str, *, heard: str | None, previous: str | None) -> tuple[str, float]:
    """The track `text` is in, and how sure that is; `heard` is what the recogniser said."""
    found = identify(text, history=(previous,) if previous else ())
    base = found.language.split("-")[0]
    for tag in (found.language, base):  # Tamil in Latin letters is answered in Tamil
        if tag in TAGS and found.confidence >= SURE:
            return tag, found.confidence
    if heard in TAGS:
        return str(heard), found.confidence
    return previous or by_script(text) or FALLBACK, found.confidence


def known_track(tag: str, text: str) -> str:
    """A track with a voice for `text`: `tag`, or where that is "auto" the one its script shows."""
    previous = None if tag == "auto" else tag
    return by_script(text, previous=previous) or previous or FALLBACK


def reply_language(session: str, *, heard: str | None, text: str, previous: str | None) -> str:
    """The tag to answer in. `session` is a tag or "auto"."""
    track = language(previous or (session if session in TAGS else FALLBACK))
    if asked := asked_language(text, track):
        return asked
    if session in TAGS:
        return session
    return heard_language(text, heard=heard, previous=previous)[0]
