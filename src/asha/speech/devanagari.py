"""Hindi, Marathi or Nepali: function words, and endings of the words that are in no list."""

from collections.abc import Iterable
from functools import cache

from asha.speech.lexicon import function_words

CANDIDATES = ("hi", "mr", "ne")
UNIQUE, SHARED, ENDING = 2.0, 0.5, 0.8  # what a word says: of one list, of several, by its end

# Endings of three letters and more come from inflection, so they say much about unknown words.
ENDINGS = {
    "hi": (
        "ूँगा", "ूँगी", "ूंगा", "ूंगी", "ेगा", "ेगी", "ेंगे", "ोगे", "ाइए", "िए", "ियाँ", "ियों", "ाओ",
        "ाऊँ", "ाऊं", "ाएँ", "ाएं", "ों",
    ),
    "mr": (
        "च्या", "ाचा", "ाची", "ाचे", "ाचं", "ांचा", "ांची", "ांचे", "ांना", "ाला", "ीला", "ूला", "ेला",
        "ायचं", "ायचे", "ायची", "ायचा", "ायला", "ण्या", "ण्याची", "तोय", "तेय", "तोस", "तेस", "ून", "ूया",
        "शील", "ात", "ीत", "ेत", "ांत", "ाने", "ीने", "ेल", "ीन", "लंय", "लाय", "ंय", "ंच", "ीच",
        "ाशी", "ापर्यंत", "ासाठी", "ामध्ये", "ावर", "ाजवळ", "लेलं", "लेला", "लेली", "णार", "वा",
    ),
    "ne": (
        "हरू", "हरु", "लाई", "नुहोस्", "नुस्", "होस्", "एको", "ेको", "ाको", "ीको", "मा", "हरूको", "हरूलाई",
        "न्छ", "न्छु", "न्छन्", "दैछ", "ँछ", "ँछु", "छु", "छौ", "छन्", "दिन", "एन", "यो", "्नु", "्ने", "ौं",
        "बाट", "सँग", "पर्छ", "दै",
    ),
}  # fmt: skip
LETTERS = {"mr": "ळऱ", "hi": "ड़ढ़ज़फ़क़ख़ग़", "ne": ""}


@cache
def _owners() -> dict[str, tuple[str, ...]]:
    """Each function word and the languages it belongs to."""
    owners: dict[str, tuple[str, ...]] = {}
    for tag in CANDIDATES:
        for word in function_words(tag):
            owners[word] = (*owners.get(word, ()), tag)
    return owners


def scores(words: Iterable[str]) -> dict[str, float]:
    """How much `words` (in Devanagari, NFC) speak for each of CANDIDATES."""
    sums = dict.fromkeys(CANDIDATES, 0.0)
    owners = _owners()
    for word in words:
        if tags := owners.get(word):
            for tag in tags:
                sums[tag] += UNIQUE if len(tags) == 1 else SHARED
            continue
        for tag in CANDIDATES:
            if len(word) > 3 and word.endswith(ENDINGS[tag]):
                sums[tag] += ENDING
            if any(letter in word for letter in _letters(tag)):
                sums[tag] += ENDING
    return sums


@cache
def _letters(tag: str) -> tuple[str, ...]:
    """Letters that only one of the languages writes; nukta letters count as two code points."""
    import unicodedata

    composed = unicodedata.normalize("NFC", LETTERS[tag])
    found: list[str] = []
    for char in composed:
        if unicodedata.category(char)[0] == "M" and found:
            found[-1] += char
        else:
            found.append(char)
    return tuple(found)
