"""The tokenizer in plain Python splits like the library that trained it."""

from pathlib import Path

import pytest

from asha.core.errors import BadCheckpoint
from asha.engine.exported import Weights
from asha.engine.tokenizer import Spelling, Tokenizer
from asha.speech.plain import plain

HELD_OUT = Path(__file__).parents[1] / "heldout"
ODD = ["", "a", " a  b ", "12 345", "७:३० बजे", "don't", "ñ✓漢字😀", "x²½", "<|time|>", "▁"]


@pytest.fixture(scope="module")
def reference(checkpoint: Path) -> object:
    from tokenizers import Tokenizer as Library

    return Library.from_file(str(checkpoint / "tokenizer.json"))


def test_every_held_out_phrase_and_odd_text_gets_the_same_ids(
    weights: Weights, reference: object
) -> None:
    lines = [line for path in HELD_OUT.glob("*.tsv") for line in path.read_text().splitlines()]
    assert len(lines) > 1_000
    for text in map(plain, [*lines, *ODD]):
        assert weights.tokenizer.encode(text) == reference.encode(text).ids, text  # type: ignore[attr-defined]


def test_text_comes_back_letter_by_letter(weights: Weights) -> None:
    text = "नमस्ते ñ✓漢字😀 ok"
    ids = weights.tokenizer.encode(text)
    spelling = Spelling(weights.tokenizer)
    pieces = [spelling.add(index) for index in ids]
    assert "".join(pieces) == text
    assert all("\ufffd" not in piece for piece in pieces)


def test_a_broken_tokenizer_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(BadCheckpoint, match=r"no tokenizer of `asha train`"):
        Tokenizer(tmp_path / "tokenizer.json")
