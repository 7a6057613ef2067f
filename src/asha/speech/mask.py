"""Personal data in a text: Aadhaar, PAN, cards, phones, e-mail, UPI ids, IFSC; found and masked.

For logs, and for stored text when asked. Numbers are checked (Verhoeff, Luhn) so that prices,
dates and order numbers stay; digits of the Indian scripts count as digits.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

Kind = Literal["aadhaar", "pan", "card", "phone", "email", "upi", "ifsc"]

# A digit may be followed by invisible characters; a space or hyphen may stand between groups.
_D = r"[0-9][\u200b-\u200d\u2060\ufeff]{0,4}"
_GAP = r"[ \u00a0\u2009\-\u2010-\u2013]{0,2}"
_BEFORE, _AFTER = r"(?<![\w])(?<!\d[.,])", r"(?![\w])(?![.,]\d)"


def _groups(*sizes: int, gap: str = _GAP) -> str:
    """Digits in groups of these sizes."""
    return gap.join(rf"(?:{_D}){{{size}}}" for size in sizes)


_CARD = rf"{_BEFORE}(?=[2-6])(?:{_groups(4, 4, 4, 4)}|{_groups(4, 6, 5)}|(?:{_D}){{13,19}}){_AFTER}"
_AADHAAR = rf"{_BEFORE}(?=[2-9]){_groups(4, 4, 4)}{_AFTER}"
_MOBILE = "|".join(
    (
        *(_groups(*sizes) for sizes in ((5, 5), (3, 3, 4), (4, 3, 3), (3, 4, 3), (2, 4, 4))),
        _groups(*[1] * 10, gap="[ -]"),
    )
)
_LANDLINE = "|".join(_groups(*sizes) for sizes in ((2, 4, 4), (3, 3, 4), (4, 6), (5, 5)))
_COUNTRY = rf"\(?(?:\+|00)?{_GAP}91\)?{_GAP}"
_PHONE = (
    rf"(?<![\w.,₹$€£])(?:(?:{_COUNTRY}|0{_GAP})?(?=[6-9])(?:{_MOBILE})"
    rf"|\(?\+{_GAP}91\)?{_GAP}(?=[1-5])(?:{_LANDLINE})){_AFTER}"
)
_EMAIL = r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])"
_UPI = r"(?<![\w.+-])[\w.-]{2,64}@[a-z][a-z0-9]{1,24}(?![\w@]|[.-]\w)"
_PAN = r"(?<![A-Za-z0-9])[A-Z]{3}[ABCFGHLJPTK][A-Z][0-9]{4}[A-Z](?![A-Za-z0-9])"
_IFSC = r"(?<![A-Za-z0-9])[A-Z]{4}0[A-Z0-9]{6}(?![A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data in characters `start` to `end` of a text."""

    kind: Kind
    start: int
    end: int


def find(text: str) -> list[Found]:
    """All personal data in `text`, in order, without overlaps."""
    plain = _ascii_digits(text)
    if not ("@" in plain or any(char.isdecimal() for char in plain)):
        return []
    found: list[Found] = []
    for kind, pattern in _patterns():
        for match in pattern.finditer(plain):
            if _is_real(kind, match[0]):
                found.append(Found(kind, match.start(), match.end()))
    order = [kind for kind, _ in _patterns()]
    chosen: list[Found] = []
    end = 0
    for item in sorted(found, key=lambda item: (item.start, order.index(item.kind))):
        if item.start >= end:
            chosen.append(item)
            end = item.end
    return chosen


def mask(text: str) -> str:
    """`text` with each finding as "[kind]"; everything else is untouched."""
    pieces: list[str] = []
    done = 0
    for item in find(text):
        pieces += (text[done : item.start], f"[{item.kind}]")
        done = item.end
    return "".join([*pieces, text[done:]])


@cache
def _patterns() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    return (
        ("email", re.compile(_EMAIL, re.IGNORECASE)),
        ("upi", re.compile(_UPI, re.IGNORECASE)),
        ("pan", re.compile(_PAN, re.IGNORECASE)),
        ("ifsc", re.compile(_IFSC, re.IGNORECASE)),
        ("card", re.compile(_CARD)),
        ("aadhaar", re.compile(_AADHAAR)),
        ("phone", re.compile(_PHONE)),
    )


def _is_real(kind: Kind, written: str) -> bool:
    digits = [int(char) for char in written if char in "0123456789"]
    if kind == "card":
        return passes_luhn(digits)
    if kind == "aadhaar":
        return passes_verhoeff(digits)
    if kind in {"pan", "ifsc"}:  # in one case throughout: "abcde1234f", not "Abcde1234F"
        letters = [char for char in written if char.isalpha()]
        return "".join(letters) in {"".join(letters).upper(), "".join(letters).lower()}
    return True


def _ascii_digits(text: str) -> str:
    """`text` with every decimal digit as 0-9, character by character."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(char)) if not char.isascii() and char.isdecimal() else char
        for char in text
    )


def passes_luhn(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of a payment card (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and any(digits)


@cache
def _verhoeff_tables() -> tuple[list[list[int]], list[list[int]]]:
    """Multiplication in the dihedral group of order 10, and the powers of the permutation."""

    def times(left: int, right: int) -> int:
        if left < 5:
            return (left + right) % 5 if right < 5 else 5 + (left + right - 5) % 5
        return 5 + (left - 5 - right) % 5 if right < 5 else (left - right) % 5

    product = [[times(left, right) for right in range(10)] for left in range(10)]
    powers = [list(range(10))]
    step = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    for _ in range(7):
        powers.append([step[digit] for digit in powers[-1]])
    return product, powers


def passes_verhoeff(digits: list[int]) -> bool:
    """Whether the last digit is the check digit of an Aadhaar number (Verhoeff, 1969)."""
    product, powers = _verhoeff_tables()
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = product[check][powers[place % 8][digit]]
    return check == 0
