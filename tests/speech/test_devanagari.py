"""Hindi, Marathi and Nepali are told apart by small words and endings."""

import unicodedata

import pytest

from asha.speech.devanagari import scores


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("मुझे कल सुबह जगा देना", "hi"),
        ("मला उद्या सकाळी उठव", "mr"),
        ("मलाई भोलि बिहान उठाउनुहोस्", "ne"),
        ("लड़कियों की पढ़ाई", "hi"),  # nukta letters and oblique plurals
        ("मुलांच्या शाळेतल्या वेळा", "mr"),  # ळ and genitive endings
        ("आवाज वाढव", "mr"),  # a bare causative stem asks
    ],
)
def test_the_language_with_the_most_evidence_is_right(text: str, tag: str) -> None:
    sums = scores(text.split())
    assert max(sums, key=lambda key: sums[key]) == tag


def test_composed_and_decomposed_spellings_count_alike() -> None:
    words = ["लड़का", "ज़्यादा"]
    assert scores(words) == scores(unicodedata.normalize("NFD", word) for word in words)


def test_no_words_say_nothing() -> None:
    assert set(scores([]).values()) == {0.0}
