"""What can be spoken at all."""

import pytest

from asha.core.errors import BadText
from asha.speech.spoken_text import speakable


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "nothing to speak"),
        (" \n।?", "nothing to speak"),
        ("अ" * 100_000, "100,000 characters"),
        ("ab\u0378", r"Character 3 \(U\+0378\)"),
        ("\ud800", r"U\+D800"),
    ],
)
def test_text_that_cannot_be_spoken_is_told_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadText, match=sentence):
        speakable(text)


def test_text_is_composed() -> None:
    assert speakable("cafe\u0301") == "caf\u00e9"
