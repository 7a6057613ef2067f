"""Sound in memory."""

import numpy as np

from asha.core.audio import Chunk, Clip, level_dbfs, pcm_of, samples_of


def test_samples_survive_the_way_to_pcm_and_back() -> None:
    samples = np.linspace(-1, 1, 1_001, dtype=np.float32)
    assert np.abs(samples_of(pcm_of(samples)) - samples).max() < 1e-4


def test_too_loud_samples_are_clipped_not_wrapped() -> None:
    assert samples_of(pcm_of(np.array([2.0, -2.0], dtype=np.float32))).tolist()[0] > 0.99


def test_an_odd_last_byte_is_dropped() -> None:
    assert len(samples_of(b"\x00\x00\x01")) == 1


def test_lengths_are_told_in_their_units() -> None:
    assert Clip(np.zeros(8_000, dtype=np.float32)).duration_s == 0.5
    assert Chunk(b"\0\0" * 240, 24_000).duration_ms == 10.0


def test_level_of_silence_is_finite() -> None:
    assert level_dbfs(np.zeros(10, dtype=np.float32)) == -120.0
    assert round(level_dbfs(np.ones(10, dtype=np.float32))) == 0
