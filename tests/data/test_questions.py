from random import Random

from asha.data.questions import NUMBERS_HEARD, any_utterance
from asha.data.sentences import any_numbers
from asha.data.shards import NOISE_SAYS


def test_bare_numbers_are_refused_not_calculated() -> None:
    numbers = any_numbers("en-IN", Random(1))
    assert numbers.intent == "out_of_scope"
    assert not numbers.slots


def test_hinglish_numbers_are_read_in_devanagari_or_in_english() -> None:
    spoken = [any_numbers("hi-Latn", Random(seed)).spoken for seed in range(60)]
    is_hindi = [any("\u0900" <= sign <= "\u097f" for sign in text) for text in spoken]
    assert any(is_hindi)
    assert not all(is_hindi)


def test_one_utterance_in_twenty_is_nothing_but_numbers() -> None:
    digits = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
    rows = [any_utterance(("en-IN",), 0.0, Random(seed)) for seed in range(400)]
    bare = [row for row in rows if set(row.text.split()) <= digits and row.target != NOISE_SAYS]
    assert 0.2 * NUMBERS_HEARD < len(bare) / len(rows) < 2 * NUMBERS_HEARD
