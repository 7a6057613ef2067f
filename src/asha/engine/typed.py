"""Words as the language model reads them: in which script, and in which language."""

from collections.abc import Mapping

from asha.core.language import language
from asha.speech.identify import UNKNOWN, identify
from asha.speech.latin_search import LatinSearch
from asha.speech.unified import script_of

AUTO, ENGLISH = "auto", "en-IN"
LONGEST_READ = 200  # characters; a request is short, and others wait while one is read


def readings(text: str, tag: str, searches: Mapping[str, LatinSearch]) -> list[str]:
    """What `text` may be: as it is typed, or in the script of its language; whichever of several
    the model answers more surely is meant.

    People type Indian languages in Latin letters as they please; the model reads them in their
    script. `tag` is the session's language or "auto"; `searches` are by track.
    """
    own = searches.get(tag)
    if len(text) > LONGEST_READ or not any(char.isascii() and char.isalpha() for char in text):
        return [text]
    if (script := script_of(text)) != "Latn":  # words of both scripts
        return [own.best(text) if own and script == language(tag).script else text]
    history = () if tag == AUTO else (tag,)
    found = identify(text, history=history).language.removesuffix("-Latn")
    if own and found in (tag, UNKNOWN):
        return [own.best(text)]
    if found == ENGLISH or not (own or found in searches):
        return [text]
    other = searches[found].best(text) if found in searches else text
    return [other, own.best(text) if own else text]


def is_all_hindi(words: str) -> bool:
    """Whether these are Hindi words in Devanagari alone."""
    has_latin = any(letter.isascii() and letter.isalpha() for letter in words)
    return not has_latin and script_of(words) == "Deva" and identify(words).language == "hi"
