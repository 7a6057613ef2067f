"""Each Latin word is English or Indian, as its neighbours have it."""

import pytest

from asha.speech.word_language import best_path, own_words, score_word


def own(text: str, tag: str = "hi") -> str:
    """The words of `text` that are of the language."""
    words = text.split()
    labels = own_words([score_word(word) for word in words], tag)
    return " ".join(word for word, is_own in zip(words, labels, strict=True) if is_own)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("main idea is good", ""),
        ("main office ja raha hoon", "main ja raha hoon"),
        ("the meeting is at five", ""),
        ("woh log kal aaye the", "woh log kal aaye the"),
        ("mujhe ek ticket book karni hai", "mujhe ek karni hai"),
        ("please check my balance", ""),
        ("kyaaa baaat haiii", "kyaaa baaat haiii"),
    ],
)
def test_words_of_both_languages_follow_their_neighbours(text: str, expected: str) -> None:
    assert own(text) == expected


def test_drawn_out_letters_change_no_score() -> None:
    assert score_word("jaldiiii") == score_word("jaldi")
    assert score_word("pleeeease").english > 1


def test_an_unknown_word_counts_less_than_a_known_one() -> None:
    assert max(score_word("zqvrkta").own.values()) < max(score_word("nahi").own.values())
    assert not score_word("zqvrkta").is_known


def test_no_words_have_an_empty_path() -> None:
    assert best_path([], "hi").is_own == ()
