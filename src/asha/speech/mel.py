"""Sound to log-mel frames, causally: a stream gives exactly what the whole clip gives.

The filter bank is Whisper's (80 bands of Slaney's scale, 25 ms windows every 10 ms). Two things
differ, so that a frame depends on nothing that comes later: the log has a fixed floor (Whisper
clamps at the loudest frame of the whole clip minus 8), and outside the clip there are zeros
(Whisper mirrors the sound).
"""

from functools import cache

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Float32

NUM_MELS = 80
WINDOW = 400  # samples: 25 ms
HOP = 160  # samples: 10 ms
FRAME_RATE_HZ = HEARING_RATE_HZ // HOP  # 100
LEAD = WINDOW // 2  # frame t is centred on sample t * HOP

# Speech at -20 dBFS peaks near log10 power 1; white noise at -60 dBFS lies near -5.
LOG_FLOOR = -5.0

# Slaney's scale, as in his Auditory Toolbox: linear to 1 kHz, then 27 steps for a factor of 6.4.
_HZ_PER_MEL = 200.0 / 3.0
_KNEE_HZ = 1_000.0
_KNEE_MEL = _KNEE_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27.0


@cache
def filter_bank() -> Float32:
    """Triangles of equal area over the spectrum, shape (NUM_MELS, WINDOW // 2 + 1)."""
    bins_hz = np.linspace(0.0, HEARING_RATE_HZ / 2, WINDOW // 2 + 1)
    edges_hz = _hz(np.linspace(0.0, _mel(HEARING_RATE_HZ / 2), NUM_MELS + 2))
    low, middle, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising = (bins_hz - low) / (middle - low)
    falling = (high - bins_hz) / (high - middle)
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    return np.asarray(triangles * 2.0 / (high - low), dtype=np.float32)


def num_frames(num_samples: int) -> int:
    """How many frames a whole clip of `num_samples` has: one for every begun 10 ms."""
    return -(-num_samples // HOP)


def log_mel(samples: Float32, *, floor: float = LOG_FLOOR) -> Float32:
    """The frames of a whole clip at 16 kHz: shape (num_frames, NUM_MELS), (log10 power + 4) / 4."""
    stream = MelStream(floor=floor)
    return np.concatenate([stream.push(samples), stream.finish()])


class MelStream:
    """Frames while the sound arrives. Frame t leaves when sample t * HOP + LEAD is known."""

    def __init__(self, *, floor: float = LOG_FLOOR) -> None:
        self._floor = floor
        self._held = np.zeros(LEAD, dtype=np.float32)  # from the start of the next frame on
        self._num_samples = 0
        self._num_frames = 0

    def push(self, samples: Float32) -> Float32:
        """The frames that `samples` completes, shape (n, NUM_MELS), n >= 0."""
        self._num_samples += len(samples)
        self._held = np.concatenate([self._held, np.asarray(samples, dtype=np.float32)])
        return self._frames(max(0, (len(self._held) - WINDOW) // HOP + 1))

    def finish(self) -> Float32:
        """The frames that reach beyond the clip's end; the stream is then used up."""
        self._held = np.concatenate([self._held, np.zeros(WINDOW, dtype=np.float32)])
        return self._frames(num_frames(self._num_samples) - self._num_frames)

    def _frames(self, count: int) -> Float32:
        if count <= 0:
            # A clip may end less than half a window after its last frame: nothing is left then.
            return np.zeros((0, NUM_MELS), dtype=np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(self._held, WINDOW)[::HOP][:count]
        frames = _log_power(windows, self._floor)
        self._held = self._held[count * HOP :]
        self._num_frames += count
        return frames


@cache
def _hann() -> Float32:
    return (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


def _log_power(windows: Float32, floor: float) -> Float32:
    spectrum = np.fft.rfft(windows * _hann(), axis=-1)
    power = (np.square(spectrum.real) + np.square(spectrum.imag)).astype(np.float32)
    # One row at a time: a matrix product of another height may round differently.
    mel = np.einsum("fb,mb->fm", power, filter_bank())
    log = np.maximum(np.log10(np.maximum(mel, np.float32(1e-10))), np.float32(floor))
    return np.asarray((log + 4.0) / 4.0, dtype=np.float32)


def _mel(hz: float) -> float:
    return float(_KNEE_MEL + np.log(hz / _KNEE_HZ) / _LOG_STEP)


def _hz(mel: np.ndarray) -> np.ndarray:
    curved = _KNEE_HZ * np.exp(_LOG_STEP * (mel - _KNEE_MEL))
    return np.where(mel < _KNEE_MEL, mel * _HZ_PER_MEL, curved)
