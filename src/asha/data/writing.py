"""In which script a text is: Hindi in Devanagari, or Hindi in Latin letters."""

from asha.core.language import TAGS, language
from asha.speech.scripts import script_of


def in_native_script(text: str, tag: str) -> bool | None:
    """Whether most letters are of the language's own script; None where nothing tells.

    Hinglish (hi-Latn) is at home in Latin letters.
    """
    if tag not in TAGS:
        return None
    scripts = [found for letter in text if (found := script_of(letter))]
    own = language(tag).script
    return 2 * scripts.count(own) > len(scripts) if scripts else None
