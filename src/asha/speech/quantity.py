"""A written quantity: a number with its sign before it and its scale, unit or currency after it."""

from typing import NamedTuple

from asha.core.language import Language
from asha.speech.amount import (
    Amount,
    amount_of,
    and_half_words,
    counted_words,
    decimal_words,
)
from asha.speech.expression import Expression
from asha.speech.money import money_words
from asha.speech.numbers import (
    MAX_DIGITS,
    before_noun,
    cardinal,
    digits,
    glue,
    inflected,
    ordinal,
    year,
)
from asha.speech.patterns import DASH, LETTERS, MINUS, NUMBER, VULGAR, Patterns, Said, kept_stop

_NUMBER = Expression(rf"(?P<number>{NUMBER})(?!\.?\d)")
_VULGAR = Expression(r"(?P<whole>\d{0,3})\s?(?P<sign>[½¼¾⅓⅔])")
_FRACTION = Expression(
    r"(?:(?P<whole>\d{1,3})\s)?(?P<n>\d{1,3})(?P<bar>[/x×])(?P<d>\d{1,3})(?:(?:rd|th)(?![A-Za-z]))?(?![\d/])"
)
_FEET = Expression(r"(?P<feet>\d)['’](?P<inches>\d{1,2})(?:\"|”|''|’’)")
_SIGN = Expression(rf"[{MINUS}+]")
_RANGE = Expression(rf"(?P<percent>\s?%)?\s?{DASH}\s?(?=[₹$€£]?\s?\d)")
_AFTER_RANGE = Expression(rf"{DASH}\d|[/:]\d")
# Only after a currency: elsewhere M is a size, a metre or a name.
_SHORT_SCALE = Expression(rf"\s?(?P<written>[MBT]|[mbt]n|mln|bln)\.?(?![{LETTERS}\d])")
_SHORT_SIZES = {"M": 10**6, "mn": 10**6, "mln": 10**6, "B": 10**9, "bn": 10**9, "bln": 10**9}
_SHORT_SIZES |= {"T": 10**12, "tn": 10**12}
_PER = Expression(r"\s?/\s?(?=[^\W\d])")
_DECADE = Expression(rf"s(?![{LETTERS}])")
_NUKTA = "\u093c"
PLAIN_DIGITS = 6  # a longer number without commas is no quantity people read as one


class Written(NamedTuple):
    """A number in its place: `end` is where it ends in `text`; `currency` stood before it."""

    amount: Amount
    text: str
    end: int
    currency: str = ""

    @property
    def is_whole(self) -> bool:
        return not self.amount.fraction


def read_fraction(text: str, position: int, p: Patterns) -> Said | None:
    """½, 3/4, 2 1/2."""
    language = p.language
    if vulgar := _VULGAR.match(text, position):
        name, decimals = VULGAR[vulgar["sign"]]
        whole, end = vulgar["whole"], vulgar.end()
    elif written := _FRACTION.match(text, position):
        whole, end = written["whole"] or "", written.end()
        name = f"{int(written['n'])}/{int(written['d'])}"
        decimals = {"1/2": "5", "1/4": "25", "3/4": "75"}.get(name, "")
        if (whole and not decimals) or (written["bar"] != "/" and name != "24/7"):
            return None
    else:
        return None
    if whole and language.quarters and decimals:
        mixed = Written(Amount(whole, decimals), text, end)
        said = with_tail(mixed, p)
        return said if said[1] > end else (counted_words(mixed.amount, language), end)
    n, d = name.split("/")
    spoken = language.fractions.get(name) or language.fractions["form"].format(
        n=cardinal(int(n), language), d=cardinal(int(d), language)
    )
    if whole:
        half = and_half_words(whole, language) if name == "1/2" else ""
        spoken = half or f"{cardinal(int(whole), language)} {language.words['and']} {spoken}"
    if unit := p.unit.match(text, end):
        one = language.units[unit["written"]]
        one = one if whole else language.units_one.get(one, one)
        return f"{spoken} {one}", kept_stop(text, unit.end())
    return spoken, end


def read_feet(text: str, position: int, p: Patterns) -> Said | None:
    """A height: 5'6"."""
    found = _FEET.match(text, position)
    units = p.language.units
    if found is None or not {"ft", "inch"} <= units.keys():
        return None
    feet, inches = (
        f"{counted_words(Amount(found[part]), p.language)} {units[unit]}"
        for part, unit in (("feet", "ft"), ("inches", "inch"))
    )
    return f"{feet} {inches}", found.end()


def read_quantity(text: str, position: int, p: Patterns) -> Said | None:
    """Every number that is nothing else."""
    language = p.language
    sign, currency = "", ""
    at = position
    if found := _SIGN.match(text, at):
        sign = language.numbers.plus if found[0] == "+" else language.numbers.minus
        at = found.end()
    if before := p.currency.match(text, at):
        currency, at = before["written"], before.end()
        if found := _SIGN.match(text, at):
            sign, at = language.numbers.minus, found.end()
    number = _NUMBER.match(text, at)
    if number is None:
        return None
    written = Written(amount_of(number["number"]), text, number.end(), currency)
    words, end = _range(written, p) or with_tail(written, p)
    return (f"{sign} {words}" if sign else words), end


def _range(lower: Written, p: Patterns) -> Said | None:
    """10-12 km, ₹500-₹1,000, 40%-50%: the unit is said once."""
    text = lower.text
    dash = _RANGE.match(text, lower.end)
    if dash is None:
        return None
    at, currency = dash.end(), lower.currency
    if again := p.currency.match(text, at):
        currency, at = currency or again["written"], again.end()
    second = _NUMBER.match(text, at)
    if second is None or _AFTER_RANGE.match(text, second.end()):
        return None
    upper = Written(amount_of(second["number"]), text, second.end(), currency)
    if not lower.amount.value < upper.amount.value:
        return None
    if dash["percent"] and not p.percent.match(text, upper.end):
        return None
    words, end = with_tail(upper, p)
    has_noun = end > upper.end or bool(currency)
    language = p.language
    first = (counted_words if has_noun else decimal_words)(lower.amount, language)
    return f"{first} {language.words['range']} {words}", end


def with_tail(written: Written, p: Patterns) -> Said:
    """The number with what follows it."""
    for tail in (_decade, _ordinal, _scaled_or_money, _percent, _unit, _counted, _code):
        if said := tail(written, p):
            return said
    return decimal_words(written.amount, p.language), written.end


def _decade(written: Written, p: Patterns) -> Said | None:
    """1990s, 90s, where the language has them."""
    ends, whole = p.language.time.decade_ends, written.amount.whole
    is_decade = len(whole) in (2, 4) and whole[-1] == "0" and written.is_whole
    if not (ends and is_decade and _DECADE.match(written.text, written.end)):
        return None
    words = year(int(whole), p.language)
    for final, instead in ends.items():
        if words.endswith(final):
            return words.removesuffix(final) + instead, written.end + 1
    return None


def _ordinal(written: Written, p: Patterns) -> Said | None:
    whole = written.amount.whole
    if not written.is_whole or written.currency or len(whole) > MAX_DIGITS:
        return None
    for expression, attributive in ((p.ordinal, False), (p.ordinal_attributive, True)):
        if suffix := expression.match(written.text, written.end):
            words = ordinal(int(whole), p.language, attributive=attributive)
            return inflected(words, suffix["suffix"], p.language), suffix.end()
    return None


def _scaled_or_money(written: Written, p: Patterns) -> Said | None:
    """2.5 lakh; ₹2.5 lakh; 1.25 लाख करोड़; 500 rupees. "L" is lakh after ₹, else litres."""
    words, end = "", written.end
    scale = p.scale.match(written.text, end)
    if scale and (written.currency or scale["written"] not in p.language.units):
        words, end = _scaled(written.amount, scale["written"], p.language), scale.end()
        if second := p.scale.match(written.text, end):
            words, end = f"{words} {_scale_word(second['written'], p.language)}", second.end()
    elif written.currency and (short := _SHORT_SCALE.match(written.text, end)):
        size = str(_SHORT_SIZES[short["written"]])
        if named := p.language.numbers.scale_spoken.get(size):
            words, end = f"{counted_words(written.amount, p.language)} {named}", short.end()
    after = p.money_after.match(written.text, end)
    if written.currency or after:
        sign = written.currency or (after["written"] if after else "")
        end = kept_stop(written.text, after.end() if after else end)
        if after and not written.currency and _is_word(after["written"]) and written.is_whole:
            return _counted_money(written.amount, words, after["written"], p.language), end
        words = money_words(written.amount, words, sign.strip(), p.language)
        return _per(words, end, written.text, p)
    return (words, kept_stop(written.text, end)) if words else None


def _is_word(currency: str) -> bool:
    """A native word for the currency (रुपये), no abbreviation: it stays as written."""
    return not currency.isascii() and len(currency) > 3 and currency[-1] != "."


def _counted_money(amount: Amount, scaled: str, currency: str, language: Language) -> str:
    words = before_noun(scaled, language) if scaled else counted_words(amount, language)
    return f"{words} {currency}"


def _percent(written: Written, p: Patterns) -> Said | None:
    percent = p.percent.match(written.text, written.end)
    if percent is None:
        return None
    words = counted_words(written.amount, p.language)
    return f"{words} {p.language.words['percent']}", percent.end()


def _unit(written: Written, p: Patterns) -> Said | None:
    unit = p.unit.match(written.text, written.end)
    if unit is None:
        return None
    language = p.language
    spoken = language.units[unit["written"]]
    if written.amount.is_one:
        spoken = language.units_one.get(spoken, spoken)
    words = f"{counted_words(written.amount, language)} {spoken}"
    return _per(words, kept_stop(written.text, unit.end()), written.text, p)


def _counted(written: Written, p: Patterns) -> Said | None:
    """Before a word that is counted, the form for counting; the word stays as written."""
    if not p.counted_word.match(written.text, written.end):
        return None
    return counted_words(written.amount, p.language) + " ", written.end


def _code(written: Written, p: Patterns) -> Said | None:
    """Long numbers without commas, and those that begin with 0, are read digit by digit."""
    amount = written.amount
    is_long = len(amount.whole) > PLAIN_DIGITS and not amount.has_commas
    begins_with_0 = len(amount.whole) > 1 and amount.whole[0] == "0"
    if written.is_whole and (is_long or begins_with_0):
        return digits(amount.whole, p.language), written.end
    return None


def _per(words: str, end: int, text: str, p: Patterns) -> Said:
    """₹50/kg."""
    slash = _PER.match(text, end)
    form = p.language.words.get("per")
    if slash is None or not form:
        return words, end
    unit = p.unit.match(text, slash.end())
    if unit is None or unit.start("written") != slash.end():
        word = p.word.match(text, slash.end())
        return (form.format(amount=words, unit=word[0]), word.end()) if word else (words, end)
    spoken = p.language.units[unit["written"]]
    spoken = p.language.units_one.get(spoken, spoken)
    return form.format(amount=words, unit=spoken), kept_stop(text, unit.end())


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
