"""What people type in Latin letters, in their script: "ippo mani enna" as இப்போ மணி என்ன.

A beam search for the likeliest words behind the letters: what these may stand for
(speech/latin_sounds.py), weighed with how likely the words' own letters are.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from asha.speech.ctc_alphabet import SYMBOLS
from asha.speech.latin_sounds import NASAL, VIRAMA, Choice, sounds
from asha.speech.letter_model import Context, LetterModel
from asha.speech.plain import plain
from asha.speech.unified import SCRIPT_MARKS, restore, unify

LONGEST_SOUND = 4  # Latin letters
LONGEST_WORD = 30  # letters; what is longer is no word, and stays
SHORTEST_STEM = 3  # letters of a listed word that takes an ending
NO_CHOICE: tuple[Choice, ...] = (("", 0.0),)

# Costs in nats, like those of latin_sounds.py.
LISTED, ENDING = -1.5, 1.0  # of a word whose spelling is listed; of an ending glued to one
HIATUS = 0.7  # a vowel after a vowel
UNTYPED_NASAL = 1.5
SPLIT = 1.5  # a consonant and h on their own, where "kh", "th" and so on are letters
FOREIGN_END = 2.0  # at most, that a sentence of this script was never seen to end so
SKIPPED = 6.0

Loans = Mapping[str, Sequence[str]]  # words by a Latin spelling of theirs

_INDEX = {symbol: index for index, symbol in enumerate(SYMBOLS)}
_ENDS = [_INDEX[end] for end in (" ", *SCRIPT_MARKS.values())]
_PARTS = re.compile(r"[a-z]+|[^a-z\s]+")  # "7pm" is two words


@dataclass(frozen=True, slots=True)
class Weighing:
    """How readings are weighed; chosen on typed development rows."""

    width: int = 8  # readings that stay in the running
    letters: float = 0.5  # times the letter model's log probability
    length: float = 0.8  # for every letter: the model likes short readings too much


USUAL = Weighing()


class Reading:
    """Letters for what was read so far; `is_open` where the last is a consonant that may still take
    a vowel.
    """

    __slots__ = ("before", "context", "is_open", "letters", "score")

    def __init__(
        self, before: "Reading | None", letters: str, context: Context, score: float, is_open: bool
    ) -> None:
        self.before, self.letters, self.context = before, letters, context
        self.score, self.is_open = score, is_open

    def text(self) -> str:
        """From the first letter to the last, in Devanagari."""
        parts: list[str] = []
        at: Reading | None = self
        while at:
            parts.append(at.letters)
            at = at.before
        return "".join(reversed(parts))


class LatinSearch:
    """Reads what is typed in Latin letters in one script."""

    def __init__(
        self, model: LetterModel, script: str, loans: Loans, weighing: Weighing = USUAL
    ) -> None:
        self._model, self._script, self._weighing = model, script, weighing
        self._sounds = sounds(script)
        self._loans = {latin: [unify(word) for word in words] for latin, words in loans.items()}
        self._mark = _INDEX[SCRIPT_MARKS[script]]
        self._new_word = model.after((0, 0), _INDEX[" "])

    def best(self, text: str) -> str:
        """The likeliest reading of `text`, plain; digits and words in another script stay."""
        beam = [Reading(None, "", self._model.start, 0.0, is_open=False)]
        was_read = False
        for number, word in enumerate(_PARTS.findall(plain(text))):
            if number:
                beam = [
                    self._longer(it, " ", 0.0) if was_read else self._kept_as(it, " ")
                    for it in beam
                ]
            was_read = word.isascii() and word.isalpha() and len(word) <= LONGEST_WORD
            beam = self._word(beam, word) if was_read else [self._kept_as(it, word) for it in beam]
        best = max(beam, key=lambda it: it.score + self._weighing.letters * self._end(it.context))
        return restore(best.text(), self._script)

    def _end(self, context: Context) -> float:
        """Log probability that a sentence ends here."""
        row_S = self._model.row(context)
        any_end = float(np.logaddexp.reduce(row_S[_ENDS]))
        return max(float(row_S[self._mark]), any_end - FOREIGN_END)

    def _word(self, beam: list[Reading], word: str) -> list[Reading]:
        """Readings of `word` after each of `beam`."""
        found: list[list[Reading]] = [beam, *([] for _ in word)]
        for start in range(len(word)):
            for it in self._kept(found[start]):
                for length, longer in self._steps(it, word, start):
                    found[start + length].append(longer)
        return self._kept([end for it in self._kept(found[-1]) for end in self._ends(it)])

    def _steps(self, it: Reading, word: str, start: int) -> Iterator[tuple[int, Reading]]:
        """Readings that are longer by one sound, each with how many Latin letters it took."""
        if not start:
            yield from self._listed(it, word)
        for length in range(1, min(LONGEST_SOUND, len(word) - start) + 1):
            latin = word[start : start + length]
            for longer in self._consonants(it, latin):
                yield length, longer
            for longer in self._vowels(it, latin, is_first=not start):
                yield length, longer
        yield 1, self._longer(it, "", SKIPPED, is_open=it.is_open)

    def _listed(self, it: Reading, word: str) -> Iterator[tuple[int, Reading]]:
        """Words whose spelling is listed: all of `word`, or its beginning before an ending."""
        for loan in self._loans.get(word, ()):
            yield len(word), self._longer(it, loan, LISTED)
        for length in range(SHORTEST_STEM, len(word)):
            for loan in self._loans.get(word[:length], ()):
                stem = loan.removesuffix(VIRAMA)
                is_open = stem != loan or "क" <= loan[-1] <= "ह"
                yield length, self._longer(it, stem, ENDING, is_open=is_open)

    def _consonants(self, it: Reading, latin: str) -> Iterator[Reading]:
        split = SPLIT if it.is_open and latin == "h" else 0.0
        for between, more in self._sounds.inside if it.is_open else NO_CHOICE:
            for letters, cost in self._sounds.consonants.get(latin, ()):
                yield self._longer(it, between + letters, cost + more + split, is_open=True)

    def _vowels(self, it: Reading, latin: str, *, is_first: bool) -> Iterator[Reading]:
        has_nasal = self._sounds.has_nasal
        if it.is_open:
            for sign, cost in self._sounds.signs.get(latin, ()):
                yield self._longer(it, sign, cost)
                if has_nasal:
                    yield self._longer(it, sign + NASAL, cost + UNTYPED_NASAL)
            return
        for letter, cost in self._sounds.letters.get(latin, ()):
            yield self._longer(it, letter, cost + (0.0 if is_first else HIATUS))
        if has_nasal and latin in ("n", "m") and not is_first:
            yield self._longer(it, NASAL, 0.0)

    def _ends(self, it: Reading) -> Iterator[Reading]:
        for letters, cost in self._sounds.at_end if it.is_open else NO_CHOICE:
            yield self._longer(it, letters, cost)

    def _longer(self, it: Reading, letters: str, cost: float, *, is_open: bool = False) -> Reading:
        context, score, weighing = it.context, it.score - cost, self._weighing
        for letter in letters:
            symbol = _INDEX.get(letter)
            if symbol is not None:
                likely = float(self._model.row(context)[symbol])
                score += weighing.letters * likely + weighing.length
                context = self._model.after(context, symbol)
        return Reading(it, letters, context, score, is_open)

    def _kept_as(self, it: Reading, text: str) -> Reading:
        """Longer by what is not read; after it a word begins, whatever was before."""
        return Reading(it, text, self._new_word, it.score, is_open=False)

    def _kept(self, readings: list[Reading]) -> list[Reading]:
        """The likeliest, one of each kind that goes on alike."""
        best: dict[tuple[Context, bool], Reading] = {}
        for it in sorted(readings, key=lambda it: it.score, reverse=True):
            best.setdefault((it.context, it.is_open), it)
            if len(best) == self._weighing.width:
                break
        return list(best.values())
