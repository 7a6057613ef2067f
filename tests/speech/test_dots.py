"""What a full stop means after a word."""

import pytest

from asha.core.language import language
from asha.speech.dots import Dot, dot_rules, is_address


@pytest.mark.parametrize(
    ("word", "tag", "dot"),
    [
        ("है", "hi", Dot.ENDS),
        ("डॉ", "hi", Dot.JOINS),
        ("Dr", "ta", Dot.JOINS),
        ("कि.मी", "hi", Dot.JOINS),
        ("no", "en-IN", Dot.JOINS_BEFORE_DIGIT),
        ("Jan", "en-IN", Dot.JOINS_BEFORE_DIGIT),
        ("p.m", "en-IN", Dot.ENDS_BEFORE_CAPITAL),
        ("etc", "hi-Latn", Dot.ENDS_BEFORE_CAPITAL),
        ("A", "en-IN", Dot.JOINS),
        ("I", "en-IN", Dot.JOINS_BEFORE_INITIAL),
        ("जी", "hi", Dot.JOINS_BEFORE_INITIAL),
        ("ஜே", "ta", Dot.JOINS),
        ("500", "en-IN", Dot.ENDS),
        ("example.in", "en-IN", Dot.ENDS),
    ],
)
def test_a_dot_after_a_word(word: str, tag: str, dot: Dot) -> None:
    rules = dot_rules(language(tag))
    assert rules.dot_after(word, is_after_initial=False, is_marker=False) == dot


def test_a_number_that_counts_steps_keeps_its_dot() -> None:
    rules = dot_rules(language("hi"))
    assert rules.dot_after("2", is_after_initial=False, is_marker=True) == Dot.JOINS
    assert rules.dot_after("२", is_after_initial=False, is_marker=True) == Dot.JOINS


@pytest.mark.parametrize("word", ["https://a", "www.asha", "a@b", "a.in/x"])
def test_the_beginning_of_an_address_is_seen(word: str) -> None:
    assert is_address(word)
    assert not is_address("नमस्ते")
