"""Words of a text for comparing: without punctuation, folded, vowel signs kept."""

import unicodedata

_INSIDE = "'’-"


def words_of(text: str) -> list[str]:
    """The words of `text`, NFC and case-folded."""
    folded = unicodedata.normalize("NFC", text).casefold()
    kept = "".join(
        character
        if character.isalnum() or character in _INSIDE or unicodedata.category(character)[0] == "M"
        else " "
        for character in folded
    )
    return kept.split()
