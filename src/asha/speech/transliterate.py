"""Between scripts: romanised words to an Indian script, one Indian script to another, and back.

Rules for words that are in no lexicon; good enough for a voice to say them recognisably.
"""

import unicodedata
from functools import cache

from asha.speech.scripts import BLOCKS

VIRAMA = "\u094d"


def spelling_table(table: str) -> dict[str, str]:
    """Latin and own spellings in turn, as a dict."""
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


# Latin -> Devanagari, longest first. Typed Hindi does not tell dental from retroflex: dental wins.
CONSONANTS = spelling_table(
    "ksh क्ष chh छ shr श्र kh ख gh घ ch च jh झ th थ dh ध ph फ bh भ sh श gy ज्ञ ck क zh ऴ k क g ग c क "
    "j ज t त d द n न p प b ब m म y य r र l ल v व w व s स h ह f फ़ z ज़ q क़ x क्स"
)
VOWELS = {  # Latin -> letter, sign
    "aa": ("आ", "ा"), "ai": ("ऐ", "ै"), "au": ("औ", "ौ"), "ou": ("औ", "ौ"), "ee": ("ई", "ी"),
    "ii": ("ई", "ी"), "oo": ("ऊ", "ू"), "uu": ("ऊ", "ू"), "a": ("अ", ""), "i": ("इ", "ि"),
    "u": ("उ", "ु"), "e": ("ए", "े"), "o": ("ओ", "ो"),
}  # fmt: skip
FINAL_SIGNS = {"a": "ा", "i": "ी", "u": "ू"}  # a final vowel is written, and long
# Endings of verbs and nouns whose letters do not follow the single sounds (लगाइए, लड़ियाँ, पढ़ाई).
ENDINGS = spelling_table("aaiye ाइए aiye ाइए aayi ाई iyan ियाँ iye िए iya िया ai ाई")
# Clusters that are pronounced without a vowel between, at the start or end of a word.
CLUSTER_SECOND = "yrvl"
CODA_FIRST = "nmrlsst"
TAMIL = {
    **dict.fromkeys("कखगघ", "க"), **dict.fromkeys("चछ", "ச"), **dict.fromkeys("जझ", "ஜ"),
    **dict.fromkeys("टठडढ", "ட"), **dict.fromkeys("तथदध", "த"), **dict.fromkeys("पफबभ", "ப"),
    "ङ": "ங", "ञ": "ஞ", "ण": "ண", "न": "ன", "म": "ம", "ंय": "ய", "श": "ஷ", "ष": "ஷ", "स": "ஸ",
    "ह": "ஹ", "ऋ": "ரு", "ृ": "ரு", "़": "", "ँ": "ன்", "ं": "ம்", "ः": "",
}  # fmt: skip


def to_devanagari(word: str) -> str:
    """A romanised word (a-z) by rules: kitaab -> किताब, dost -> दोस्त, dukaan -> दुकान."""
    folded = word.casefold()
    for ending, own in ENDINGS.items():
        if folded.endswith(ending) and len(folded) > len(ending) + 1:
            sounds = _sounds(folded.removesuffix(ending))
            if sounds[-1][0] == "consonant":
                return unicodedata.normalize("NFC", _written(sounds) + own)
    return unicodedata.normalize("NFC", _written(_sounds(folded)))


def _written(sounds: list[tuple[str, str]]) -> str:
    out: list[str] = []
    for number, (kind, sound) in enumerate(sounds):
        before = sounds[number - 1][0] if number else ""
        is_last = number == len(sounds) - 1
        if kind == "vowel":
            letter, sign = VOWELS[sound]
            if before == "consonant":
                out.append(FINAL_SIGNS.get(sound, sign) if is_last else sign)
            else:
                out.append("ई" if is_last and sound == "i" and out else letter)
        elif kind == "consonant":
            if before == "consonant" and _joins(sounds, number):
                _join(out, sounds[number - 1][1], sound)
            out.append(CONSONANTS[sound])
        else:
            out.append(sound)
    return "".join(out)


def _join(out: list[str], before: str, here: str) -> None:
    """Bind the consonant before: a nasal before a stop is an anusvara, others lose their vowel."""
    if before in {"n", "m"} and out[-1] in {"न", "म"} and before != here and len(out) > 1:
        out[-1] = "ं"
    else:
        out.append(VIRAMA)


def _sounds(word: str) -> list[tuple[str, str]]:
    """`word` cut into (kind, sound), longest match first."""
    sounds: list[tuple[str, str]] = []
    at = 0
    while at < len(word):
        for length in (3, 2, 1):
            part = word[at : at + length]
            kind = "consonant" if part in CONSONANTS else "vowel" if part in VOWELS else ""
            if kind:
                break
        sounds.append((kind or "other", part))
        at += max(len(part), 1)
    return sounds


def _joins(sounds: list[tuple[str, str]], number: int) -> bool:
    """Whether the consonant at `number` is pronounced with the one before it.

    Doubled, at the beginning of the word (pr, kr, ky, st), a nasal before a stop, or at the end
    (dost, dard); elsewhere a short a stands between that nobody types (kar-na, sam-jho).
    """
    before, here = sounds[number - 1][1], sounds[number][1]
    if before == here or (before, here) in {("c", "ch"), ("t", "th"), ("d", "dh"), ("ch", "chh")}:
        return True
    if number == 1:
        return True
    if (before == "n" and here[0] in "kgcjtd") or (before == "m" and here[0] in "pb"):
        return number + 1 < len(sounds)
    is_last = number == len(sounds) - 1
    return (is_last and before[0] in CODA_FIRST and here[0] not in "nm") or (
        here in CLUSTER_SECOND and here != "l" and number > 1 and before not in {"h", "r", "l", "m"}
    )


def between_indic(word: str, source: str, target: str) -> str:
    """A word from one Indian script to another: the blocks are laid out alike."""
    if source == target:
        return word
    base = BLOCKS[source][0]
    shifted = [
        chr(ord(char) - base + 0x0900) if base <= ord(char) < base + 0x80 else char for char in word
    ]
    devanagari = "".join(shifted)
    if target == "Deva":
        return _assigned(devanagari)
    if target == "Taml":
        return _to_tamil(devanagari)
    offset = BLOCKS[target][0] - 0x0900
    moved = "".join(
        chr(ord(char) + offset) if "\u0900" <= char < "\u0964" or char == "\u0970" else char
        for char in unicodedata.normalize("NFD", devanagari)
        if not (target == "Telu" and char == "\u093c")
    )
    return _assigned(moved)


def _assigned(text: str) -> str:
    """`text` without code points that the target block does not have."""
    kept = "".join(char for char in text if unicodedata.category(char) != "Cn")
    return unicodedata.normalize("NFC", kept)


def _to_tamil(devanagari: str) -> str:
    out: list[str] = []
    offset = BLOCKS["Taml"][0] - 0x0900
    for char in unicodedata.normalize("NFD", devanagari):
        if char in TAMIL:
            out.append(TAMIL[char])
        elif "\u0900" <= char < "\u0964":
            out.append(chr(ord(char) + offset))
        else:
            out.append(char)
    return _assigned("".join(out))


@cache
def _latin_of() -> tuple[dict[str, str], dict[str, str]]:
    """Devanagari consonants and vowels in Latin letters."""
    letters = spelling_table("ट t ठ th ड d ढ dh ण n ङ n ञ n ष sh ळ l ऩ n ऱ r")
    for latin, own in CONSONANTS.items():
        if len(own) == 1 and latin not in {"c", "ck", "w"}:
            letters[own] = latin
    signs = spelling_table("ि i ी ee ु u ू oo ृ ri ॆ e ॊ o ॅ e ॉ o")
    vowels = spelling_table("ऋ ri ऎ e ऒ o ऑ o ऍ e इ i ई ee उ u ऊ oo")
    for latin, (letter, sign) in VOWELS.items():
        vowels.setdefault(letter, latin)
        if sign:
            signs.setdefault(sign, latin)
    return letters, {**vowels, **signs}


def to_latin(word: str, script: str) -> str:
    """A word of an Indian script in Latin letters, as people type it: किताब -> kitaab."""
    deva = between_indic(word, script, "Deva")
    letters, vowels = _latin_of()
    out: list[str] = []
    has_inherent = False
    text = unicodedata.normalize("NFD", deva)
    for char in text:
        if char in letters:
            out.append(("a" if has_inherent else "") + letters[char])
            has_inherent = True
        elif char in vowels:
            is_sign = unicodedata.category(char)[0] == "M"
            out.append(vowels[char] if is_sign or not has_inherent else "a" + vowels[char])
            has_inherent = False
        elif char == VIRAMA:
            has_inherent = False
        elif char in "\u0902\u0901":
            out.append(("a" if has_inherent else "") + "n")
            has_inherent = False
        elif char != "\u093c" and unicodedata.category(char)[0] != "M":
            out.append(char)
    if has_inherent and script in {"Taml", "Telu"}:
        out.append("a")  # Dravidian languages keep the final vowel
    return "".join(out)
