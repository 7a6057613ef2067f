import pytest

from asha.core.language import language
from asha.data.number_words import number_words


@pytest.mark.parametrize(
    ("tag", "value", "words"),
    [
        ("en-IN", 0, "zero"),
        ("en-IN", 25, "twenty five"),
        ("en-IN", 999, "nine hundred ninety nine"),
        ("hi", 230, "दो सौ तीस"),
        ("hi", 1_500, "एक हज़ार पाँच सौ"),
        ("ta", 2_000, "இரண்டாயிரம்"),
    ],
)
def test_numbers_are_said_as_the_language_file_has_them(tag: str, value: int, words: str) -> None:
    assert number_words(value, language(tag).numbers) == words


def test_beyond_the_range_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="outside"):
        number_words(100_000, language("hi").numbers)
