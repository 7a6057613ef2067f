"""The gist has a say where known answers part, and only there."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from asha.core.errors import BadCheckpoint
from asha.core.language import TAGS
from asha.engine.exported import Weights, load_weights, shipped
from asha.engine.leaning import FLOOR, Beginnings, Lean, Leaning
from asha.engine.whole import answer_and_confidence
from asha.speech.gist import Gist
from asha.training.gist import answers, learned_gist

LINES = {"time": ["T"], "bye": ["ab"], "sad": ["ac", "d"]}


class Letters:
    """A tokenizer of one token a letter."""

    def encode(self, text: str) -> list[int]:
        return [ord(letter) - ord("A") for letter in text]


def lean(**shares: float) -> Lean:
    gist = Gist(
        table_BD=np.zeros((1, 1), np.int8),
        scale=1.0,
        norm_2D=np.zeros((2, 1), np.float32),
        out_ID=np.zeros((3, 1), np.float32),
        bias_I=np.zeros(3, np.float32),
        intents=list(LINES),
        answers={"en-IN": LINES},
    )
    beginnings = Beginnings(gist, ["en-IN"], Letters())  # type: ignore[arg-type]
    return Lean(beginnings, np.array([shares.get(it, 0.0) for it in LINES], np.float32))


def said(leaning: Lean, text: str) -> str:
    """The letter that is chosen where the model finds those of `text` equally likely."""
    logits = np.full(64, -20.0, np.float32)
    logits[Letters().encode(text)] = 0.0
    return chr(int(leaning.on(logits).argmax()) + ord("A"))


def test_the_gist_decides_where_the_model_does_not() -> None:
    assert said(lean(time=0.9, sad=0.1), "Td") == "T"
    assert said(lean(time=0.1, sad=0.9), "Td") == "d"


def test_it_decides_again_where_two_answers_begin_alike() -> None:
    leaning = lean(bye=0.3, sad=0.7)
    assert said(leaning, "aT") == "a"
    leaning.take(Letters().encode("a")[0])
    assert said(leaning, "bc") == "c"


def test_it_is_silent_once_the_answer_is_known() -> None:
    leaning = lean(bye=0.3, sad=0.7)
    for letter in "ac":
        leaning.take(Letters().encode(letter)[0])
    logits = np.arange(64, dtype=np.float32)
    np.testing.assert_array_equal(leaning.on(logits), logits)


def test_a_model_that_is_sure_is_not_overruled_by_a_gist_that_is_not() -> None:
    logits = np.full(64, -20.0, np.float32)
    logits[Letters().encode("T")] = 3.0
    assert lean(time=0.3, sad=0.7).on(logits).argmax() == Letters().encode("T")[0]


def test_an_answer_that_nobody_knows_keeps_the_floor() -> None:
    logits = np.zeros(64, np.float32)
    leaning = lean(time=1.0).on(logits)
    assert leaning[5] == pytest.approx(np.log(FLOOR))
    assert leaning[Letters().encode("T")] == pytest.approx(np.log(1 + FLOOR))


def test_the_shipped_gist_knows_the_grammars_answers() -> None:
    folder = shipped()
    assert folder
    leaning = load_weights(folder).leaning
    assert leaning and leaning.gist.answers == answers()


def test_a_gist_of_another_model_is_told(nano: Weights) -> None:
    assert nano.leaning
    answers = {"en-IN": {"time": ["<|fly_to_the_moon|>"]}}
    with pytest.raises(BadCheckpoint, match="the model does not"):
        Leaning(replace(nano.leaning.gist, answers=answers), nano.tokenizer)


@pytest.fixture(scope="module")
def nano() -> Weights:
    folder = shipped()
    assert folder
    return load_weights(folder)


@pytest.mark.parametrize(
    ("tag", "text", "call"),
    [
        ("gu", "હેડલાઇન્સ ખોલ", ""),
        ("te", "డేట్ ఎంతైంది", "<|date|>"),
        ("hi-Latn", "jhatpat baat kar lo", "<|faster|>"),
        ("mr", "फाशावर कोणता आकडा पडतो", "<|dice|>"),
    ],
)
def test_words_that_the_model_mistakes_alone(nano: Weights, tag: str, text: str, call: str) -> None:
    said, _ = answer_and_confidence(nano, text, tag)
    assert said.startswith(call or answers()[tag]["news"][0])


def test_a_little_reading_is_better_than_none(tmp_path: Path) -> None:
    from random import Random

    from asha.data.sentences import any_sentence

    gist, chance = learned_gist(4_000), Random(5)
    asked: Sequence[tuple[str, str]] = [
        (it.text, it.intent)
        for it in (any_sentence(tag, chance) for tag in TAGS for _ in range(40))
    ]
    right = sum(gist.intents[int(gist.of(text).argmax())] == intent for text, intent in asked)
    assert right > 3 * len(asked) / len(gist.intents)
