"""Log-mel spectrograms, bit for bit those of Whisper's own extractor."""

import numpy as np
import pytest
import torch

from asha.model.features import log_mel
from asha.speech import mel

from .conftest import noise


def test_features_are_bit_for_bit_those_of_whisper() -> None:
    from transformers import WhisperFeatureExtractor

    waves = [noise(4_800), noise(16_001, 1)]
    for num_mels in (80, 128):
        wanted = WhisperFeatureExtractor(feature_size=num_mels)(
            waves,
            sampling_rate=16_000,
            padding="longest",
            pad_to_multiple_of=160,
            truncation=False,
            return_tensors="pt",
        ).input_features
        assert torch.equal(log_mel(waves, num_mels=num_mels, log_floor=None), wanted)


def test_with_a_fixed_floor_later_sound_changes_nothing_earlier() -> None:
    sound = noise(16_000)
    sound[8_000:] *= 1e5
    whole = log_mel([sound], num_mels=80, log_floor=-4.0)
    start = log_mel([sound[:8_000]], num_mels=80, log_floor=-4.0)
    # A frame reads 200 samples to either side: the last one and a quarter still wait for theirs.
    assert torch.allclose(whole[..., :48], start[..., :48], atol=1e-6)
    assert whole.min() >= 0.0  # (-4 + 4) / 4
    stock = log_mel([sound[:8_000]], num_mels=80, log_floor=None)
    assert not torch.allclose(
        stock[..., :48], log_mel([sound], num_mels=80, log_floor=None)[..., :48], atol=1e-2
    )


@pytest.mark.parametrize("num_samples", [320, 1_600, 5_000, 16_000])
def test_causal_features_are_those_of_the_stream(num_samples: int) -> None:
    wave = np.random.default_rng(1).standard_normal(num_samples).astype(np.float32) * 0.1
    ours = log_mel([wave], num_mels=mel.NUM_MELS, log_floor=mel.LOG_FLOOR)[0].T.numpy()
    assert np.abs(ours - mel.log_mel(wave)).max() < 1e-4
