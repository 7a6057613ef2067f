"""A written amount: an integer, a decimal, a fraction, with its scale, unit, percent or currency."""

import re
from dataclasses import dataclass

from asha.core.language import Language, Pair
from asha.speech.numbers import MAX_DIGITS, before_noun, cardinal, digits, glue, inflected, ordinal
from asha.speech.patterns import DASH, MINUS, NUMBER, VULGAR, Patterns, Said, kept_stop

_NUMBER = re.compile(rf"(?P<number>{NUMBER})(?!\.\d)")
_VULGAR = re.compile(r"(?P<whole>\d{0,3})\s?(?P<sign>[½¼¾⅓⅔])")
_FRACTION = re.compile(r"(?:(?P<whole>\d{1,3})\s)?(?P<n>\d{1,3})/(?P<d>\d{1,3})(?![\d/])")
_SIGN = re.compile(rf"[{MINUS}+]")
_RANGE = re.compile(rf"\s?{DASH}\s?(?=[₹$€£]?\s?\d)")
_FOREIGN = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "paisa")}
_NUKTA = "\u093c"
_QUARTERS = {"5": 2, "25": 1, "75": 3}
PLAIN_DIGITS = 6  # a longer number without commas is no quantity people read as one


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as written; `fraction` holds the digits after the point."""

    whole: str
    fraction: str = ""
    has_commas: bool = False

    @property
    def value(self) -> float:
        """For comparing only."""
        return float(f"{self.whole[:300] or 0}.{self.fraction[:20] or 0}")

    @property
    def is_one(self) -> bool:
        return self.whole.lstrip("0") == "1" and not self.fraction.strip("0")


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


def read_fraction(text: str, position: int, p: Patterns) -> Said | None:
    """½, 3/4, 2 1/2."""
    language = p.language
    if vulgar := _VULGAR.match(text, position):
        name, fraction = VULGAR[vulgar["sign"]]
        whole, end = vulgar["whole"], vulgar.end()
    elif written := _FRACTION.match(text, position):
        whole, end = written["whole"] or "", written.end()
        name = f"{int(written['n'])}/{int(written['d'])}"
        fraction = {"1/2": "5", "1/4": "25", "3/4": "75"}.get(name, "")
        if whole and not fraction:
            whole, end, name = "", position, ""
    else:
        return None
    if not name:
        return None
    if whole and language.quarters and fraction:
        return with_tail(Amount(whole, fraction), end, text, p)
    n, d = name.split("/")
    spoken = language.fractions.get(name) or language.fractions["form"].format(
        n=cardinal(int(n), language), d=cardinal(int(d), language)
    )
    if whole:
        spoken = f"{cardinal(int(whole), language)} {language.words['and']} {spoken}"
    if unit := p.unit.match(text, end):
        return f"{spoken} {language.units[unit['written']]}", unit.end()
    return spoken, end


def read_amount(text: str, position: int, p: Patterns) -> Said | None:
    """Everything that is a quantity, with its sign before it and its unit after it."""
    language = p.language
    minus, currency = "", ""
    at = position
    if sign := _SIGN.match(text, at):
        minus = language.numbers.plus if sign[0] == "+" else language.numbers.minus
        at = sign.end()
    if written := p.currency.match(text, at):
        currency, at = written["written"], written.end()
        if sign := _SIGN.match(text, at):
            minus, at = language.numbers.minus, sign.end()
    number = _NUMBER.match(text, at)
    if number is None:
        return None
    amount, end = amount_of(number["number"]), number.end()
    said = _range(amount, end, text, p, currency) or with_tail(amount, end, text, p, currency)
    if said is None:
        return None
    return (f"{minus} {said[0]}" if minus else said[0]), said[1]


def _range(amount: Amount, end: int, text: str, p: Patterns, currency: str) -> Said | None:
    """10-12 km, ₹500-₹1,000: the unit is said once."""
    dash = _RANGE.match(text, end)
    if dash is None:
        return None
    at = dash.end()
    if again := p.currency.match(text, at):
        currency, at = currency or again["written"], again.end()
    second = _NUMBER.match(text, at)
    if second is None or re.match(rf"{DASH}\d|[/:]\d", text[second.end() : second.end() + 2]):
        return None
    upper = amount_of(second["number"])
    if not amount.value < upper.value:
        return None
    tail = with_tail(upper, second.end(), text, p, currency)
    if tail is None:
        return None
    has_noun = tail[1] > second.end() or bool(currency)
    language = p.language
    first = counted_words(amount, language) if has_noun else decimal_words(amount, language)
    return f"{first} {language.words['range']} {tail[0]}", tail[1]


def with_tail(amount: Amount, end: int, text: str, p: Patterns, currency: str = "") -> Said | None:
    """The amount with what follows it at `end`; None where it is not a quantity."""
    language = p.language
    is_whole = not amount.fraction
    if is_whole and not currency and len(amount.whole) <= MAX_DIGITS:
        for expression, attributive in ((p.ordinal, False), (p.ordinal_attributive, True)):
            if suffix := expression.match(text, end):
                words = ordinal(int(amount.whole), language, attributive=attributive)
                return inflected(words, suffix["suffix"], language), suffix.end()
    words, noun_end = "", end
    scale = p.scale.match(text, end)
    if scale and not (scale["written"] in language.units and not currency):
        words, noun_end = _scaled(amount, scale["written"], language), scale.end()
        if second := p.scale.match(text, noun_end):  # 1.25 लाख करोड़
            words, noun_end = f"{words} {_scale_word(second['written'], language)}", second.end()
    if money := _money(amount, words, noun_end, text, p, currency):
        said = money
    elif words:
        said = words, kept_stop(text, noun_end)
    elif percent := p.percent.match(text, end):
        said = f"{counted_words(amount, language)} {language.words['percent']}", percent.end()
    elif unit := p.unit.match(text, end):
        said = (
            f"{counted_words(amount, language)} {_unit(amount, unit['written'], p)}",
            kept_stop(text, unit.end()),
        )
    elif is_whole and not amount.has_commas and len(amount.whole) > PLAIN_DIGITS:
        said = digits(amount.whole, language), end
    elif is_whole and len(amount.whole) > 1 and amount.whole[0] == "0":
        said = digits(amount.whole, language), end
    elif p.scale_stem.match(text, end):
        return counted_words(amount, language), end
    else:
        said = decimal_words(amount, language), end
    return with_ending(said, text, p)


def with_ending(said: Said, text: str, p: Patterns) -> Said:
    """A case ending written after a number is joined to the last word said (500-க்கு)."""
    words, end = said
    ending = p.glued.match(text, end)
    if ending is None:
        return said
    numbers = p.language.numbers
    for final, instead in numbers.before_ending.items():
        if words.endswith(final):
            words = words.removesuffix(final) + instead
    return glue(words, numbers.glued[ending["ending"]]), ending.end()


def _scaled(amount: Amount, written: str, language: Language) -> str:
    """2.5 lakh. What a person wrote in the track's own script stays as written."""
    numbers = language.numbers
    size = numbers.scale_words[written]
    spoken = _scale_word(written, language)
    small = not amount.fraction and len(amount.whole) < 3 and 0 < int(amount.whole) < 100
    if small and size in (1_000, 100_000, 10_000_000) and spoken == numbers.scale_spoken[str(size)]:
        return cardinal(int(amount.whole) * size, language)
    return f"{counted_words(amount, language)} {spoken}"


def _scale_word(written: str, language: Language) -> str:
    """Latin scale words become the track's own; native ones stay, but for a missing nukta."""
    numbers = language.numbers
    spoken = numbers.scale_spoken.get(str(numbers.scale_words[written]), written)
    is_spoken = written.isascii() or spoken.replace(_NUKTA, "") == written.replace(_NUKTA, "")
    return spoken if is_spoken else written


def _unit(amount: Amount, written: str, p: Patterns) -> str:
    spoken = p.language.units[written]
    return p.language.units_one.get(spoken, spoken) if amount.is_one else spoken


def _money(
    amount: Amount, scaled: str, end: int, text: str, p: Patterns, currency: str
) -> Said | None:
    """The amount with its currency, written before it, after it, or both."""
    language = p.language
    after = p.money_after.match(text, end)
    if not currency and after is None:
        return None
    sign = currency or (after["written"] if after else "")
    end = kept_stop(text, after.end() if after else end)
    whole_name, part_name = _FOREIGN.get(sign, ("rupee", "paisa"))
    noun: Pair = getattr(language.money, whole_name)
    part: Pair = getattr(language.money, part_name)
    if scaled:
        return f"{before_noun(scaled, language)} {noun[1]}", end
    if not amount.fraction.strip("0"):
        words = before_noun(integer_words(amount.whole, language), language)
        return f"{words} {noun[0] if amount.is_one else noun[1]}", end
    if len(amount.fraction) > 2:
        return f"{before_noun(decimal_words(amount, language), language)} {noun[1]}", end
    small = int(amount.fraction.ljust(2, "0"))
    parts = (
        f"{before_noun(cardinal(small, language), language)} {part[0] if small == 1 else part[1]}"
    )
    if not amount.whole.strip("0"):
        return parts, end
    words = before_noun(integer_words(amount.whole, language), language)
    return f"{words} {noun[0] if amount.is_one else noun[1]} {parts}", end
