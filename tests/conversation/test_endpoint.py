"""How long a turn may pause depends on what was said."""

import pytest

from asha.conversation.endpoint import DIGITS_MS, UNFINISHED_MS, patience_for
from asha.conversation.rules import Rules

RULES = Rules()


def patience(text: str, tag: str, *, expects_digits: bool = False) -> float:
    return patience_for(text, tag, expects_digits=expects_digits, rules=RULES)


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("hi", "कल सुबह सात बजे मुझे जगा दो"),
        ("hi-Latn", "mujhe saat baje jaga do"),
        ("en-IN", "what is the time now"),
        ("gu", "કેટલા વાગ્યા છે"),
        ("ta", "இப்போது மணி என்ன"),
        ("te", "ఇప్పుడు టైమ్ ఎంత"),
        ("mr", "आता किती वाजले"),
    ],
)
def test_a_whole_request_ends_quickly(tag: str, text: str) -> None:
    assert patience(text, tag) == RULES.patience_ms


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("hi", "कल सुबह सात"),
        ("hi-Latn", "mujhe subah"),
        ("en-IN", "remind me to"),
        ("gu", "મને કાલે સવારે"),
        ("ta", "நாளை காலை"),
        ("te", "రేపు ఉదయం"),
        ("mr", "मला उद्या सकाळी"),
    ],
)
def test_half_a_request_is_waited_for(tag: str, text: str) -> None:
    assert patience(text, tag) >= 1_000


def test_a_conjunction_promises_more() -> None:
    assert patience("what is the time and", "en-IN") == UNFINISHED_MS


def test_numbers_are_read_in_groups() -> None:
    assert patience("98765", "en-IN") == DIGITS_MS
    assert patience("it is", "en-IN", expects_digits=True) >= DIGITS_MS


def test_without_words_the_rules_decide() -> None:
    assert patience("", "hi") == RULES.patience_ms
