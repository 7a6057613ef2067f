"""The words of a text and their scripts."""

import pytest

from asha.speech.scripts import script_of, words_of


def test_words_know_their_place_and_script() -> None:
    text = "मेरी meeting, 5 बजे; don't"
    words = words_of(text)
    assert [(word.text, word.script) for word in words] == [
        ("मेरी", "Deva"),
        ("meeting", "Latn"),
        ("बजे", "Deva"),
        ("don't", "Latn"),
    ]
    assert all(text[word.start : word.end] == word.text for word in words)


@pytest.mark.parametrize(
    "address", ["ravi.k@gmail.com", "https://asha.example/hai?kya=1", "www.asha.in"]
)
def test_addresses_are_no_words(address: str) -> None:
    assert [word.text for word in words_of(f"kya {address} hai")] == ["kya", "hai"]


@pytest.mark.parametrize(
    ("char", "script"),
    [
        ("क", "Deva"),
        ("ி", "Taml"),
        ("a", "Latn"),
        ("।", None),
        ("५", None),
        ("5", None),
        ("\u200d", None),
    ],
)
def test_dandas_digits_and_joiners_belong_to_no_script(char: str, script: str | None) -> None:
    assert script_of(char) == script


def test_only_so_many_words_are_read() -> None:
    assert len(words_of("a " * 100, limit=7)) == 7
