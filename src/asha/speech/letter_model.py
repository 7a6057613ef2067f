"""How likely a letter is after those before it: an n-gram model over the CTC head's symbols.

Interpolated, absolutely discounted (Kneser & Ney, 1995); every order is a sorted table of packed
symbols, eight bits each, so that the letters that may follow lie side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asha.core.audio import Float32
from asha.core.errors import BadCheckpoint
from asha.speech.ctc_alphabet import SYMBOLS

ORDER = 8  # what one packed word of 64 bits holds
BITS, MASK = 8, 0xFF
START = 0  # the blank stands before the first letter: it is never one itself
LOG_STEP = 1 / 16  # nats; a table entry is a byte of these
UNSEEN_LOG = -12.0  # nats, of a symbol that was never counted
KEPT_ROWS = 8_192  # 0.5 kB each

Context = tuple[int, int]  # how many letters it holds, and they, packed


@dataclass(frozen=True, slots=True)
class Table:
    """N-grams of one order. `keys_N` is sorted; logs in steps of LOG_STEP below zero.

    `costs_N` is the last letter's after the others, `backoffs_N` what is added where this n-gram is
    a context and the letter after it was never seen there.
    """

    keys_N: NDArray[np.uint64]
    costs_N: NDArray[np.uint8]
    backoffs_N: NDArray[np.uint8]


class LetterModel:
    """Log probabilities of the next symbol."""

    def __init__(self, tables: Sequence[Table]) -> None:
        """`tables[k]` holds the n-grams of k + 1 letters."""
        self._tables = tables
        self.row = lru_cache(KEPT_ROWS)(self._row)
        self.after = lru_cache(KEPT_ROWS * 4)(self._after)

    @property
    def start(self) -> Context:
        """Before the first letter."""
        return ORDER - 1, START

    def _after(self, context: Context, symbol: int) -> Context:
        """The longest known context that ends in `symbol`."""
        count, packed = context
        count, packed = count + 1, packed << BITS | symbol
        while count and not self._is_context(count, packed):
            count -= 1
            packed &= (1 << BITS * count) - 1
        return count, packed

    def _is_context(self, count: int, packed: int) -> bool:
        return count < len(self._tables) and len(self._children(count, packed)) > 0

    def _children(self, count: int, packed: int) -> range:
        """The places in the next order's table of the n-grams that go on from this one."""
        keys_N = self._tables[count].keys_N
        first, last = packed << BITS, packed << BITS | MASK
        low, high = np.searchsorted(keys_N, np.array([first, last], dtype=np.uint64))
        if high < len(keys_N) and int(keys_N[high]) == last:
            high += 1
        return range(int(low), int(high))

    def _row(self, context: Context) -> Float32:
        """Log probability of every symbol after `context`, shape (S,)."""
        count, packed = context
        if not count:
            row_S = np.full(len(SYMBOLS), UNSEEN_LOG, dtype=np.float32)
        else:
            shorter = count - 1, packed & ((1 << BITS * (count - 1)) - 1)
            row_S = self.row(shorter) - self._backoff(count, packed)
        table, places = self._tables[count], self._children(count, packed)
        if places:
            of = slice(places.start, places.stop)
            symbols = (table.keys_N[of] & np.uint64(MASK)).astype(np.intp)
            row_S = row_S.copy()
            row_S[symbols] = -LOG_STEP * table.costs_N[of]
        return row_S

    def _backoff(self, count: int, packed: int) -> float:
        table = self._tables[count - 1]
        place = int(np.searchsorted(table.keys_N, np.uint64(packed)))
        if place < len(table.keys_N) and int(table.keys_N[place]) == packed:
            return float(table.backoffs_N[place]) * LOG_STEP
        return 0.0


def load_letter_model(path: Path) -> LetterModel:
    """Open a file that `save_letter_model` wrote.

    Raises:
        BadCheckpoint: it is missing or broken.
    """
    try:
        with np.load(path) as file:
            stored: dict[str, Any] = {name: file[name] for name in file.files}
        tables = [
            Table(*(stored[f"{part}_{k}"] for part in ("keys", "costs", "backoffs")))
            for k in range(ORDER)
        ]
    except (OSError, ValueError, KeyError) as broken:
        raise BadCheckpoint(f"{path} cannot be opened; export again.") from broken
    return LetterModel(tables)


def save_letter_model(tables: Sequence[Table], path: Path) -> None:
    """Write the tables of all orders into one compressed file."""
    parts = {
        f"{part}_{k}": getattr(table, f"{part}_N")
        for k, table in enumerate(tables)
        for part in ("keys", "costs", "backoffs")
    }
    np.savez_compressed(path, **parts)
