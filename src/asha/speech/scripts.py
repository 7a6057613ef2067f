"""Scripts of characters, and the words of a text with their scripts."""

import re
from dataclasses import dataclass
from itertools import islice

# ISO 15924 code -> Unicode block. The first five are those of the seven tracks.
BLOCKS = {
    "Deva": (0x0900, 0x097F),
    "Gujr": (0x0A80, 0x0AFF),
    "Taml": (0x0B80, 0x0BFF),
    "Telu": (0x0C00, 0x0C7F),
    "Latn": (0x0041, 0x024F),
    "Beng": (0x0980, 0x09FF),
    "Guru": (0x0A00, 0x0A7F),
    "Orya": (0x0B00, 0x0B7F),
    "Knda": (0x0C80, 0x0CFF),
    "Mlym": (0x0D00, 0x0D7F),
    "Arab": (0x0600, 0x06FF),
}
INDIC = frozenset({"Deva", "Gujr", "Taml", "Telu", "Beng", "Guru", "Orya", "Knda", "Mlym"})

# A word: letters and marks of one script; Latin words may hold an apostrophe. The dandas and the
# digits of the Indian blocks are no letters.
_WORD = re.compile(
    r"(?P<Latn>[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)*)"
    r"|(?P<Deva>[\u0900-\u0963\u0970-\u097f\u200c\u200d]+)"
    r"|(?P<Gujr>[\u0a80-\u0ae5\u0af0-\u0aff\u200c\u200d]+)"
    r"|(?P<Taml>[\u0b80-\u0be5\u200c\u200d]+)"
    r"|(?P<Telu>[\u0c00-\u0c65\u0c77-\u0c7f\u200c\u200d]+)"
    r"|(?P<Beng>[\u0980-\u09e5\u09f0-\u09ff]+)|(?P<Guru>[\u0a00-\u0a65\u0a70-\u0a7f]+)"
    r"|(?P<Orya>[\u0b00-\u0b65\u0b70-\u0b7f]+)|(?P<Knda>[\u0c80-\u0ce5\u0cf0-\u0cff]+)"
    r"|(?P<Mlym>[\u0d00-\u0d65\u0d70-\u0d7f]+)|(?P<Arab>[\u0600-\u065f\u066e-\u06ef]+)"
)
# Addresses hold Latin letters that are no words of a language.
_ADDRESS = re.compile(r"\S{0,64}(?:@|://)\S{0,200}|\bwww\.\S{1,200}")


@dataclass(frozen=True, slots=True)
class Word:
    """A word at `start` of a text, in one script."""

    text: str
    start: int
    script: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


def words_of(text: str, *, limit: int | None = None) -> list[Word]:
    """The words of `text`, at most `limit`; no numbers, signs and addresses."""
    if "@" in text or "://" in text or "www." in text:
        text = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    found_words = islice(_WORD.finditer(text), limit)
    return [Word(found[0], found.start(), found.lastgroup or "") for found in found_words]


def script_of(char: str) -> str | None:
    """The script of a letter or mark, None for what belongs to none (digits, signs, spaces)."""
    if not (found := _WORD.match(char)) or char in "\u200c\u200d":
        return None
    return found.lastgroup
