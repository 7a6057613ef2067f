"""Text as a voice reads it: the golden rows, bad input, and a fuzz over all scripts."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.core.language import TAGS, language
from asha.speech.normalize import normalize

GOLDEN = Path(__file__).parents[1] / "golden" / "normalize"
CATEGORIES = 19
MIN_ROWS, MIN_ROWS_OF_A_CATEGORY = 150, 8


def _rows(tag: str) -> list[tuple[str, str, str]]:
    """(category, written, spoken) of a track's golden file; "\\n" in it is a line break."""
    found, category = [], ""
    for line in (GOLDEN / f"{tag}.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("# ") and "\t" not in line:
            category = line[2:]
        elif line:
            written, spoken = line.split("\t")
            found.append((category, written.replace("\\n", "\n"), spoken))
    return found


ROWS = [(tag, *row[1:]) for tag in TAGS for row in _rows(tag)]


@pytest.mark.parametrize(
    ("tag", "written", "spoken"), ROWS, ids=[f"{tag}-{n}" for n, (tag, *_) in enumerate(ROWS)]
)
def test_a_golden_row_is_read_as_its_author_reads_it(tag: str, written: str, spoken: str) -> None:
    assert normalize(written, language(tag)) == spoken


@pytest.mark.parametrize("tag", TAGS)
def test_every_track_has_rows_in_every_category(tag: str) -> None:
    rows = _rows(tag)
    categories = [category for category, _, _ in rows]
    assert len(rows) >= MIN_ROWS
    assert len(set(categories)) == CATEGORIES
    few = {name for name in categories if categories.count(name) < MIN_ROWS_OF_A_CATEGORY}
    assert not few


@pytest.mark.parametrize(("tag", "spoken"), [(tag, spoken) for tag, _, spoken in ROWS[::7]])
def test_what_has_been_normalised_stays_as_it_is(tag: str, spoken: str) -> None:
    assert normalize(spoken, language(tag)) == spoken


@pytest.mark.parametrize(
    ("tag", "written", "spoken"),
    [
        ("en-IN", "என் OTP 4821 வந்தது.", "என் ஓ டி பி நான்கு எட்டு இரண்டு ஒன்று வந்தது."),
        ("en-IN", "राज आया, I gave him 5 mangoes.", "राज आया, I gave him five mangoes."),
        (
            "hi-Latn",
            "मुझे कल 5:30 बजे UPI मिला। kal 5 baje",
            "मुझे कल साढ़े पाँच बजे यू पी आई मिला। kal paanch baje",
        ),
        ("hi", "எனக்கு 500 ரூபாய் வேண்டும்", "எனக்கு ஐநூறு ரூபாய் வேண்டும்"),
        ("mr", "मला 2 आंबे", "मला दोन आंबे"),
    ],
)
def test_the_language_of_a_number_is_the_language_around_it(
    tag: str, written: str, spoken: str
) -> None:
    assert normalize(written, language(tag)) == spoken


@pytest.mark.parametrize(
    ("tag", "written", "spoken"),
    [
        ("en-IN", "call 500 people", "call five hundred people"),
        ("hi", "112 पर कॉल करें", "एक एक दो पर कॉल करें"),
        ("en-IN", "Do NOT share your OTP", "Do not share your O T P"),
        ("en-IN", "COVID-19, 5G and ATMs", "Covid nineteen, five G and A T M's"),
        ("hi", "₹50/kg, 5किलो, 2½ किलो", "पचास रुपये प्रति किलो, पाँच किलो, ढाई किलो"),
        ("gu", "5:10 વાગ્યાથી", "પાંચ વાગીને દસ મિનિટથી"),
        ("te", "1:30 గంటలకు", "ఒంటి గంట ముప్పై నిమిషాలకు"),
        ("ta", "5%-ல்", "ஐந்து சதவீதத்தில்"),
        ("en-IN", "5 - 3 = 2", "five minus three equals two"),
        ("en-IN", "in 2024-25", "in twenty twenty four to twenty five"),
    ],
)
def test_what_people_write_beyond_the_golden_rows(tag: str, written: str, spoken: str) -> None:
    assert normalize(written, language(tag)) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("\ud83d", "\ufffd"),  # half an emoji: seen, not dropped
        ("\ud83d\ude4f नमस्ते", "नमस्ते"),  # both halves: an emoji
        ("नम\u200b\u200bस्ते\u202e", "नमस्ते"),
        ("क\u200d\u200d\u200d\u200dष", "क\u200dष"),
        ("\u0301\u093f", "\u0301\u093f"),
        ("31/02/2026", "इकतीस दो दो हज़ार छब्बीस"),
        ("₹1,25,", "एक रुपया,पच्चीस,"),
        ("5:", "पाँच:"),
        ("", ""),
        ("   \n\t ", ""),
    ],
)
def test_bad_input_is_read_as_far_as_it_can_be(written: str, spoken: str) -> None:
    assert normalize(written, language("hi")) == spoken


def test_forty_digits_are_a_number_and_forty_one_are_digits() -> None:
    zeros = ",000" * 13  # 39 of them
    assert normalize("1" + zeros, language("en-IN")).startswith("ten thousand crore")
    assert normalize("10" + zeros, language("en-IN")).startswith("one zero zero")


FLOODS = "अ a 1 1, 1- 1: 1/ 1. a. a@ ₹ - * _ ( < & A Ab1 [ ]( ` # +91 🙏 1,00 क१த2 | http:// ½"


@pytest.mark.parametrize(
    "piece",
    [
        *FLOODS.split(),
        *("1 ", "5 ", "A ", "OTP ", "\n", "\u200d", "\u0301", "\ud800"),
    ],
)
def test_time_is_linear_in_the_length(piece: str) -> None:
    track = language("hi")
    normalize(piece * 10, track)

    def seconds(num_chars: int) -> float:
        text = piece * (num_chars // len(piece))
        began = time.thread_time()  # not the clock on the wall: other work must not fail this
        normalize(text, track)
        return time.thread_time() - began

    short, long = min(seconds(5_000), seconds(5_000)), seconds(40_000)
    assert long < 30 * short + 0.05  # 8 times the length; 64 times the time were quadratic


def test_a_megabyte_without_a_space_is_read() -> None:
    assert len(normalize("अ" * 1_000_000, language("hi"))) == 1_000_000
    assert normalize("7" * 100_000, language("en-IN")).startswith("seven seven")


SCRIPTS = st.text(
    st.one_of(
        st.sampled_from("0123456789०१२௧૨౧.,:;-–/+=%₹$€£&@#*_()[]<>|~\\'\" \n½°×÷|।?!…"),
        st.characters(min_codepoint=0x900, max_codepoint=0xD7F),
        st.characters(min_codepoint=0x20, max_codepoint=0x7E),
        st.sampled_from(
            ["\u200b", "\u200c", "\u200d", "\u202e", "\ufeff", "\u0301", "\ud800", "\udfff"]
        ),
        st.characters(),
    ),
    max_size=60,
)
WRITTEN = """₹ Rs. 5 1,25,000 2.5 lakh लाख 5:30 PM बजे OTP PIN - / 15/08/2026 Aug +91 % km kg 3rd வது
Dr. No. SBI WhatsApp a@b.com www.x.in ** ` है என் and & = + x ½ in 1947 ( ) . , क లో ATMs Ms PAN NOT
U.S. i.e. etc. 1/2 10-12 a/c ÷ ° A"""
PIECES = st.lists(
    st.sampled_from(
        [
            *WRITTEN.split(),
            *("98765 43210", "# ", "- ", "\n", " ", " ", " ", "🙏", "\u200d"),
        ]
    ),
    max_size=14,
).map("".join)


# ASHA_FUZZ=50000 pytest tests/speech/test_normalize.py -k any_text is the long run.
NUM_EXAMPLES = int(os.environ.get("ASHA_FUZZ", "300"))


@settings(max_examples=NUM_EXAMPLES, deadline=None, derandomize=NUM_EXAMPLES == 300)
@given(text=st.one_of(SCRIPTS, PIECES), tag=st.sampled_from(TAGS))
def test_any_text_is_read_without_an_error_and_only_once(text: str, tag: str) -> None:
    track = language(tag)
    once = normalize(text, track)
    # Where another script than the session's comes in, the words put there may move the border.
    blocks = {ord(char) // 0x80 for char in text if "\u0900" <= char < "\u0e00"}
    if blocks <= {ord(track.name[0]) // 0x80}:
        assert normalize(once, track) == once
    assert "  " not in once
    assert not any(char.isdecimal() for char in once)
