"""Personal data is found and masked; everything else stays as it is.

The numbers are made up: they pass their check digits, nobody owns them on purpose.
"""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.speech.mask import find, mask, passes_luhn, passes_verhoeff


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("My Aadhaar is 9999 4105 7058.", "My Aadhaar is [aadhaar]."),
        ("आधार ९९९९-४१०५-७०५८ है", "आधार [aadhaar] है"),
        ("ఆధార్ ౯౯౯౯౪౧౦౫౭౦౫౮", "ఆధార్ [aadhaar]"),
        ("PAN: ABCPE1234F", "PAN: [pan]"),
        ("pan abcpe1234f hai", "pan [pan] hai"),
        ("card 4111 1111 1111 1111 exp 12/27", "card [card] exp 12/27"),
        ("card 4111111111111111", "card [card]"),
        ("3782 822463 10005", "[card]"),
        ("call +91 98765 43210", "call [phone]"),
        ("call +91-98765-43210 or 09876543210", "call [phone] or [phone]"),
        ("(+91) 98765 43210", "[phone]"),
        ("फ़ोन ९८७६५४३२१०", "फ़ोन [phone]"),
        ("ફોન ૯૮૭૬૫ ૪૩૨૧૦", "ફોન [phone]"),
        ("எண் ௯௮௭௬௫௪௩௨௧௦", "எண் [phone]"),
        ("9 8 7 6 5 4 3 2 1 0", "[phone]"),
        ("+91 22 2345 6789", "[phone]"),
        ("9876\u200b543210", "[phone]"),
        ("ravi.k+bills@mail.example.co.in, thanks", "[email], thanks"),
        ("pay ravi.k@okhdfcbank now", "pay [upi] now"),
        ("9876543210@ybl", "[upi]"),
        ("IFSC SBIN0001234", "IFSC [ifsc]"),
        ("A 9999 4105 7058, P 9876543210", "A [aadhaar], P [phone]"),
    ],
)
def test_personal_data_is_masked(text: str, masked: str) -> None:
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "₹1,25,000 on 05/06/2026 at 17:45",
        "order 1234567890123",
        "9999 4105 7059",  # wrong check digit
        "4111 1111 1111 1112",
        "₹9876543210",
        "price 9876543210.50",
        "scores 65 70 82 91 77",
        "PIN 411001, OTP 4821",
        "helpline 1800 123 4567",
        "5876543210",
        "987654321",
        "ABCDE1234F",  # the fourth letter names no kind of holder
        "meet @ 5 pm",
        "INVOICE0012345",
        "नमस्ते, कैसे हैं?",
        "",
    ],
)
def test_everything_else_is_untouched(text: str) -> None:
    assert mask(text) == text


def test_findings_say_what_and_where() -> None:
    found = find("फ़ोन ९८७६५४३२१० और a.b@c.in")
    assert [(item.kind, item.start, item.end) for item in found] == [
        ("phone", 5, 15),
        ("email", 19, 27),
    ]


def test_check_digits_are_those_of_the_standards() -> None:
    assert passes_verhoeff([2, 3, 6, 3])
    assert not passes_verhoeff([2, 3, 6, 4])
    assert passes_luhn([7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 3])
    assert not passes_luhn([7, 9, 9, 2, 7, 3, 9, 8, 7, 1, 0])


def test_verhoeff_sees_every_swap_of_neighbours() -> None:
    digits = [9, 9, 9, 9, 4, 1, 0, 5, 7, 0, 5, 8]
    for at in range(11):
        swapped = [*digits[:at], digits[at + 1], digits[at], *digits[at + 2 :]]
        assert passes_verhoeff(swapped) == (swapped == digits)


@settings(deadline=None)
@given(
    st.text(
        st.one_of(st.sampled_from("0123456789९८ -+@.abcABC"), st.characters(exclude_categories=())),
        max_size=200,
    )
)
def test_what_is_not_masked_is_kept_in_order(text: str) -> None:
    masked = mask(text)
    parts = re.split(r"\[(?:aadhaar|pan|card|phone|email|upi|ifsc)\]", masked)
    at = 0
    for part in parts:
        at = text.index(part, at) + len(part)


@pytest.mark.parametrize(
    "piece", ["9", "a", "9 ", "a.", "a@", "@", "-", "९", "\u200b", "A1", "+91 "]
)
def test_a_megabyte_is_searched_in_linear_time(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    mask(text)
    assert time.process_time() - started < 8
