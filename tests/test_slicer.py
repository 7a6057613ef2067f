"""Slices end where a voice does: the benchmarks' microphone cuts as the page's does."""

import json
from pathlib import Path

import numpy as np
import pytest
from slicer import FRAME, Slicer, slices_of

VECTOR = json.loads((Path(__file__).parent / "golden" / "slices.json").read_text())


@pytest.mark.parametrize("row", VECTOR, ids=lambda row: row["what"])
def test_both_microphones_cut_alike(row: dict[str, object]) -> None:
    slicer = Slicer(is_quick=bool(row["quick"]))
    loud = str(row["loud"])
    assert [slicer.take(160, is_loud=mark == "#") for mark in loud] == row["slices"]


def test_a_slice_leaves_within_a_frame_of_the_voices_end_and_nothing_is_lost() -> None:
    quiet, voice = np.zeros(16_000, "<i2"), np.full(11_200, 3_000, "<i2")
    pcm = np.concatenate([quiet, voice, quiet]).tobytes()
    slices = list(slices_of(pcm))
    voice_end = len(quiet) + len(voice)
    left = [at for _, at in slices if at > voice_end]
    assert left[0] - voice_end <= FRAME
    assert sum(num for num, _ in slices) == len(pcm) // 2
