"""The torch features and the streaming ones are two ways to the same numbers."""

import numpy as np
import pytest

from asha.model.features import log_mel
from asha.speech.mel import LOG_FLOOR, NUM_MELS
from asha.speech.mel import log_mel as streamed_log_mel


@pytest.mark.parametrize("num_samples", [320, 1_600, 5_000, 16_000])
def test_causal_features_are_those_of_the_stream(num_samples: int) -> None:
    wave = np.random.default_rng(1).standard_normal(num_samples).astype(np.float32) * 0.1
    ours = log_mel([wave], num_mels=NUM_MELS, log_floor=LOG_FLOOR)[0].T.numpy()
    theirs = streamed_log_mel(wave)
    assert ours.shape == theirs.shape
    assert np.abs(ours - theirs).max() < 1e-4
