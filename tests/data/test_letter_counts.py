"""The letter model as it is counted, kept and asked."""

from pathlib import Path

import numpy as np
import pytest

from asha.core.errors import BadCheckpoint
from asha.data.letter_counts import letter_tables, spoken_sentences
from asha.speech.ctc_alphabet import spell
from asha.speech.letter_model import LetterModel, load_letter_model, save_letter_model

ROUNDED = 0.06  # a table's steps of 1/16 nat, over all symbols of a row


@pytest.fixture(scope="module")
def model() -> LetterModel:
    return LetterModel(letter_tables(spoken_sentences(("en-IN", "hi", "ta"), 400)))


def cost(model: LetterModel, text: str) -> float:
    """Nats per letter."""
    context, nats, symbols = model.start, 0.0, spell(text)
    for symbol in symbols:
        nats -= float(model.row(context)[symbol])
        context = model.after(context, symbol)
    return nats / len(symbols)


@pytest.mark.parametrize("text", ["", "w", "what ti", "zzxq", "कल सु", "set an alarm for seven "])
def test_what_may_follow_adds_up_to_one(model: LetterModel, text: str) -> None:
    context = model.start
    for symbol in spell(text)[:-1]:
        context = model.after(context, symbol)
    assert np.exp(model.row(context)).sum() == pytest.approx(1.0, abs=ROUNDED)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("set an alarm", "sat an elarm"),
        ("what time is it", "wot taym iz it"),
        ("कितने बजे हैं", "कीतनॆ बजॆ हें"),
    ],
)
def test_a_word_is_likelier_than_its_misspelling(
    model: LetterModel, right: str, wrong: str
) -> None:
    assert cost(model, right) < 0.7 * cost(model, wrong)


def test_a_stored_model_says_the_same(model: LetterModel, tmp_path: Path) -> None:
    tables = letter_tables(["what time is it", "कल सुबह"])
    save_letter_model(tables, tmp_path / "letters.npz")
    kept, made = load_letter_model(tmp_path / "letters.npz"), LetterModel(tables)
    context = made.start
    for symbol in spell("what time"):
        np.testing.assert_array_equal(kept.row(context), made.row(context))
        context = made.after(context, symbol)


def test_the_same_sentences_are_counted_every_time() -> None:
    assert list(spoken_sentences(("gu",), 30)) == list(spoken_sentences(("gu",), 30))


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "letters.npz"
    path.write_bytes(b"nothing of the kind")
    with pytest.raises(BadCheckpoint, match="export again"):
        load_letter_model(path)
