"""Sound files as people have them, and files that are none."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asha.core.errors import BadSound
from asha.speech.sound_file import decode_clip, encode_wav

TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000)).astype(np.float32)


def _file(samples: np.ndarray, rate_hz: int, subtype: str, kind: str = "WAV") -> bytes:
    out = io.BytesIO()
    soundfile.write(out, samples, rate_hz, subtype=subtype, format=kind)
    return out.getvalue()


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_every_sample_width_is_read(subtype: str) -> None:
    clip = decode_clip(_file(TONE, 48_000, subtype))
    assert clip.rate_hz == 16_000
    assert abs(clip.duration_s - 1.0) < 0.01
    assert abs(float(np.sqrt(np.mean(clip.samples**2))) - 0.354) < 0.01


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 96_000])
def test_every_rate_becomes_16_khz(rate_hz: int) -> None:
    samples = np.zeros(rate_hz, dtype=np.float32)
    assert len(decode_clip(_file(samples, rate_hz, "PCM_16")).samples) == 16_000


def test_stereo_is_averaged() -> None:
    stereo = np.stack([TONE, -TONE], axis=1)
    assert np.abs(decode_clip(_file(stereo, 48_000, "FLOAT")).samples).max() < 1e-3


def test_flac_is_read() -> None:
    assert decode_clip(_file(TONE, 48_000, "PCM_16", "FLAC")).duration_s == pytest.approx(1, 0.01)


def test_a_truncated_file_gives_what_is_there() -> None:
    whole = _file(TONE, 48_000, "PCM_16")
    clip = decode_clip(whole[: len(whole) // 2])
    assert 0.4 < clip.duration_s < 0.6


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b"not a sound file at all" * 9, "not a sound file"),
        (encode_wav(b"", rate_hz=16_000), "holds no sound"),
        (_file(TONE, 48_000, "PCM_16")[:30], "not a sound file|holds no sound"),
        (Path(__file__).read_bytes(), "not a sound file"),
    ],
    ids=["empty", "text", "zero length", "header only", "program"],
)
def test_what_is_not_sound_is_told_in_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(BadSound, match=sentence) as told:
        decode_clip(data, what="clip.wav")
    assert told.value.message.startswith("clip.wav")


def test_a_clip_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadSound, match="longer than 2 s"):
        decode_clip(_file(np.zeros(48_000, dtype=np.float32), 16_000, "PCM_16"), max_s=2)


def test_nan_samples_become_silence() -> None:
    samples = np.full(16_000, np.nan, dtype=np.float32)
    assert not decode_clip(_file(samples, 16_000, "FLOAT")).samples.any()


def test_a_clip_of_5_ms_is_read() -> None:
    assert len(decode_clip(_file(TONE[:240], 48_000, "PCM_16")).samples) == 80
