"""Signs between numbers and words: + = × & % # @."""

import re

from asha.speech.patterns import LETTERS, Patterns, Said

_NUMERIC_BEFORE = re.compile(r"[\d)%]\s?$")
_DIGIT_AFTER = re.compile(r"\s?[(₹$€£-]?\d")
_WORD_AFTER = re.compile(rf"\s?[{LETTERS}\d]")
_USSD = re.compile(r"\*\d[\d*]{1,20}#")


def read_sign(text: str, position: int, p: Patterns) -> Said | None:
    """A sign, where it is said."""
    language = p.language
    sign = text[position]
    words, numbers = language.words, language.numbers
    after = position + 1
    if sign == "*" and (ussd := _USSD.match(text, position)):
        names = {"*": words["star"], "#": words["hash"]}
        said = (names.get(char) or numbers.digits[int(char)] for char in ussd[0])
        return " ".join(said), ussd.end()
    between_numbers = _NUMERIC_BEFORE.search(
        text[max(0, position - 2) : position]
    ) and _DIGIT_AFTER.match(text, after)
    arithmetic = {
        "+": numbers.plus,
        "=": numbers.equals,
        "×": numbers.times,
        "*": numbers.times,
        "÷": numbers.divided_by,
    }
    if sign in arithmetic and (between_numbers or sign in "=×÷"):
        return arithmetic[sign], after
    if sign == "+":
        return (numbers.plus, after) if text[position - 1 : position].isdecimal() else (sign, after)
    if sign == "/" and between_numbers:
        return words["slash"], after
    if sign == "&":
        return words["and"], after
    if sign == "%":
        return words["percent"], after
    if sign == "@":
        return words["at"], after
    if sign == "#" and _WORD_AFTER.match(text, after):
        return words["hash"], after
    if sign in "₹":
        return language.money.rupee[1], after
    if sign in "$€£":
        name = {"$": language.money.dollar, "€": language.money.euro, "£": language.money.pound}
        return name[sign][1], after
    if sign in "*_|~^\\":
        return " ", after
    return None
