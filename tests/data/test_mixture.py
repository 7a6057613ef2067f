"""Mixtures: which row comes n-th, what is refused, what happens to broken rows."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest
from corpora import ListedRows

from asha.core.audio import Clip
from asha.data.mixture import BadMixture, Draw, MixedSet, Mixture
from asha.data.problem import Problem
from asha.data.rows import StreamedRows
from asha.data.sample import Sample


def sample(name: str) -> Sample:
    return Sample(name, Clip(np.full(160, 0.1, dtype=np.float32), 16_000), f"words {name}", "hi")


def rows(name: str, num_rows: int) -> ListedRows:
    return ListedRows([sample(f"{name}{number}") for number in range(num_rows)])


def mixture(*, seed: int = 1) -> Mixture:
    return Mixture(
        [MixedSet("a", rows("a", 30), 1.0), MixedSet("b", rows("b", 10), 0.5)], seed=seed
    )


def names(mixed: Mixture, draws: list[Draw]) -> list[str]:
    return [mixed.read(draw, lambda it: it.name) for draw in draws]


def test_an_epoch_holds_each_set_as_often_as_its_weight_says() -> None:
    mixed = mixture()
    assert mixed.num_rows == 35
    drawn = names(mixed, list(islice(mixed.draws(), 70)))
    assert Counter(name[0] for name in drawn[:35]) == {"a": 30, "b": 5}
    assert set(Counter(drawn).values()) <= {1, 2}
    assert len(set(drawn[:35])) == 35  # no row twice before every row of its set came once
    assert sum(name[0] == "b" for name in drawn[:14]) == 2  # spread over the epoch


def test_the_same_seed_draws_the_same_rows_and_another_does_not() -> None:
    first, again, other = (names(it, list(islice(it.draws(), 35))) for it in map(_of, (1, 1, 2)))
    assert first == again != other


def _of(seed: int) -> Mixture:
    return mixture(seed=seed)


def test_drawing_goes_on_from_any_place() -> None:
    mixed = mixture()
    whole = list(islice(mixed.draws(), 60))
    for start in (1, 17, 35, 59):
        counts = Counter(draw.set_index for draw in whole[:start])
        rest = list(islice(mixed.draws([counts[0], counts[1]]), 60 - start))
        assert rest == whole[start:]


def test_processes_that_take_turns_read_every_row_once() -> None:
    mixed = mixture()
    draws = list(islice(mixed.draws(), 35))
    shared = [name for rank in range(2) for name in names(mixture(), draws[rank::2])]
    assert sorted(shared) == sorted(names(mixed, draws))


@pytest.mark.parametrize(
    ("sets", "complaint"),
    [
        ([], r"has no set; add a \[\[mixture\]\]"),
        ([MixedSet("kathbath gu", rows("x", 0))], "The set kathbath gu is empty"),
        ([MixedSet("a", rows("a", 50), 0.001)], "rounds to nothing; give it at least 0.02"),
    ],
)
def test_a_mixture_that_cannot_be_drawn_from_says_why(sets: list[MixedSet], complaint: str) -> None:
    with pytest.raises(BadMixture, match=complaint):
        Mixture(sets, seed=1)


class Broken:
    """Rows of which the even ones cannot be read."""

    def __init__(self, num_good: int) -> None:
        self._num_good = num_good

    def __len__(self) -> int:
        return 6

    def read(self, index: int) -> Sample | Problem:
        if index < self._num_good:
            return sample(str(index))
        return Problem("broken sound", f"clip {index}", "it is cut off")


def test_a_broken_row_is_counted_once_and_the_next_takes_its_place() -> None:
    mixed = Mixture([MixedSet("b", Broken(3))], seed=1)
    drawn = names(mixed, list(islice(mixed.draws(), 12)))
    assert set(drawn) == {"0", "1", "2"}
    (sentence,) = mixed.tally.sentences()
    assert sentence.startswith("3 x broken sound: clip ")


def test_a_set_of_broken_rows_is_given_up() -> None:
    mixed = Mixture([MixedSet("b", Broken(0))], seed=1)
    with pytest.raises(BadMixture, match=r"nothing usable \(6 rows tried\). 6 x broken sound"):
        names(mixed, list(islice(mixed.draws(), 1)))


def test_a_stream_is_shuffled_in_blocks_and_read_once_an_epoch() -> None:
    starts = 0

    def stream() -> Iterator[Sample | Problem]:
        nonlocal starts
        starts += 1
        return (sample(str(number)) for number in range(40))

    mixed = Mixture([MixedSet("s", StreamedRows(stream, 40, window=8))], seed=3)
    drawn = names(mixed, list(islice(mixed.draws(), 40)))
    assert starts == 1
    assert sorted(map(int, drawn)) == list(range(40))
    assert drawn != sorted(drawn, key=int)
    assert {int(name) // 8 for name in drawn[:8]} == {0}
    names(mixed, list(islice(mixed.draws([40]), 1)))
    assert starts == 2


def test_a_stream_that_ends_early_says_so() -> None:
    short = StreamedRows(lambda: iter([sample("0")]), 3, window=2)
    row = short.read(2)
    assert isinstance(row, Problem)
    assert row.why == "the source ends before it"
