"""Sound: a clip (a whole recording) and a chunk (a piece of a stream). Always mono."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]

HEARING_RATE_HZ = 16_000  # what every model of ours hears
SPEAKING_RATE_HZ = 24_000  # what the page receives (Realtime's PCM rate)
PCM_PEAK = 32_767  # largest s16 sample
BYTES_PER_SAMPLE = 2


@dataclass(frozen=True, slots=True)
class Clip:
    """A whole recording: `samples`, shape (num_samples,), float32 in -1..1."""

    samples: Float32
    rate_hz: int = HEARING_RATE_HZ

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of streamed speech: `pcm` is s16 little-endian mono at `rate_hz`.

    `num_chars`: characters of the phrase spoken by its end, where the voice tells.
    """

    pcm: bytes
    rate_hz: int
    num_chars: int | None = None

    @property
    def duration_ms(self) -> float:
        """Length in milliseconds."""
        return len(self.pcm) / BYTES_PER_SAMPLE / self.rate_hz * 1_000


def samples_of(pcm: bytes) -> Float32:
    """s16 little-endian bytes as float32 in -1..1; an odd last byte is dropped."""
    whole = len(pcm) - len(pcm) % BYTES_PER_SAMPLE
    return np.frombuffer(pcm[:whole], dtype="<i2").astype(np.float32) / np.float32(PCM_PEAK + 1)


def pcm_of(samples: Float32) -> bytes:
    """float32 samples as s16 little-endian bytes, clipped to -1..1."""
    return (np.clip(samples, -1.0, 1.0) * PCM_PEAK).astype("<i2").tobytes()


def level_dbfs(samples: Float32) -> float:
    """Root-mean-square level in dB below full scale; -120 for silence."""
    flat = samples.ravel()
    rms = math.sqrt(float(flat @ flat) / flat.size) if flat.size else 0.0
    return max(-120.0, 20.0 * math.log10(max(rms, 1e-6)))
