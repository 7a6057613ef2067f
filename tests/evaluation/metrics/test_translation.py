"""BLEU and chrF++ beside sacrebleu, whose figures are the published ones."""

import numpy as np
import pytest
import sacrebleu
from evaluation.rows import row

from asha.evaluation.metrics import METRICS
from asha.evaluation.metrics.metric import figure

WANTED = [
    "The cat sat on the mat, at 5.30 p.m. (today) -- 3-4 of them!",
    "वह कल सुबह दिल्ली जाएगा।",
    "It costs $1,250.50; isn't it?",
    "எனக்கு நாளை காலை ஐந்து மணிக்கு அலாரம் வை",
    "hello there my old friend",
]
GIVEN = [
    "The cat is on the mat at 5.30 pm (today), 3-4 of them.",
    "वह कल दिल्ली जाएगा।",
    "It costs $1,250; isnt it so?",
    "நாளை காலை ஐந்து மணிக்கு அலாரம்",
    "hi",
]


def ours(name: str, given: list[str], wanted: list[str]) -> float:
    metric = METRICS[name]
    rows = [row(text, right) for text, right in zip(given, wanted, strict=True)]
    return 100 * figure(metric, np.array([metric.counts(it) for it in rows]))


@pytest.mark.parametrize("num", [1, 3, 5])
def test_a_corpus_scores_what_sacrebleu_says(num: int) -> None:
    given, wanted = GIVEN[:num], WANTED[:num]
    assert ours("bleu", given, wanted) == pytest.approx(
        sacrebleu.corpus_bleu(given, [wanted]).score, abs=1e-6
    )
    assert ours("chrf", given, wanted) == pytest.approx(
        sacrebleu.corpus_chrf(given, [wanted], word_order=2).score, abs=1e-6
    )


@pytest.mark.parametrize(("given", "wanted"), list(zip(GIVEN, WANTED, strict=True)))
def test_a_sentence_scores_what_sacrebleu_says(given: str, wanted: str) -> None:
    assert ours("bleu", [given], [wanted]) == pytest.approx(
        sacrebleu.corpus_bleu([given], [[wanted]]).score, abs=1e-6
    )
    assert ours("chrf", [given], [wanted]) == pytest.approx(
        sacrebleu.corpus_chrf([given], [[wanted]], word_order=2).score, abs=1e-6
    )


def test_nothing_said_is_worth_nothing() -> None:
    assert ours("bleu", [""], ["a b c d e"]) == 0.0
    assert ours("chrf", [""], ["a b c d e"]) == 0.0


def test_the_same_text_is_worth_everything() -> None:
    assert ours("bleu", WANTED, WANTED) == pytest.approx(100.0)
    assert ours("chrf", WANTED, WANTED) == pytest.approx(100.0)
