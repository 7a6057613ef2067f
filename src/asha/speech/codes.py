"""What is read digit by digit: phone numbers, OTPs, PIN codes, Aadhaar, PAN, vehicles."""

import re

from asha.core.language import Language
from asha.speech.expression import Expression
from asha.speech.numbers import cardinal, year
from asha.speech.patterns import LETTERS, Patterns, Said, words_after, words_before
from asha.speech.quantity import with_ending

_PHONE = Expression(
    r"(?P<prefix>\(?\+\s?91\)?[\s-]?|91[\s-]|0)?(?P<n>[6-9](?:[\s-]?\d){9})(?!\d|[.,]\d)"
)
_ABROAD = Expression(r"\+(?P<country>\d{1,3})(?P<rest>(?:[\s-]\d{2,5}){2,4})(?!\d)")
_GROUPS = Expression(
    r"(?:\d{4}[ -]\d{4}[ -]\d{4}(?:[ -]\d{4})?|0\d{2,4}[ -]\d{3,4}[ -]?\d{3,4}"
    r"|1[89]00[ -]\d{2,4}[ -]\d{3,4}(?:[ -]\d{1,4})?)(?![\d-])"
)
_CUED = Expression(r"(?P<n>\d{3,20}(?:-\d{2,12}| \d{2,6}){0,5})(?!\d|[,:/.]\d|\s?%)")
_TOWN_BEFORE = Expression(rf"[{LETTERS}]\s[-–]\s$")  # Noida - 201301
_PIN = Expression(r"\d{6}(?!\d|[.,]\d)")
_VEHICLE = Expression(r"[A-Z]{2}[ -]?\d{1,2}[ -]?[A-Z]{1,3}[ -]?\d{3,4}(?![A-Za-z0-9])")
_LEADING = Expression(r"\d+")
_MIXED = Expression(
    r"(?=[A-Za-z]{0,20}\d)[A-Za-z0-9]{1,40}(?:-[A-Z0-9]{0,9}\d[A-Z0-9]{0,9}){0,5}(?![A-Za-z0-9])"
)
_FISCAL = Expression(r"(?P<name>[FA]Y)[ '’]?(?P<y>\d{4}|\d{2})[-–](?P<to>\d{2})(?!\d)")
_VERSION = Expression(r"\d{1,4}(?:\.\d{1,4}){2,5}(?![.]?\d)")
_LONG_CODE = 6  # mixed letters and digits of this length are read one by one


def spell(text: str, language: Language) -> str:
    """Letters by name, digits one by one; groups (at spaces and hyphens) with commas."""
    return ", ".join(
        " ".join(_name(char, language) for char in group)
        for group in re.split(r"[\s-]+", text.strip(" -"))
        if group
    )


def _name(char: str, language: Language) -> str:
    if char.isdecimal():
        return language.numbers.digits[int(char)]
    return language.letters.get(char.upper(), char)


def read_phone(text: str, position: int, p: Patterns) -> Said | None:
    """Ten digits from 6 on, with +91 or 0 before them; landlines, toll-free, abroad, Aadhaar."""
    language = p.language
    if found := _PHONE.match(text, position):
        bare = "".join(char for char in found["n"] if char.isdecimal())
        if found["n"].count(" ") + found["n"].count("-") <= 4:
            number = f"{spell(bare[:5], language)}, {spell(bare[5:], language)}"
            prefix = "".join(char for char in found["prefix"] or "" if char.isdecimal())
            if "+" in (found["prefix"] or ""):
                number = f"{language.numbers.plus} {spell(prefix, language)}, {number}"
            elif prefix:
                number = f"{spell(prefix, language)}{',' if len(prefix) > 1 else ''} {number}"
            return number, found.end()
    if found := _ABROAD.match(text, position):
        number = spell(found["rest"], language)
        return f"{language.numbers.plus} {spell(found['country'], language)}, {number}", found.end()
    if found := _GROUPS.match(text, position):
        return spell(found[0], language), found.end()
    return None


def read_code(text: str, position: int, p: Patterns) -> Said | None:
    """Digits beside a word that announces a code."""
    if _TOWN_BEFORE.search(text[max(0, position - 4) : position]) and (
        pin := _PIN.match(text, position)
    ):
        return spell(pin[0], p.language), pin.end()
    found = _CUED.match(text, position)
    if found is None or _is_quantity(text, found.end(), p):
        return None
    is_numbered = text[position - 1 : position] == "#" and len(found["n"]) > 3
    if not (
        is_numbered or _announced(text, position, p.cues.code, p) or _asked_for(text, found, p)
    ):
        return None
    return spell(found["n"], p.language), found.end()


def read_hyphen(text: str, position: int, p: Patterns) -> Said | None:
    """A hyphen that joins a number on is not said; six digits after it are a PIN code."""
    if pin := _PIN.match(text, position + 1):
        return spell(pin[0], p.language), pin.end()
    return " ", position + 1


def read_short_phone(text: str, position: int, p: Patterns) -> Said | None:
    """Digits of any length beside a word that announces a phone number (helpline 1930)."""
    found = _CUED.match(text, position)
    if found is None or _is_quantity(text, found.end(), p):
        return None
    after = words_after(text, found.end(), most=2)
    is_asked = len(after) == 2 and after[0] in p.cues.links_after and after[1] in p.cues.phone
    if not ((is_asked and len(found["n"]) <= 4) or _announced(text, position, p.cues.phone, p)):
        return None
    return spell(found["n"], p.language), found.end()


def _is_quantity(text: str, end: int, p: Patterns) -> bool:
    """Whether a unit, a currency or something countable follows."""
    for expression in (p.money_after, p.scale, p.unit, p.percent, p.ordinal):
        if (tail := expression.match(text, end)) and tail.end() > end:
            return True
    after = words_after(text, end, most=1)
    return bool(after) and after[0] in p.cues.counted


def _announced(text: str, position: int, cues: frozenset[str], p: Patterns) -> bool:
    """Whether a cue stands before, with nothing but linking words between."""
    before = words_before(text, position, most=5)
    for depth, word in enumerate(before):
        pair = f"{before[depth + 1]} {word}" if depth + 1 < len(before) else ""
        if pair in cues or (word in cues and (cues is p.cues.code or word not in p.cues.links)):
            return True
        if word not in p.cues.links:
            break
    # OTP for Paytm is 482193
    return (
        bool(before)
        and before[0] in p.cues.links
        and any(word in p.cues.code for word in before[1:])
    )


def _asked_for(text: str, found: re.Match[str], p: Patterns) -> bool:
    """Whether the cue follows: 4821 is your OTP."""
    if not 4 <= len(found["n"]) <= 8:
        return False
    after = words_after(text, found.end(), most=3)
    return any(word in p.cues.links for word in after) and any(
        word in p.cues.code for word in after
    )


def read_mixed(text: str, position: int, p: Patterns) -> Said | None:
    """Letters and digits together: MH 12 AB 1234, ABCDE1234F, 5G, A4."""
    language = p.language
    if position and re.match(rf"[{LETTERS}\d]", text[position - 1]):
        return None
    if found := _VEHICLE.match(text, position):
        return spell(found[0], language), found.end()
    if (found := _FISCAL.match(text, position)) and _is_next(found["y"], found["to"]):
        first = (year if len(found["y"]) == 4 else cardinal)(int(found["y"]), language)
        to = f"{language.words['range']} {cardinal(int(found['to']), language)}"
        return f"{spell(found['name'], language)} {first} {to}", found.end()
    found = _MIXED.match(text, position)
    if found is None:
        return None
    token = found[0]
    letters = [char for char in token if char.isalpha()]
    number = _LEADING.match(text, position)
    if not letters or (number and _is_quantity(text, number.end(), p)):
        return None
    before = words_before(text, position, most=2)
    cued = any(word in p.cues.code for word in before)
    if cued or (len(token) >= _LONG_CODE and all(char.isupper() for char in letters)):
        return with_ending((spell(token, language), found.end()), text, p)
    if len(letters) > 3 or any(char.islower() for char in letters):
        return None
    pieces = re.findall(r"\d+|[A-Za-z]", token)
    said = (
        cardinal(int(piece), language)
        if piece.isdecimal() and len(piece) < 5
        else spell(piece, language)
        for piece in pieces
    )
    return " ".join(said), found.end()


def _is_next(first: str, to: str) -> bool:
    """Whether two digits are of the year after: FY24-25."""
    return int(to) == (int(first) + 1) % 100


def read_version(text: str, position: int, p: Patterns) -> Said | None:
    """3.11.7, 192.168.1.1: numbers with the point word between."""
    found = _VERSION.match(text, position)
    if found is None:
        return None
    parts = (cardinal(int(part), p.language) for part in found[0].split("."))
    return f" {p.language.numbers.point} ".join(parts), found.end()
