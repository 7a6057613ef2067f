from random import Random

import pytest

from asha.data.romanise import romanised

SEEDS = [Random(seed) for seed in range(40)]


def spellings(text: str) -> set[str]:
    return {romanised(text, {"अलार्म": ["alarm"], "அலாரம்": ["alarm"]}, chance) for chance in SEEDS}


@pytest.mark.parametrize(
    ("native", "typed"),
    [
        ("आज शाम सात बजे", "aaj sham saat baje"),
        ("संपर्क", "sampark"),
        ("કાલે સવારે", "kale savare"),
        ("மணி", "mani"),
        ("ఏడు గంటలు", "edu gantalu"),
    ],
)
def test_the_usual_spelling_is_among_the_variants(native: str, typed: str) -> None:
    assert typed in spellings(native)


def test_known_words_take_their_listed_spelling_even_with_an_ending() -> None:
    assert spellings("अलार्म") == {"alarm"}
    assert all(said.startswith("alarm") for said in spellings("அலாரம்க்கு"))


def test_nothing_indian_is_left() -> None:
    assert all(said.isascii() for said in spellings("क्षेत्र ज्ञान ढूँढ़ो क़िला"))


def test_an_ending_that_begins_with_a_vowel_sign_is_spelled_too() -> None:
    chances = [Random(seed) for seed in range(20)]
    said = {romanised("भारताचा", {"भारत": ["bharat"]}, chance) for chance in chances}
    assert said <= {"bharatacha", "bharataacha", "bharatachaa", "bharataachaa"}
