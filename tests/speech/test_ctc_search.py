"""The search against the sum over every alignment there is, and as sound that comes in pieces."""

from itertools import product

import numpy as np
import pytest

from asha.core.audio import Float32
from asha.data.letter_counts import letter_tables
from asha.speech.ctc_alphabet import SYMBOLS, spell, written
from asha.speech.ctc_search import Search, Weighing, log_softmax
from asha.speech.letter_model import LetterModel

WIDE = Weighing(width=500, least=-50.0)
A, B, N = (SYMBOLS.index(letter) for letter in "abn")


@pytest.fixture(scope="module")
def model() -> LetterModel:
    return LetterModel(letter_tables(["ban", "ban an", "nab a ban", "बजे"]))


def heard(seed: int, frames: int, symbols: int = 4) -> Float32:
    """Log probabilities that are random in the blank and the letters a, b and so on."""
    logits_FS = np.full((frames, len(SYMBOLS)), -30.0, dtype=np.float32)
    chance = np.random.default_rng(seed)
    among = [0, A, B, N][:symbols]
    logits_FS[:, among] = chance.normal(0, 2, (frames, symbols))
    return log_softmax(logits_FS)


def best_of_all(logprobs_FS: Float32, among: list[int]) -> tuple[int, ...]:
    """The spelling with the largest sum over its alignments."""
    sums: dict[tuple[int, ...], float] = {}
    for path in product(among, repeat=len(logprobs_FS)):
        collapsed = tuple(s for at, s in enumerate(path) if s and (not at or path[at - 1] != s))
        likely = sum(logprobs_FS[at, symbol] for at, symbol in enumerate(path))
        sums[collapsed] = np.logaddexp(sums.get(collapsed, -np.inf), likely)
    return max(sums, key=lambda spelled: sums[spelled])


@pytest.mark.parametrize("seed", range(20))
def test_the_best_spelling_is_the_likeliest_over_all_alignments(seed: int) -> None:
    logprobs_FS = heard(seed, frames=6)
    search = Search(None, WIDE)
    search.push(logprobs_FS)
    expected = best_of_all(logprobs_FS, [0, A, B, N])
    has_letters = logprobs_FS.argmax(axis=1).any()
    assert tuple(search.best()) == (expected if has_letters else ())


@pytest.mark.parametrize("size", [1, 3, 7])
def test_sound_in_pieces_is_spelled_as_the_whole(model: LetterModel, size: int) -> None:
    logprobs_FS = heard(3, frames=40)
    whole, pieces = Search(model), Search(model)
    whole.push(logprobs_FS)
    for at in range(0, 40, size):
        pieces.push(logprobs_FS[at : at + size])
    assert pieces.best() == whole.best()


@pytest.mark.parametrize("seed", range(10))
def test_letters_that_are_agreed_on_stay(model: LetterModel, seed: int) -> None:
    logprobs_FS = heard(seed, frames=60)
    search, agreed = Search(model), list[list[int]]()
    for frame_S in logprobs_FS:
        search.push(frame_S[None])
        agreed.append(search.agreed())
    best = search.best()
    assert agreed[-1]
    assert all(best[: len(letters)] == letters for letters in agreed)


def test_looking_ahead_leaves_a_search_as_it_is(model: LetterModel) -> None:
    search, together = Search(model), Search(model)
    search.push(heard(1, frames=20))
    before = search.best()
    ahead = search.best_with(heard(2, frames=20))
    together.push(np.concatenate([heard(1, frames=20), heard(2, frames=20)]))
    assert ahead == together.best() != before
    assert search.best() == before


def test_the_letter_model_decides_where_the_sound_does_not(model: LetterModel) -> None:
    logits_FS = np.full((6, len(SYMBOLS)), -30.0, dtype=np.float32)
    for at, symbols in enumerate([[B], [0], [A], [0], [A, N], [0]]):
        logits_FS[at, symbols] = 0.0
    logits_FS[4, A] = 0.3  # a little likelier, but nobody says "baa"
    for it, expected in ((model, "ban"), (None, "baa")):
        search = Search(it)
        search.push(log_softmax(logits_FS))
        assert written(search.best(), script="Latn") == expected


def test_silence_is_not_talked_into_words(model: LetterModel) -> None:
    logits_FS = np.full((50, len(SYMBOLS)), -30.0, dtype=np.float32)
    logits_FS[:, 0], logits_FS[:, spell("ban")] = 1.0, 0.0
    search = Search(model, Weighing(length=10.0))
    search.push(log_softmax(logits_FS))
    assert search.best() == []
