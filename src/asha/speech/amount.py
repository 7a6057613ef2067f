"""A number as written, and its words: decimals, and quarters where the language has them."""

from typing import NamedTuple

from asha.core.language import Language
from asha.speech.numbers import MAX_DIGITS, before_noun, cardinal, digits

_QUARTERS = {"5": 2, "25": 1, "75": 3}  # digits after the point -> how many quarters


class Amount(NamedTuple):
    """A number as written; `fraction` holds the digits after the point."""

    whole: str
    fraction: str = ""
    has_commas: bool = False

    @property
    def value(self) -> float:
        """For comparing only."""
        return float(f"{self.whole[:300] or 0}.{self.fraction[:20] or 0}")

    @property
    def is_one_whole(self) -> bool:
        """Whether one stands before the point, whatever follows it (₹1.50)."""
        return self.whole.lstrip("0") == "1"

    @property
    def is_one(self) -> bool:
        return self.is_one_whole and not self.fraction.strip("0")


def amount_of(written: str) -> Amount:
    """ "1,25,000.50" as an Amount; digits may be of any script."""
    whole, _, fraction = written.partition(".")
    bare = whole.replace(",", "")
    return Amount(
        "".join(str(int(char)) for char in bare),
        "".join(str(int(char)) for char in fraction),
        bare != whole,
    )


def integer_words(whole: str, language: Language) -> str:
    """A whole number of any length: beyond 40 digits it is read digit by digit."""
    if len(whole) > MAX_DIGITS:
        return digits(whole, language)
    return cardinal(int(whole or 0), language)


def decimal_words(amount: Amount, language: Language) -> str:
    """ "3.14" as three point one four."""
    words = integer_words(amount.whole, language)
    if not amount.fraction:
        return words
    names = language.numbers.below_100  # also in hi-Latn, whose single digits are English
    tail = " ".join(names[int(digit)] for digit in amount.fraction)
    return f"{words} {language.numbers.point} {tail}"


def counted_words(amount: Amount, language: Language) -> str:
    """The amount before what it counts: with quarter words where the language has them."""
    quarters = language.quarters
    part = _QUARTERS.get(amount.fraction.rstrip("0"), 0) if amount.fraction.strip("0") else 0
    whole = int(amount.whole or 0) if len(amount.whole) < 3 else 100
    if quarters is None or not part or whole >= 100:
        if amount.fraction and not amount.fraction.strip("0"):
            amount = Amount(amount.whole)
        return before_noun(decimal_words(amount, language), language)
    if whole == 0:
        named = {
            1: language.fractions.get("1/4"),
            2: quarters.half,
            3: language.fractions.get("3/4"),
        }
        return named[part] or decimal_words(amount, language)
    if part == 1 and whole == 1:
        return quarters.one_quarter
    if part == 2 and whole in (1, 2):
        return quarters.one_half if whole == 1 else quarters.two_half
    form = {1: quarters.plus_quarter, 2: quarters.plus_half, 3: quarters.minus_quarter}[part]
    return form.format(n=cardinal(whole, language), next=cardinal(whole + 1, language))


def and_half_words(whole: str, language: Language) -> str:
    """Two and a half in one word, where the language has it (இரண்டரை, రెండున్నర), else ""."""
    words = cardinal(int(whole), language)
    for final, instead in language.numbers.and_half.items():
        if words.endswith(final):
            return words.removesuffix(final) + instead
    return ""
