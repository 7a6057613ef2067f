"""Sound to log-mel spectrograms, as Whisper computes them, in plain torch.

Legend: C clips, S samples, M mel bands, T mel frames.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from asha.core.audio import HEARING_RATE_HZ, Float32

HOP = 160  # samples per mel frame: 10 ms
FFT = 400  # samples per analysis window: 25 ms
MIN_SAMPLES = 2 * HOP  # 20 ms: a shorter clip is padded, so that it has one encoder frame
TOP_HZ = HEARING_RATE_HZ / 2
SMALLEST_POWER = 1e-10
CLAMP_DECADES = 8.0  # stock features keep 80 dB below the clip's loudest point

# Slaney's mel scale: linear up to 1 kHz (3 mels per 200 Hz), then 27 steps per factor of 6.4.
LINEAR_HZ_PER_MEL = 200 / 3
BREAK_HZ = 1_000.0
LOG_STEP = np.log(6.4) / 27


def log_mel(waves: Sequence[Float32], *, num_mels: int, log_floor: float | None) -> Tensor:
    """Spectrograms of clips at 16 kHz, padded with silence to the longest: shape (C, M, T).

    `log_floor` None clamps each clip at its own maximum - 8 (stock; over the whole clip, however
    long). A number is a fixed lowest log10 power, so that what is heard later changes nothing
    earlier. The result is (log10 power + 4) / 4.
    """
    longest = max(len(wave) for wave in waves)
    longest += -longest % HOP
    wave_CS = torch.stack(
        [functional.pad(torch.from_numpy(wave), (0, longest - len(wave))) for wave in waves]
    )
    spectrum = torch.stft(
        wave_CS,
        FFT,
        HOP,
        window=torch.hann_window(FFT),
        # A mirror image beyond the end would need the end: causal features see silence there.
        pad_mode="reflect" if log_floor is None else "constant",
        return_complex=True,
    )
    power = (spectrum[..., :-1].abs() ** 2).contiguous()  # the last frame is half beyond the end
    log_power = (mel_filters(num_mels) @ power).clamp(min=SMALLEST_POWER).log10()
    if log_floor is None:
        loudest = log_power.amax(dim=(1, 2), keepdim=True)
        log_power = torch.maximum(log_power, loudest - CLAMP_DECADES)
    else:
        log_power = log_power.clamp(min=log_floor)
    return (log_power + 4.0) / 4.0


@cache
def mel_filters(num_mels: int) -> Tensor:
    """Triangles evenly spaced on Slaney's mel scale, each of area one: shape (M, FFT // 2 + 1)."""
    bins_hz = np.linspace(0, TOP_HZ, FFT // 2 + 1)
    corners_hz = _hz(np.linspace(0, _mel(TOP_HZ), num_mels + 2))
    widths = np.diff(corners_hz)
    slopes = corners_hz[:, None] - bins_hz[None]
    rising = -slopes[:-2] / widths[:-1, None]
    falling = slopes[2:] / widths[1:, None]
    triangles = np.maximum(0, np.minimum(rising, falling))
    triangles *= (2 / (corners_hz[2:] - corners_hz[:-2]))[:, None]
    return torch.from_numpy(triangles.astype(np.float32))


def _mel(hz: float) -> float:
    """Slaney's mel of a frequency above the break."""
    return float(BREAK_HZ / LINEAR_HZ_PER_MEL + np.log(hz / BREAK_HZ) / LOG_STEP)


def _hz(mel: np.ndarray) -> np.ndarray:
    above = mel - BREAK_HZ / LINEAR_HZ_PER_MEL
    return np.where(above < 0, mel * LINEAR_HZ_PER_MEL, BREAK_HZ * np.exp(LOG_STEP * above))
