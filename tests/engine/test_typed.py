"""Requests typed in Latin letters, in sessions of every kind."""

import dataclasses
import json
from pathlib import Path

import pytest

from asha.core.errors import BadCheckpoint
from asha.data.loans import loans
from asha.engine.exported import Weights, load_weights, shipped
from asha.engine.typed import readings
from asha.engine.utterance import Utterance
from asha.engine.whole import answer_and_confidence


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
    assert readings(typed, tag, nano.searches) == [said]
    # The likelihood too: read in Latin letters it would be another.
    assert answer_and_confidence(nano, typed, tag) == answer_and_confidence(nano, said, tag)


def test_without_a_language_of_the_session_the_words_tell(nano: Weights) -> None:
    assert readings("ippo mani enna", "auto", nano.searches)[0] == "இப்போ மணி என்ன"
    assert readings("kiti vajle sang na", "auto", nano.searches)[0] == "किती वाजले सांग ना"


@pytest.mark.parametrize("tag", ["auto", "hi", "en-IN", "ta"])
def test_english_stays_english(nano: Weights, tag: str) -> None:
    assert readings("what is the time now", tag, nano.searches) == ["what is the time now"]


@pytest.mark.parametrize("tag", ["auto", "hi", "hi-Latn"])
def test_hinglish_stays_in_latin_letters(nano: Weights, tag: str) -> None:
    assert readings("abhi kitne baje hain", tag, nano.searches) == ["abhi kitne baje hain"]


def test_hinglish_in_a_session_of_another_language_may_be_either(nano: Weights) -> None:
    typed, tag = "abhi kitne baje hain", "mr"
    assert readings(typed, tag, nano.searches) == [typed, "अभी कितने बजे हैं"]


def test_of_two_readings_the_one_with_the_surer_answer_counts(nano: Weights) -> None:
    typed, tag = "kyaa bole", "en-IN"
    both = readings(typed, tag, nano.searches)
    assert len(both) == 2
    alone = dataclasses.replace(nano, searches={})
    sureness = {read: first_likelihood(alone, read, tag) for read in both}
    surer = max(both, key=lambda read: sureness[read])
    assert first_likelihood(nano, typed, tag) == sureness[surer] != min(sureness.values())


def test_what_is_no_request_is_not_searched(nano: Weights) -> None:
    long = "ippo mani enna " * 14
    assert readings(long, "ta", nano.searches) == [long]
    assert readings("x" * 31 + " mani", "ta", nano.searches)[-1].startswith("x" * 31)


def first_likelihood(weights: Weights, text: str, tag: str) -> float:
    """Of the likeliest first token of the answer."""
    utterance = Utterance(weights, tag)
    utterance.type(text)
    return next(utterance.tokens(utterance.heard_so_far()[1]))[1]


def test_words_in_their_script_stay(nano: Weights) -> None:
    assert readings("అలారం ఏడు", "te", nano.searches) == ["అలారం ఏడు"]
    assert readings("అలారం 7 ki", "te", nano.searches) == ["అలారం 7 కి"]
    assert readings("అలారం 7 ki", "hi", nano.searches) == ["అలారం 7 ki"]


def test_the_shipped_list_of_loans_is_the_grammars(nano: Weights) -> None:
    folder = shipped()
    assert folder
    assert json.loads((folder / "loans.json").read_text(encoding="utf-8")) == loans()


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
