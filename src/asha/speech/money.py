"""Amounts of money in words: ₹99.50 is ninety nine rupees fifty paise."""

from asha.core.language import Language, Pair
from asha.speech.amount import Amount, decimal_words, integer_words
from asha.speech.numbers import before_noun, cardinal

# How other currencies are written; everything else is the rupee, whose forms each language lists.
FOREIGN = {
    "US$": "dollar",
    "USD": "dollar",
    "$": "dollar",
    "EUR": "euro",
    "€": "euro",
    "GBP": "pound",
    "£": "pound",
}


def money_words(amount: Amount, scaled: str, written: str, language: Language) -> str:
    """The amount with the currency that was `written`; `scaled` are its words with lakh, crore."""
    money = language.money
    cent = money.cent
    pairs: dict[str, tuple[Pair, Pair]] = {
        "rupee": (money.rupee, money.paisa),
        "dollar": (money.dollar, cent),
        "euro": (money.euro, cent),
        "pound": (money.pound, money.penny or cent),
    }
    whole, part = pairs[FOREIGN.get(written, "rupee")]
    if scaled:
        return f"{before_noun(scaled, language)} {whole[1]}"
    if len(amount.fraction) > 2 and amount.fraction.strip("0"):
        return f"{before_noun(decimal_words(amount, language), language)} {whole[1]}"
    noun = whole[0] if amount.is_one_whole else whole[1]
    words = f"{before_noun(integer_words(amount.whole, language), language)} {noun}"
    small = int(amount.fraction.ljust(2, "0")[:2])
    if not small:
        return words
    parts = (
        f"{before_noun(cardinal(small, language), language)} {part[0] if small == 1 else part[1]}"
    )
    return f"{words} {parts}" if amount.whole.strip("0") else parts
