from random import Random

import pytest

from asha.data.phrasing import Slot, choose, count, parse_pattern, slots_of, squeeze


def test_alternatives_and_optional_words_multiply() -> None:
    pattern = parse_pattern("(please|) set {a} (alarm|alarms|bells)")
    assert count(pattern) == 6
    assert slots_of(pattern) == [Slot("a")]


def test_a_slot_may_stand_in_a_case_and_carry_an_ending() -> None:
    pattern = parse_pattern("{part.dat}க்கு")
    assert slots_of(pattern) == [Slot("part", "dat")]
    assert choose(pattern, Random(1)) == [Slot("part", "dat"), "க்கு"]


@pytest.mark.parametrize("broken", ["(a|b", "a|b)", "(a)", "{a", "((a|b)|c)"])
def test_brackets_that_do_not_pair_are_refused(broken: str) -> None:
    with pytest.raises(ValueError, match=r"bracket|alternatives"):
        parse_pattern(broken)


def test_gaps_of_optional_words_close() -> None:
    assert squeeze("  set   an alarm ") == "set an alarm"
