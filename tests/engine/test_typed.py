"""Requests typed in Latin letters, in sessions of every kind."""

from pathlib import Path

import pytest

from asha.core.errors import BadCheckpoint
from asha.engine.exported import Weights, load_weights, shipped
from asha.engine.typed import readings
from asha.engine.utterance import raw_answer


@pytest.fixture(scope="module")
def nano() -> Weights:
    folder = shipped()
    assert folder
    return load_weights(folder)


@pytest.mark.parametrize(
    ("tag", "typed", "said"),
    [
        ("gu", "ketla vagya", "કેટલા વાગ્યા"),
        ("ta", "ippo mani enna", "இப்போ மணி என்ன"),
        ("te", "time entha ayindi", "టైమ్ ఎంత అయింది"),
        ("mr", "kiti vajle", "किती वाजले"),
    ],
)
def test_latin_letters_are_answered_like_the_script(
    nano: Weights, tag: str, typed: str, said: str
) -> None:
    assert raw_answer(nano, typed, tag) == raw_answer(nano, said, tag) == "<|time|>"


def test_without_a_language_of_the_session_the_words_tell(nano: Weights) -> None:
    assert readings("ippo mani enna", "auto", nano.searches) == ["இப்போ மணி என்ன"]
    assert readings("kiti vajle sang na", "auto", nano.searches) == ["किती वाजले सांग ना"]


@pytest.mark.parametrize("tag", ["auto", "hi", "en-IN", "ta"])
def test_english_stays_english(nano: Weights, tag: str) -> None:
    assert readings("what is the time now", tag, nano.searches) == ["what is the time now"]


@pytest.mark.parametrize("tag", ["auto", "hi", "hi-Latn"])
def test_hinglish_stays_in_latin_letters(nano: Weights, tag: str) -> None:
    assert readings("abhi kitne baje hain", tag, nano.searches) == ["abhi kitne baje hain"]


def test_hinglish_in_a_session_of_another_language_may_be_either(nano: Weights) -> None:
    hinglish, marathi = readings("abhi kitne baje hain", "mr", nano.searches)
    assert hinglish == "abhi kitne baje hain"
    assert marathi.startswith("अ")


def test_words_in_their_script_stay(nano: Weights) -> None:
    assert readings("అలారం 7 ki", "te", nano.searches) == ["అలారం 7 ki"]


def test_a_broken_list_of_loans_is_told(tmp_path: Path) -> None:
    folder = shipped()
    assert folder
    for file in folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "loans.json").unlink()
    assert load_weights(tmp_path).searches == {}
    (tmp_path / "loans.json").write_text('{"ta": 3}')
    with pytest.raises(BadCheckpoint, match=r"loans\.json is broken"):
        load_weights(tmp_path)
