"""Indian words in Latin letters as people type them: by ear, each time a little differently."""

from collections.abc import Mapping, Sequence
from random import Random

from asha.speech.unified import script_of, unify

# Sounds by their Devanagari letter; the first spelling is the commonest (weights 4 : 1 : 1 ...).
CONSONANTS = {
    **{"क": "k", "ख": "kh", "ग": "g", "घ": "gh", "ङ": "n", "च": "ch", "छ": "chh ch", "ज": "j"},
    **{"झ": "jh", "ञ": "n", "ट": "t", "ठ": "th", "ड": "d", "ढ": "dh", "ण": "n", "त": "t"},
    **{"थ": "th", "द": "d", "ध": "dh", "न": "n", "ऩ": "n", "प": "p", "फ": "ph f", "ब": "b"},
    **{"भ": "bh", "म": "m", "य": "y", "र": "r", "ऱ": "r", "ल": "l", "ळ": "l", "ऴ": "zh l"},
    **{"व": "v w", "श": "sh", "ष": "sh", "स": "s", "ह": "h", "क़": "q k", "ख़": "kh", "ग़": "g"},
    **{"ज़": "z j", "ड़": "d r", "ढ़": "dh rh", "फ़": "f ph", "य़": "y"},
}
DRAVIDIAN = {"त": "th t", "द": "d dh", "च": "ch s"}  # ta, te write the soft t as th
VOWELS = {
    **{"अ": "a", "आ": "aa a", "इ": "i", "ई": "ee i", "उ": "u", "ऊ": "oo u", "ऋ": "ri ru"},
    **{"ए": "e", "ऐ": "ai", "ओ": "o", "औ": "au", "ऎ": "e", "ऒ": "o", "ऍ": "e a", "ऑ": "o"},
}
SIGNS = {
    **{"ा": "a aa", "ि": "i", "ी": "i ee", "ु": "u", "ू": "u oo", "ृ": "ri ru", "े": "e"},
    **{"ै": "ai e", "ो": "o", "ौ": "au", "ॆ": "e", "ॊ": "o", "ॅ": "e a", "ॉ": "o"},
}
VIRAMA, NUKTA = "\u094d", "\u093c"
NASALS = {"ं": "n", "ँ": "n "}  # the second: often left out
LIPS = frozenset("पफबभम")
TAMIL_SOFT = {"क": "g", "ट": "d", "त": "dh", "प": "b", "च": "s"}  # between vowels, after a nasal
TAMIL_NASALS = frozenset("ङञणनऩम")
DELETES_SCHWA = {"Deva", "Gujr"}


def romanised(text: str, known: Mapping[str, Sequence[str]], chance: Random) -> str:
    """`text` in Latin letters; words in `known` take one of their listed spellings."""
    script = script_of(text)
    return " ".join(_word(word, known, script, chance) for word in text.split())


def _word(word: str, known: Mapping[str, Sequence[str]], script: str, chance: Random) -> str:
    if word in known:
        return chance.choice(list(known[word]))
    # A known word with an ending glued on (alarm + case): the longest known beginning counts.
    for length in range(len(word) - 1, 3, -1):
        if word[:length] in known:
            rest = word[length:]
            return chance.choice(list(known[word[:length]])) + _spelled(rest, script, chance)
    return _spelled(word, script, chance)


def _spelled(word: str, script: str, chance: Random) -> str:
    """Letter by letter: (consonant, vowel) pairs first, so that silent a's can be found."""
    pairs = _syllables(unify(word))
    if script in DELETES_SCHWA:
        _delete_schwas(pairs)
    written = []
    for at, (consonant, vowel) in enumerate(pairs):
        before = pairs[at - 1] if at else ("", "")
        following = pairs[at + 1][0] if at + 1 < len(pairs) else ""
        is_doubled = not vowel and following == consonant
        if consonant in NASALS:
            written.append(_nasal(consonant, following, script, chance))
        elif script == "Taml" and not is_doubled and _is_soft(consonant, before):
            written.append(TAMIL_SOFT[consonant])
        else:
            written.append(_consonant(consonant, script, chance))
        written.append(vowel if vowel in ("", "a") else _choice(vowel, chance))
    return "".join(written)


def _syllables(unified: str) -> list[tuple[str, str]]:
    """Pairs of a consonant ("" if none) and its vowel: "" none, "a" inherent, else the letter."""
    pairs: list[tuple[str, str]] = []
    for char in unified:
        if char == NUKTA and pairs:
            pairs[-1] = (pairs[-1][0] + char, pairs[-1][1])
        elif char == VIRAMA and pairs:
            pairs[-1] = (pairs[-1][0], "")
        elif char in SIGNS:  # the first letter, where an ending begins with it
            consonant = pairs.pop()[0] if pairs else ""
            pairs.append((consonant, char))
        elif char in CONSONANTS:
            pairs.append((char, "a"))
        elif char in VOWELS:
            pairs.append(("", char))
        else:
            pairs.append((char, ""))
    return pairs


def _delete_schwas(pairs: list[tuple[str, str]]) -> None:
    """Hindi's silent a: at a word's end, and in the middle of vowel-C-a-C-vowel."""
    if len(pairs) > 1 and pairs[-1][1] == "a" and pairs[-1][0] in CONSONANTS:
        pairs[-1] = (pairs[-1][0], "")
    for at in range(len(pairs) - 2, 0, -1):
        consonant, vowel = pairs[at]
        between = pairs[at - 1][1] and pairs[at + 1][1] and pairs[at + 1][0] in CONSONANTS
        if vowel == "a" and consonant in CONSONANTS and between:
            pairs[at] = (consonant, "")


def _nasal(sign: str, following: str, script: str, chance: Random) -> str:
    if following[:1] in LIPS or (not following and script == "Telu"):
        return "m" if following or sign == "ं" else "n"
    return _pick(NASALS[sign], chance) if not following else "n"


def _is_soft(letter: str, before: tuple[str, str]) -> bool:
    """Tamil writes k and g alike: between vowels and after a nasal it is the soft one."""
    after_nasal = before[0] in TAMIL_NASALS and before[1] == ""
    return letter in TAMIL_SOFT and (after_nasal or before[1] != "")


def _consonant(letter: str, script: str, chance: Random) -> str:
    if not letter:
        return ""
    if script in ("Taml", "Telu") and letter in DRAVIDIAN:
        return _pick(DRAVIDIAN[letter], chance)
    return _pick(CONSONANTS.get(letter, letter), chance)


def _choice(vowel: str, chance: Random) -> str:
    return _pick(SIGNS.get(vowel) or VOWELS[vowel], chance)


def _pick(spellings: str, chance: Random) -> str:
    options = spellings.split(" ")
    weights = [4.0] + [1.0] * (len(options) - 1)
    return chance.choices(options, weights)[0]
