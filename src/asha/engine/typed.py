"""Words as the language model reads them: in which script, and in which language."""

from collections.abc import Mapping

from asha.speech.identify import UNKNOWN, identify
from asha.speech.latin_search import LatinSearch
from asha.speech.unified import script_of

ENGLISH = "en-IN"


def readings(text: str, tag: str, searches: Mapping[str, LatinSearch]) -> list[str]:
    """What `text` may be, likeliest first: as it is typed, or in the script of its language.

    People type Indian languages in Latin letters as they please; the model reads them in their
    script. `tag` is the session's language or "auto"; `searches` are by track.
    """
    if script_of(text) != "Latn":
        return [text]
    history = (tag,) if tag in searches else ()
    found = identify(text, history=history).language.removesuffix("-Latn")
    if found == ENGLISH or not (tag in searches or found in searches):
        return [text]
    if found in (tag, UNKNOWN):
        return [searches[tag].best(text)]
    other = searches[found].best(text) if found in searches else text
    return [other, searches[tag].best(text)] if tag in searches else [other]


def is_all_hindi(words: str) -> bool:
    """Whether these are Hindi words in Devanagari alone."""
    has_latin = any(letter.isascii() and letter.isalpha() for letter in words)
    return not has_latin and script_of(words) == "Deva" and identify(words).language == "hi"
