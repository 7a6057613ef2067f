"""Numbers as words."""

import pytest

from asha.core.language import language
from asha.speech.numbers import cardinal, clock, digits, ordinal, part_of_day, year


@pytest.mark.parametrize(
    ("tag", "n", "words"),
    [
        ("hi", 0, "शून्य"),
        ("hi", 125_000, "एक लाख पच्चीस हज़ार"),
        ("hi", 1_230_000_000, "एक अरब तेईस करोड़"),
        ("hi", -4, "माइनस चार"),
        ("hi-Latn", 99, "ninyaanve"),
        (
            "en-IN",
            12_345_678,
            "one crore twenty three lakh forty five thousand six hundred seventy eight",
        ),
        ("en-IN", 10**9, "one hundred crore"),
        ("gu", 100, "સો"),
        ("gu", 101, "એકસો એક"),
        ("mr", 100, "शंभर"),
        ("ta", 1_999, "ஆயிரத்து தொள்ளாயிரத்து தொண்ணூற்றி ஒன்பது"),
        ("ta", 2_100_000, "இருபத்தி ஒரு லட்சம்"),
    ],
)
def test_integers_are_grouped_the_indian_way(tag: str, n: int, words: str) -> None:
    assert cardinal(n, language(tag)) == words


@pytest.mark.parametrize("tag", ["hi", "hi-Latn", "en-IN", "gu", "ta", "te", "mr"])
def test_different_numbers_have_different_words(tag: str) -> None:
    numbers = [*range(1_200), *(10**power + 1 for power in range(4, 40)), 10**40 - 1]
    assert len({cardinal(n, language(tag)) for n in numbers}) == len(numbers)


def test_a_number_of_more_than_40_digits_is_refused() -> None:
    with pytest.raises(ValueError, match="40 digits"):
        cardinal(10**40, language("hi"))


def test_digits_of_any_script_are_read_one_by_one() -> None:
    assert digits("४-8 ௨૧", language("en-IN")) == "four eight two one"


@pytest.mark.parametrize(
    ("tag", "n", "words"),
    [
        ("en-IN", 3, "third"),
        ("en-IN", 121, "one hundred twenty first"),
        ("en-IN", 200, "two hundredth"),
        ("hi", 5, "पाँचवाँ"),
        ("mr", 121, "एकशे एकविसावा"),
        ("ta", 101, "நூற்றி ஒன்றாவது"),
    ],
)
def test_ordinals(tag: str, n: int, words: str) -> None:
    assert ordinal(n, language(tag)) == words


@pytest.mark.parametrize(
    ("tag", "n", "words"),
    [
        ("en-IN", 1900, "nineteen hundred"),
        ("en-IN", 1905, "nineteen oh five"),
        ("en-IN", 1947, "nineteen forty seven"),
        ("en-IN", 2005, "two thousand five"),
        ("en-IN", 2026, "twenty twenty six"),
        ("hi", 1947, "उन्नीस सौ सैंतालीस"),
        ("hi", 2026, "दो हज़ार छब्बीस"),
        ("gu", 1900, "ઓગણીસસો"),
        ("ta", 2026, "இரண்டாயிரத்து இருபத்தி ஆறு"),
    ],
)
def test_years(tag: str, n: int, words: str) -> None:
    assert year(n, language(tag)) == words


@pytest.mark.parametrize(
    ("tag", "hour", "minute", "words"),
    [
        ("hi", 17, 30, "शाम साढ़े पाँच बजे"),
        ("hi", 13, 30, "दोपहर डेढ़ बजे"),
        ("hi", 0, 10, "रात बारह बजकर दस मिनट"),
        ("en-IN", 17, 5, "five oh five P M"),
        ("en-IN", 9, 0, "nine A M"),
        ("gu", 14, 30, "બપોરે અઢી વાગ્યે"),
        ("mr", 17, 45, "संध्याकाळी पावणेसहा वाजता"),
        ("ta", 1, 0, "இரவு ஒரு மணி"),
    ],
)
def test_clock_times_are_said_with_the_part_of_the_day(
    tag: str, hour: int, minute: int, words: str
) -> None:
    track = language(tag)
    assert clock(hour, minute, track, part=part_of_day(hour, track)) == words
