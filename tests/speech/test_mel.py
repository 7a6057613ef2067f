import numpy as np
import pytest

from asha.core.audio import Float32
from asha.speech.mel import LOG_FLOOR, NUM_MELS, MelStream, filter_bank, log_mel, num_frames


def noise(num_samples: int) -> Float32:
    return (np.random.default_rng(1).standard_normal(num_samples) * 0.1).astype(np.float32)


@pytest.mark.parametrize("num_samples", [1, 159, 160, 161, 199, 200, 361, 5_000, 16_000])
def test_a_stream_gives_exactly_what_the_whole_clip_gives(num_samples: int) -> None:
    samples = noise(num_samples)
    stream, frames, at = MelStream(), [], 0
    for size in np.random.default_rng(2).integers(1, 900, 20_000):
        if at >= num_samples:
            break
        frames.append(stream.push(samples[at : at + size]))
        at += int(size)
    frames.append(stream.finish())
    assert np.array_equal(np.concatenate(frames), log_mel(samples))
    assert sum(map(len, frames)) == num_frames(num_samples)


def test_a_frame_does_not_depend_on_what_comes_later() -> None:
    samples = noise(16_000)
    louder = np.concatenate([samples[:8_000], samples[8_000:] * 50])
    early = (8_000 - 200) // 160
    assert np.array_equal(log_mel(samples)[:early], log_mel(louder)[:early])


def test_silence_lies_on_the_floor() -> None:
    assert np.allclose(log_mel(np.zeros(1_600, dtype=np.float32)), (LOG_FLOOR + 4) / 4)


def test_the_filter_bank_is_whispers() -> None:
    from transformers import WhisperFeatureExtractor

    assert np.abs(WhisperFeatureExtractor().mel_filters.T - filter_bank()).max() < 1e-6


def test_inside_a_clip_the_frames_are_whispers() -> None:
    from transformers import WhisperFeatureExtractor

    samples = noise(16_000)
    extract = WhisperFeatureExtractor()
    theirs = extract(samples, sampling_rate=16_000, padding=False, return_tensors="np")
    ours = log_mel(samples, floor=-20.0)
    assert ours.shape == (100, NUM_MELS)
    assert np.abs(theirs.input_features[0].T[2:98] - ours[2:98]).max() < 1e-4
