"""What the shipped weights spell, and what their letter model does for it."""

import dataclasses
from pathlib import Path

import pytest

from asha.core.audio import Clip
from asha.data.synthesis import HELD_OUT_VARIANTS
from asha.engine.exported import Weights, load_weights, shipped
from asha.engine.whole import transcribe
from asha.evaluation.nano import error_rates, held_out, spoken_clips

HELD_OUT = Path(__file__).parents[1] / "heldout"
NUM_ROWS = 12  # eSpeak NG never says a thing twice in the same way, so the bounds are wide


@pytest.fixture(scope="module")
def nano() -> Weights:
    folder = shipped()
    assert folder
    return load_weights(folder)


def words_wrong(weights: Weights, tag: str) -> float:
    """The share of words that are spelled wrong, of held-out requests by held-out voices."""
    rows = held_out(HELD_OUT, tag)[:NUM_ROWS]
    clips: list[Clip] = spoken_clips(rows, variants=HELD_OUT_VARIANTS)
    return error_rates(rows, [transcribe(weights, clip.samples).text for clip in clips])[0]


@pytest.mark.parametrize("tag", ["en-IN", "ta"])
def test_the_letter_model_mends_most_words_that_sound_alone_spells_wrong(
    nano: Weights, tag: str
) -> None:
    assert nano.letters
    unaided = words_wrong(dataclasses.replace(nano, letters=None), tag)
    assert words_wrong(nano, tag) < 0.6 * unaided
