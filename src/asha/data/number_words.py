"""Whole numbers in the words of a language, from its number table."""

from asha.core.language import Numbers

HUNDRED, THOUSAND, LAKH = 100, 1_000, 100_000


def number_words(value: int, numbers: Numbers) -> str:
    """`value` (0 to 99,999) as people say it, e.g. 230 -> "दो सौ तीस".

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= value < LAKH:
        raise ValueError(f"{value} is outside 0..99,999")
    thousands, rest = divmod(value, THOUSAND)
    hundreds, ones = divmod(rest, HUNDRED)
    parts = []
    if thousands:
        parts.append(_thousands(thousands, numbers, is_followed=rest > 0))
    if hundreds:
        parts.append(numbers.hundreds[hundreds - 1][ones > 0])
    if ones or not parts:
        parts.append(numbers.below_100[ones])
    return numbers.joiner.join(parts)


def _thousands(count: int, numbers: Numbers, *, is_followed: bool) -> str:
    if exact := numbers.thousands_exact.get(str(count)):
        return exact[is_followed]
    if count == 1:
        return numbers.thousand.one[is_followed]
    return numbers.below_100[count] + numbers.joiner + numbers.thousand.many[is_followed]
