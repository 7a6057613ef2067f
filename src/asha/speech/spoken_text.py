"""Text on its way to a voice: what can be spoken at all, and how it is said."""

import unicodedata

from asha.core.errors import BadText
from asha.core.language import Language
from asha.speech.hinglish import spoken_script
from asha.speech.normalize import normalize

MAX_CHARS = 20_000  # about half an hour of speech


def speakable(text: str) -> str:
    """`text` in NFC, fit for a voice.

    Raises:
        BadText: empty, too long, broken Unicode, or without a letter or digit.
    """
    if len(text) > MAX_CHARS:
        raise BadText(
            f"The text has {len(text):,} characters; speak at most {MAX_CHARS:,} at a time.",
            param="text",
        )
    for position, char in enumerate(text):
        if unicodedata.category(char) in ("Cn", "Cs"):
            raise BadText(
                f"Character {position + 1} (U+{ord(char):04X}) is not an assigned character; "
                "remove it.",
                param="text",
            )
    if not any(unicodedata.category(char)[0] in "LN" for char in text):
        raise BadText("There is nothing to speak; give some words.", param="text")
    return unicodedata.normalize("NFC", text)


def spoken_form(text: str, language: Language) -> str:
    """`text` as it is said: numbers as words, each word in a script the voice reads."""
    return spoken_script(normalize(text, language), language)
