"""The letter model's tables, counted in sentences of the grammar (speech/letter_model.py)."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from asha.data.sentences import any_numbers, any_sentence
from asha.speech.ctc_alphabet import spell
from asha.speech.letter_model import BITS, LOG_STEP, MASK, ORDER, START, Table

DISCOUNT = 0.75  # Kneser & Ney's usual one
SELDOM_FROM = 5  # n-grams of so many letters and more that were seen once only are left out

NUMBERS_EVERY = 20  # sentences
HARD_TO_SPELL = {"en-IN"}  # its spelling is no guide to its sound
HARD_TIMES = 5  # as many sentences
START_KEY = np.uint64(0)  # as many START as an order holds

Keys = NDArray[np.uint64]
Counts = NDArray[np.float64]


def spoken_sentences(tags: Iterable[str], per_track: int) -> Iterator[str]:
    """What people may say, `per_track` sentences of each track; always the same ones."""
    for tag in tags:
        chance = Random(f"letters {tag}")
        for at in range(per_track * (HARD_TIMES if tag in HARD_TO_SPELL else 1)):
            is_count = at % NUMBERS_EVERY == 0
            yield (any_numbers(tag, chance) if is_count else any_sentence(tag, chance)).spoken


def letter_tables(sentences: Iterable[str]) -> list[Table]:
    """Tables of all orders; a sentence counts once, however often it comes."""
    keys, raw = _longest(sorted({tuple(spell(text)) for text in sentences} - {()}))
    levels = [(keys, raw, raw)]
    for order in range(ORDER - 1, 0, -1):
        keys, raw, counts = _shorter(keys, raw, order)
        levels.insert(0, (keys, raw, counts))
    shares = Shares()
    tables = [shares.next_order(order, *level) for order, level in enumerate(levels)]
    lefts = [*shares.lefts, np.ones(len(tables[-1].keys_N))]
    return [
        replace(table, backoffs_N=_logs(left)) for table, left in zip(tables, lefts, strict=True)
    ]


def _longest(spelled: list[tuple[int, ...]]) -> tuple[Keys, Counts]:
    """All n-grams of ORDER letters: sentences begin with as many START as it takes."""
    before = (START,) * (ORDER - 1)
    text = np.array([it for row in spelled for it in (*before, *row)], dtype=np.uint64)
    packed = np.zeros(len(text) - ORDER + 1, dtype=np.uint64)
    for at in range(ORDER):
        packed = packed << np.uint64(BITS) | text[at : len(text) - ORDER + 1 + at]
    # What ends in START is no letter, but the next sentence's beginning.
    found, seen = np.unique(packed[(packed & np.uint64(MASK)) != START], return_counts=True)
    # The beginning is a context like any other, though no letter leads to it.
    return np.append(START_KEY, found), np.append(2.0, seen)


def _shorter(keys: Keys, raw: Counts, order: int) -> tuple[Keys, Counts, Counts]:
    """The n-grams of `order` letters, how often each was seen, and after how many letters: that is
    what Kneser and Ney count, but where a sentence begins.
    """
    found, of, extensions = np.unique(
        keys & np.uint64((1 << BITS * order) - 1), return_inverse=True, return_counts=True
    )
    seen: Counts = np.bincount(of, raw).astype(float)
    is_start = found >> np.uint64(BITS * (order - 1)) == START
    return found, seen, np.where(is_start, seen, extensions.astype(float))


class Shares:
    """Shares of the letters after each context, from the shortest context up."""

    def __init__(self) -> None:
        self.keys: Keys = np.zeros(0, dtype=np.uint64)
        self.shares: Counts = np.zeros(0)
        self.lefts: list[Counts] = []

    def next_order(self, order: int, keys: Keys, raw: Counts, counts: Counts) -> Table:
        """The table of n-grams of order + 1 letters, without what they leave to the order below."""
        is_kept = (raw > 1) | (order < SELDOM_FROM)
        heads, first = np.unique(keys >> np.uint64(BITS), return_index=True)
        sizes = np.diff([*first, len(keys)])
        of = np.repeat(np.arange(len(heads)), sizes)
        taken = np.where(is_kept, counts - DISCOUNT, 0.0)
        totals = np.add.reduceat(counts, first)
        left = 1.0 - np.add.reduceat(taken, first) / totals
        if order:
            shorter = keys & np.uint64((1 << BITS * order) - 1)
            base = self.shares[np.minimum(np.searchsorted(self.keys, shorter), len(self.keys) - 1)]
            lefts = np.ones(len(self.keys))
            at = np.minimum(np.searchsorted(self.keys, heads), len(self.keys) - 1)
            is_head = self.keys[at] == heads
            lefts[at[is_head]] = left[is_head]
            self.lefts.append(lefts)
        else:
            base = np.full(len(keys), 1.0 / MASK)
        self.keys, self.shares = keys[is_kept], (taken / totals[of] + left[of] * base)[is_kept]
        return Table(self.keys, _logs(self.shares), np.zeros(0, dtype=np.uint8))


def _logs(shares: Counts) -> NDArray[np.uint8]:
    return np.minimum(255, np.round(-np.log(shares) / LOG_STEP)).astype(np.uint8)
