"""The likeliest spelling of what CTC heard, weighed with how likely its letters are.

Prefix beam search (Hannun et al., 2014, arXiv 1408.2873): a spelling's probability is summed over
all its alignments. It goes on frame by frame, so that words which are certain are read while
somebody speaks.

Legend: F encoder frames, S symbols of speech/ctc_alphabet.py.
"""

from copy import copy
from dataclasses import dataclass
from math import exp, log, log1p

import numpy as np

from asha.core.audio import Float32
from asha.speech.letter_model import Context, LetterModel

BLANK = 0
NEVER = -1e30
SURE = log(0.999)  # a frame that is the blank's so surely changes no order


@dataclass(frozen=True, slots=True)
class Weighing:
    """How spellings are weighed; chosen on tests/development."""

    width: int = 12  # spellings that stay in the running
    letters: float = 0.8  # times the letter model's log probability
    length: float = 1.6  # for every letter: the model likes short spellings too much
    least: float = log(2e-3)  # log probability of a symbol that is tried in a frame


USUAL = Weighing()


class Spelling:
    """Letters in a row: the last one, and the spelling without it."""

    __slots__ = ("before", "context", "symbol", "weight")

    def __init__(
        self, before: "Spelling | None", symbol: int, context: Context, weight: float
    ) -> None:
        self.before, self.symbol, self.context, self.weight = before, symbol, context, weight

    def symbols(self) -> list[int]:
        """From the first letter to the last."""
        found: list[int] = []
        at = self
        while at.before:
            found.append(at.symbol)
            at = at.before
        return found[::-1]


Ends = tuple[float, float]  # log probability of ending in the blank, and in the last letter
Beam = dict[Spelling, Ends]


class Search:
    """Spellings of one sound as it comes. All pushes together equal one push of everything.

    Without a letter model the sound alone decides.
    """

    def __init__(self, model: LetterModel | None, weighing: Weighing = USUAL) -> None:
        self._model, self._weighing = model, weighing
        start = model.start if model else (0, 0)
        self._beam: Beam = {Spelling(None, BLANK, start, 0.0): (0.0, NEVER)}
        self._has_letters = False

    def push(self, logprobs_FS: Float32) -> None:
        """Hear the CTC head's log probabilities of more frames."""
        if not self._has_letters:
            self._has_letters = bool((logprobs_FS.argmax(axis=1) != BLANK).any())
        for frame_S in logprobs_FS:
            blank = float(frame_S[BLANK])
            if blank > SURE:
                self._beam = {it: (_sum(*ends) + blank, NEVER) for it, ends in self._beam.items()}
            else:
                self._step(frame_S, blank)

    def best(self) -> list[int]:
        """The likeliest spelling so far: nothing, where no frame's likeliest symbol is a letter."""
        if not self._has_letters:
            return []
        return max(self._beam, key=lambda it: _sum(*self._beam[it]) + it.weight).symbols()

    def best_with(self, logprobs_FS: Float32) -> list[int]:
        """The likeliest spelling if these frames come last; they may not, and nothing changes."""
        ahead = copy(self)
        ahead.push(logprobs_FS)
        return ahead.best()

    def agreed(self) -> list[int]:
        """The letters with which all spellings begin that are still in the running."""
        spelled = [it.symbols() for it in self._beam]
        first, last = min(spelled), max(spelled)
        pairs = enumerate(zip(first, last, strict=False))
        return first[: next((at for at, (a, b) in pairs if a != b), len(first))]

    def _step(self, frame_S: Float32, blank: float) -> None:
        tried = np.flatnonzero(frame_S > self._weighing.least).tolist()
        heard = [(symbol, float(frame_S[symbol])) for symbol in tried if symbol != BLANK]
        known = {(it.before, it.symbol): it for it in self._beam}
        beam: Beam = {}
        for it, (in_blank, in_letter) in self._beam.items():
            whole = _sum(in_blank, in_letter)
            _add(beam, it, whole + blank, NEVER)
            for symbol, likely in heard:
                from_ends = whole
                if symbol == it.symbol and it.before:
                    # Without a blank in between it is the same letter, still sounding.
                    _add(beam, it, NEVER, in_letter + likely)
                    from_ends = in_blank
                longer = known.get((it, symbol)) or self._longer(it, symbol)
                known[it, symbol] = longer
                _add(beam, longer, NEVER, from_ends + likely)
        ranked = sorted(beam, key=lambda it: _sum(*beam[it]) + it.weight, reverse=True)
        self._beam = {it: beam[it] for it in ranked[: self._weighing.width]}

    def _longer(self, it: Spelling, symbol: int) -> Spelling:
        if not self._model:
            return Spelling(it, symbol, it.context, 0.0)
        likely = float(self._model.row(it.context)[symbol])
        weight = it.weight + self._weighing.letters * likely + self._weighing.length
        return Spelling(it, symbol, self._model.after(it.context, symbol), weight)


def log_softmax(logits_FS: Float32) -> Float32:
    """Log probabilities of a CTC head's logits."""
    shifted_FS: Float32 = logits_FS - logits_FS.max(axis=1, keepdims=True)
    sums_F1: Float32 = np.exp(shifted_FS).sum(axis=1, keepdims=True)
    return shifted_FS - np.log(sums_F1)


def _sum(a: float, b: float) -> float:
    """log(exp(a) + exp(b))."""
    if a < b:
        a, b = b, a
    return a if b <= NEVER else a + log1p(exp(b - a))


def _add(beam: Beam, it: Spelling, in_blank: float, in_letter: float) -> None:
    had = beam.get(it)
    if had:
        beam[it] = _sum(had[0], in_blank), _sum(had[1], in_letter)
    else:
        beam[it] = in_blank, in_letter
