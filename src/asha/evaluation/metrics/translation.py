"""BLEU (Papineni et al., 2002) and chrF++ (Popović, 2017), from counts that can be resampled."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

import numpy as np

from asha.evaluation.metrics.metric import Floats, Metric
from asha.evaluation.prediction import Prediction

BLEU_ORDER = 4
CHARACTER_ORDER, WORD_ORDER, BETA = 6, 2, 2.0  # chrF++: six of characters, two of words, recall x 2
# What mteval-13a sets apart: signs everywhere, full stop and comma outside of numbers, a dash
# after a digit.
_SIGNS = re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])")
_STOPS = (re.compile(r"([^0-9])([\.,])"), re.compile(r"([\.,])([^0-9])"))
_DASH = re.compile(r"([0-9])(-)")


def bleu_tokens(text: str) -> list[str]:
    """The tokens of mteval's 13a rules; the danda stays on its word, as there."""
    spaced = _SIGNS.sub(r" \1 ", f" {' '.join(text.split())} ")
    spaced = _STOPS[0].sub(r"\1 \2 ", spaced)
    spaced = _STOPS[1].sub(r" \1 \2", spaced)
    return _DASH.sub(r"\1 \2 ", spaced).split()


def _grams(units: Sequence[str], order: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(units[at : at + order]) for at in range(len(units) - order + 1))


def _bleu_counts(row: Prediction) -> tuple[float, ...]:
    """Length of both, then for each order the matches and the n-grams of the answer."""
    wanted, given = bleu_tokens(row.reference), bleu_tokens(row.text)
    counts = [float(len(given)), float(len(wanted))]
    for order in range(1, BLEU_ORDER + 1):
        grams = _grams(given, order)
        counts += [float((grams & _grams(wanted, order)).total()), float(grams.total())]
    return tuple(counts)


def _bleu(sums: Floats) -> Floats:
    """0..1, with exponential smoothing of orders without a match, as sacrebleu has by default."""
    given, wanted = sums[..., 0], sums[..., 1]
    logs, halvings = np.zeros(given.shape), np.ones(given.shape)
    is_empty = np.zeros(given.shape, dtype=bool)
    for order in range(BLEU_ORDER):
        matches, grams = sums[..., 2 + 2 * order], sums[..., 3 + 2 * order]
        is_empty |= grams == 0
        halvings = np.where(matches == 0, halvings * 2, halvings)
        smoothed = np.where(matches > 0, matches, 1.0 / halvings)
        logs = logs + np.log(smoothed / np.maximum(grams, 1.0))
    short = np.where(given > 0, np.minimum(0.0, 1.0 - wanted / np.maximum(given, 1.0)), -np.inf)
    score = np.exp(logs / BLEU_ORDER + short)
    no_match = sums[..., 2] == 0
    return np.where(is_empty | no_match, 0.0, score)


def _words(text: str) -> list[str]:
    """Words with the sign at either end taken off as a word of its own."""
    words: list[str] = []
    for word in text.split():
        if len(word) > 1 and _is_sign(word[-1]):
            words += [word[:-1], word[-1]]
        elif len(word) > 1 and _is_sign(word[0]):
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return words


def _is_sign(char: str) -> bool:
    return char.isascii() and unicodedata.category(char)[0] in "PS"


def _chrf_counts(row: Prediction) -> tuple[float, ...]:
    """For each order: n-grams of the answer, of the reference, and in both."""
    counts: list[float] = []
    kinds = (
        (list("".join(row.reference.split())), list("".join(row.text.split())), CHARACTER_ORDER),
        (_words(row.reference), _words(row.text), WORD_ORDER),
    )
    for wanted, given, orders in kinds:
        for order in range(1, orders + 1):
            ours, theirs = _grams(given, order), _grams(wanted, order)
            # An order for which the reference is too short says nothing of the answer.
            total = float(ours.total()) if theirs else 0.0
            counts += [total, float(theirs.total()), float((ours & theirs).total())]
    return tuple(counts)


def _chrf(sums: Floats) -> Floats:
    """0..1: the orders' mean precision and mean recall, as an F of beta 2."""
    triples = sums.reshape(*sums.shape[:-1], -1, 3)
    given, wanted, both = triples[..., 0], triples[..., 1], triples[..., 2]
    counted = (given > 0) & (wanted > 0)
    orders = np.maximum(counted.sum(axis=-1), 1)
    precision = np.where(counted, both / np.maximum(given, 1.0), 0.0).sum(axis=-1) / orders
    recall = np.where(counted, both / np.maximum(wanted, 1.0), 0.0).sum(axis=-1) / orders
    under = BETA**2 * precision + recall
    score = (1 + BETA**2) * precision * recall / np.maximum(under, 1e-16)
    return np.asarray(np.where(under > 0, score, 0.0))


METRICS = (
    Metric("bleu", "BLEU", _bleu_counts, _bleu, unit="points"),
    Metric("chrf", "chrF++", _chrf_counts, _chrf, unit="points"),
)
