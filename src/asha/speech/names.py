"""Latin words that are not read as written: brands, abbreviations, acronyms."""

import re
from functools import cache, lru_cache

from asha.core.language import Language
from asha.speech.expression import Expression
from asha.speech.patterns import LATIN, LETTERS, Patterns, Said

# In the list of English words, but spelled when in capitals.
ALSO_ACRONYMS = {
    *("am", "api", "app", "apps", "btw", "cbse", "dm", "dms", "emi", "emis", "fd", "fds", "fyi"),
    *("gst", "hr", "html", "ifsc", "im", "ios", "it", "kyc", "led", "lol", "omg", "otp", "otps"),
    *("pdf", "pm", "qr", "ram", "sim", "sip", "tds", "tv", "tvs", "upi", "us", "usb", "visa"),
    *("vpn", "who", "zip"),
}
SHORT_WORDS = {
    *("AN", "AS", "AT", "BE", "BY", "DO", "GO", "HE", "IF", "IN", "IS", "ME", "MY", "NO", "OF"),
    *("ON", "OR", "SO", "TO", "UP", "WE"),
}
_CAPITALS_BEFORE = Expression(r"\b([A-Z]{2,10})\s$")
_CAPITALS_AFTER = Expression(r"\s([A-Z]{2,10})\b")
_CAPITALS = Expression(rf"(?P<letters>[A-Z]{{2,6}})(?P<plural>s)?(?![{LATIN}])")
_RUN = Expression(rf"[A-Za-z]+(?:\.[A-Za-z]+){{1,20}}(?![{LATIN}])\.?")
_WORD = Expression(r"[A-Za-z]+")
_NATIVE_WORD = Expression(rf"[{LETTERS}]+")
_LETTER_AFTER = Expression(r"-(?=[A-Z](?![A-Za-z]))")
_LONE = Expression(rf"[A-Z](?![{LATIN}'’])")
_ENGLISH_AHEAD = Expression(rf"\s(?P<word>[a-z]+)(?![./@{LATIN}])")
_NUMBER_AHEAD = Expression(r"[\s:.]*(?:[A-Z]{1,2}-?)?\d")


@lru_cache(maxsize=64)
def _by_first_letters(language: Language) -> dict[str, list[str]]:
    """The names by their first run of letters, the longest first."""
    found: dict[str, list[str]] = {}
    for name in [*language.brands, *language.acronym_words, *language.abbreviations]:
        first = re.match(rf"[A-Za-z]+|[{LETTERS}]+", name)
        if first:
            found.setdefault(first[0], []).append(name)
    return {first: sorted(names, key=len, reverse=True) for first, names in found.items()}


def read_name(text: str, position: int, p: Patterns) -> Said | None:
    """A brand, an abbreviation or an acronym that begins here; U.S.A. and B.Tech as a whole."""
    if run := _RUN.match(text, position):
        return _read_run(text, run, p)
    return _read_word(text, position, p)


def _read_run(text: str, run: re.Match[str], p: Patterns) -> Said | None:
    """Words with dots between and no spaces; where any is read, the dots become spaces."""
    said: list[str] = []
    position, is_read = run.start(), False
    while position < run.end():
        if word := _read_word(text, position, p):
            said.append(word[0])
            position, is_read = word[1], True
        else:
            plain = _WORD.match(text, position)
            if plain is None:
                break
            is_read = is_read or (len(plain[0]) == 1 and plain[0].isupper())  # U.S.A.
            said.append(plain[0])
            position = plain.end()
        position += text[position : position + 1] == "." and position + 1 < run.end()
    if not is_read:
        return None
    is_initial = len(said[-1]) == 1 or text[position - 1].isupper()
    if is_initial and text[position : position + 1] == "." and text[position + 1 :].strip():
        position += 1
    return " ".join(said), position


def _read_word(text: str, position: int, p: Patterns) -> Said | None:
    language = p.language
    word = _WORD.match(text, position)
    if word is None:
        return None
    for name in _by_first_letters(language).get(word[0], ()):
        if said := read_written(name, text, position, p):
            return said
    if capitals := _CAPITALS.match(text, position):
        if is_shouted(capitals, text):
            return capitals[0].lower(), capitals.end()
        # IIT-B: the hyphen before a last letter is not said.
        joined = _LETTER_AFTER.match(text, capitals.end())
        return spell_capitals(capitals, language), capitals.end() + bool(joined)
    if lone := _LONE.match(text, position):
        return _lone_letter(lone[0], text, lone.end(), language)
    return None


def read_native(text: str, position: int, p: Patterns) -> Said | None:
    """An abbreviation in the track's own script (डॉ.)."""
    first = _NATIVE_WORD.match(text, position)
    if first is None:
        return None
    for name in _by_first_letters(p.language).get(first[0], ()):
        if said := read_written(name, text, position, p):
            return said
    return None


def read_written(name: str, text: str, position: int, p: Patterns) -> Said | None:
    """This name at this place, unless it is the beginning of something longer."""
    if not text.startswith(name, position):
        return None
    end = position + len(name)
    letters = LATIN if name.isascii() else LETTERS
    if name[-1] != "." and re.match(rf"[{letters}]", text[end : end + 1]):
        return None
    if name in p.language.before_number and not _NUMBER_AHEAD.match(text, end):
        return None
    spoken = p.names[name]
    if name[-1] == ".":
        while text[end : end + 1] == ".":
            end += 1
        if not text[end:].strip():
            end -= 1
    return spoken, end


def _lone_letter(letter: str, text: str, end: int, language: Language) -> Said | None:
    """Vitamin C, Plan B, A. P. J. in the letters of the track; the English words I and A stay."""
    if language.script == "Latn":
        return None
    ahead = _ENGLISH_AHEAD.match(text, end) if letter in "IA" else None
    is_word = ahead is not None and ahead["word"] not in _by_first_letters(language)
    return None if is_word else (language.letters[letter], end)


def is_shouted(found: re.Match[str], text: str) -> bool:
    """Whether capitals are an ordinary English word (NOT, FREE); short ones only beside another."""
    word = found[0]
    if len(word) > 2:
        return _is_english(word)
    if word not in SHORT_WORDS:
        return False
    beside = _CAPITALS_BEFORE.search(text[max(0, found.start() - 12) : found.start()])
    beside = beside or _CAPITALS_AFTER.match(text, found.end())
    return beside is not None and (beside[1] in SHORT_WORDS or _is_english(beside[1]))


def _is_english(word: str) -> bool:
    lower = word.lower()
    return lower in english_words() and lower not in ALSO_ACRONYMS


@cache
def english_words() -> frozenset[str]:
    """The frequent English words of core/lexicons/en.txt."""
    from importlib import resources

    source = resources.files("asha.core").joinpath("lexicons", "en.txt")
    return frozenset(source.read_text(encoding="utf-8").split())


def spell_capitals(found: re.Match[str], language: Language) -> str:
    """ATM, ATMs: the letters by name."""
    spelled = " ".join(language.letters[letter] for letter in found["letters"])
    return spelled + ("'s" if found["plural"] and language.script == "Latn" else "")
