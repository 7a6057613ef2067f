"""Latin words that are not read as written: brands, abbreviations, acronyms."""

import re
from functools import cache, lru_cache
from importlib import resources

from asha.core.language import Language
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
_CAPITALS_BEFORE = re.compile(r"\b([A-Z]{2,10})\s$")
_CAPITALS_AFTER = re.compile(r"\s([A-Z]{2,10})\b")
_CAPITALS = re.compile(rf"(?P<letters>[A-Z]{{2,6}})(?P<plural>s)?(?![{LATIN}\d])")
_DOTTED = re.compile(rf"(?P<letters>[A-Z](?:\.[A-Z]){{1,5}})\.?(?![{LETTERS}])")
_INITIAL_AHEAD = re.compile(rf"[A-Z]\.|[{LATIN}](?![{LATIN}])")
_SPELLED_BEFORE = re.compile(r"(?:^|\s)[A-Z] $")
_WORD = re.compile(r"[A-Za-z]+")
_NATIVE_WORD = re.compile(rf"[{LETTERS}]+")
_LONE = re.compile(rf"[A-Z](?![{LATIN}\d'’&]|\.[A-Za-z])")
_ENGLISH_AHEAD = re.compile(r"\s[a-z]")
_NUMBER_AHEAD = re.compile(r"[\s:.]*\d")


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
    """A brand, an abbreviation or an acronym that begins here."""
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
        return spell_capitals(capitals, language), capitals.end()
    if lone := _LONE.match(text, position):
        return _lone_letter(lone[0], text, lone.end(), language)
    if dotted := _DOTTED.match(text, position):
        letters = dotted["letters"].replace(".", "")
        return " ".join(language.letters[letter] for letter in letters), dotted.end()
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
    if name[-1] == "." and _INITIAL_AHEAD.match(text, end):  # Ph. in Ph.D.
        return None
    if _SPELLED_BEFORE.search(text[max(0, position - 3) : position]) and len(name) == 2:
        return None  # A T Ms is the plural of ATM
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
    is_word = letter in "IA" and _ENGLISH_AHEAD.match(text, end)
    return None if language.script == "Latn" or is_word else (language.letters[letter], end)


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
    source = resources.files("asha.core").joinpath("lexicons", "en.txt")
    return frozenset(source.read_text(encoding="utf-8").split())


def spell_capitals(found: re.Match[str], language: Language) -> str:
    """ATM, ATMs: the letters by name."""
    spelled = " ".join(language.letters[letter] for letter in found["letters"])
    return spelled + ("s" if found["plural"] and language.script == "Latn" else "")
