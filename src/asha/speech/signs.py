"""Signs between numbers and words: + = × > ^ & % # @."""

from asha.core.language import Language
from asha.speech.expression import Expression
from asha.speech.patterns import Patterns, Said, words_before

_NUMERIC_BEFORE = Expression(r"[\d)%]\s?$")
_DIGIT_AFTER = Expression(r"\s?[(₹$€£-]?\d")
_OPERAND_BEFORE = Expression(r"(?:(?<![^\s(])[A-Za-z]|[\d)%])\s?$")
_OPERAND_AFTER = Expression(r"=?\s?(?:[-(₹$€£]{0,2}\d|[A-Za-z](?![A-Za-z]))")
_BASE_BEFORE = Expression(r"[\w)]$")
_POWER_AFTER = Expression(r"[-(]?(?:\d|[A-Za-z](?![A-Za-z]))")
_COMPARED = {">": "greater", "<": "less", "≥": "at_least", "≤": "at_most", "≠": "not_equal"}
_USSD = Expression(r"\*\d[\d*]{1,20}#")


def read_sign(text: str, position: int, p: Patterns) -> Said | None:
    """A sign, where it is said; Markdown's leftovers become spaces."""
    language = p.language
    sign, after = text[position], position + 1
    if sign == "*" and (ussd := _USSD.match(text, position)):
        names = {"*": language.words["star"], "#": language.words["hash"]}
        said = (names.get(char) or language.numbers.digits[int(char)] for char in ussd[0])
        return " ".join(said), ussd.end()
    if compared := _comparison(text, position, language):
        return compared
    if word := _arithmetic(text, position, language):
        return word, after
    if sign == "#" and (not text[after : after + 1].strip() or _number_sign(text, position, p)):
        return _number_sign(text, position, p) or " ", after
    if word := _word(sign, language):
        return word, after
    return (" ", after) if sign in "*_|~\\" else None


def _number_sign(text: str, position: int, p: Patterns) -> str:
    """What # is before digits: number (#5), or a space after a word that says so (OTP #4821)."""
    if not text[position + 1 : position + 2].isdecimal():
        return ""
    before = words_before(text, position, most=1)
    is_said = any(word in p.cues.code or word in p.cues.links for word in before)
    return " " if is_said else p.language.abbreviations.get("No.", "")


def _comparison(text: str, position: int, language: Language) -> Said | None:
    """a > b, 5 <= 6, 10^3; not the arrows, quotes and smiles that the same signs stand in."""
    sign, before = text[position], text[max(0, position - 3) : position]
    if sign == "^":
        is_power = _BASE_BEFORE.search(before) and _POWER_AFTER.match(text, position + 1)
        return (language.words["power"], position + 1) if is_power else None
    name = _COMPARED.get(sign)
    if name is None:
        return None
    is_wide = sign in "<>" and text[position + 1 : position + 2] == "="
    if is_wide:
        name = {">": "at_least", "<": "at_most"}[sign]
    is_plain = _OPERAND_BEFORE.search(before) and _OPERAND_AFTER.match(text, position + 1)
    is_heart = text.startswith("<3", position) and not _NUMERIC_BEFORE.search(before)
    if sign in "<>" and (is_heart or not is_plain):
        return None
    return language.words[name], position + 1 + is_wide


def _arithmetic(text: str, position: int, language: Language) -> str:
    """The word of a sign between numbers (and of = × ÷ anywhere), else ""."""
    sign, after = text[position], position + 1
    numbers = language.numbers
    if sign == "-":  # 5 - 3 = 2
        return numbers.minus if "=" in text[after : after + 12] else ""
    if sign in "=×÷":
        return {"=": numbers.equals, "×": numbers.times, "÷": numbers.divided_by}[sign]
    before_is_number = _NUMERIC_BEFORE.search(text[max(0, position - 2) : position])
    if not before_is_number:
        return ""
    if sign == "+":  # also 18+
        is_said = text[position - 1] != " " or _DIGIT_AFTER.match(text, after)
        return numbers.plus if is_said else ""
    if not _DIGIT_AFTER.match(text, after) or (sign == "*" and "(" in text[after : after + 2]):
        return ""
    if sign == "/":
        is_apart = text[position - 1] == " " == text[after : after + 1]
        return numbers.divided_by if is_apart else language.words["slash"]
    return numbers.times if sign in "*x" else ""


def _word(sign: str, language: Language) -> str:
    """The word of a sign that is always said, else ""."""
    if sign == "₹":
        return language.money.rupee[1]
    if sign in "$€£":
        money = {"$": language.money.dollar, "€": language.money.euro, "£": language.money.pound}
        return money[sign][1]
    name = {"&": "and", "%": "percent", "@": "at", "#": "hash"}.get(sign)
    return language.words[name] if name else ""
