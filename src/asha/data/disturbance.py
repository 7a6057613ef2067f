"""What a room, a throat, a microphone and a line do to speech: augmentation in numpy.

The lesson of the first trial (docs/log.md): a model that learns from one synthesiser learns the
synthesiser, so the sound must vary more than people do.
"""

from collections.abc import Callable
from functools import cache
from random import Random

import numpy as np
import soxr

from asha.core.audio import HEARING_RATE_HZ, Float32

TELEPHONE_HZ = (300.0, 3_400.0)
# power over frequency
NOISE_SLOPES = {"white": 0.0, "pink": -1.0, "brown": -2.0, "blue": 1.0}
VIOLET_SLOPE = 2.0
PEAK_DBFS = (-24.0, -1.0)
MAX_SILENCE_S = (0.25, 0.3)  # before and after
# An envelope without the voice's harmonics: cepstrum up to 1.6 ms, less than a period of 400 Hz.
WINDOW, HOP, ENVELOPE_SAMPLES = 512, 128, 25


def disturb(samples: Float32, chance: Random) -> Float32:
    """`samples` at 16 kHz as they might arrive from somewhere else; same words, new length."""
    samples = warped(samples, chance.uniform(0.86, 1.16)) if chance.random() < 0.6 else samples
    if chance.random() < 0.4:
        samples = other_throat(samples, chance.uniform(0.84, 1.2))
    if chance.random() < 0.4:
        samples = equalised(samples, chance)
    if chance.random() < 0.3:
        samples = reverberated(samples, chance)
    samples = _with_silence(samples, chance)
    if chance.random() < 0.08:
        samples = clipped(samples, chance)
    if chance.random() < 0.12:
        samples = telephone(samples)
    if chance.random() < 0.7:
        color, snr_db = chance.choice(list(NOISE_SLOPES)), chance.uniform(8.0, 45.0)
        samples = samples + noise(len(samples), color, chance) * rms(samples) * 10 ** (-snr_db / 20)
    peak = float(np.max(np.abs(samples))) or 1.0
    wanted = 10 ** (chance.uniform(*PEAK_DBFS) / 20)
    return np.asarray(samples * np.float32(wanted / peak), dtype=np.float32)


def no_speech(chance: Random) -> Float32:
    """A second or three without words: silence, hiss, hum, knocks, tones, babble of tones."""
    length = int(chance.uniform(0.4, 3.0) * HEARING_RATE_HZ)
    kinds: list[Callable[[int, Random], Float32]] = [_hiss, _hum, _knocks, _melody, _hiss]
    samples = chance.choice(kinds)(length, chance)
    if chance.random() < 0.3:
        samples = samples + _hiss(length, chance) * 0.3
    level = 10 ** (chance.uniform(-75.0, -6.0) / 20)
    peak = float(np.max(np.abs(samples))) or 1.0
    return np.asarray(samples * np.float32(level / peak), dtype=np.float32)


def telephone(samples: Float32) -> Float32:
    """300 to 3400 Hz, as an 8 kHz telephone line leaves it."""
    return shaped(samples, lambda hz: ((hz > TELEPHONE_HZ[0]) & (hz < TELEPHONE_HZ[1])) * 1.0)


def noise(length: int, color: str, chance: Random) -> Float32:
    """Coloured noise of root-mean-square 1."""
    white = np.random.default_rng(chance.getrandbits(32)).standard_normal(length)
    slope = (VIOLET_SLOPE if color == "violet" else NOISE_SLOPES[color]) / 2
    colored = shaped(white.astype(np.float32), lambda hz: np.maximum(hz, 40.0) ** slope)
    return colored / np.float32(rms(colored))


def warped(samples: Float32, factor: float) -> Float32:
    """Another throat and pitch: the whole spectrum moves by `factor`, and so does the tempo."""
    rate = round(HEARING_RATE_HZ * factor)
    return np.asarray(soxr.resample(samples, rate, HEARING_RATE_HZ, quality="LQ"), dtype=np.float32)


def other_throat(samples: Float32, factor: float) -> Float32:
    """The same pitch and tempo from a throat whose resonances lie `factor` times as high."""
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    padded = np.pad(samples, (WINDOW, WINDOW + -len(samples) % HOP))
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP] * window
    spectra = np.fft.rfft(frames)
    cepstra = np.fft.irfft(np.log(np.abs(spectra) + 1e-5))
    cepstra[:, ENVELOPE_SAMPLES : WINDOW - ENVELOPE_SAMPLES + 1] = 0.0
    envelopes = np.fft.rfft(cepstra).real
    places = np.arange(spectra.shape[1]) / factor
    left = np.minimum(places.astype(int), spectra.shape[1] - 2)
    share = np.minimum(places - left, 1.0)
    moved = envelopes[:, left] * (1 - share) + envelopes[:, left + 1] * share
    pieces = np.fft.irfft(spectra * np.exp(moved - envelopes)) * window
    out = np.zeros(len(padded), np.float32)
    for start, piece in zip(range(0, len(padded), HOP), pieces, strict=False):
        out[start : start + WINDOW] += piece
    return out[WINDOW : WINDOW + len(samples)] / np.float32(np.sum(window**2) / HOP)


def equalised(samples: Float32, chance: Random) -> Float32:
    """A microphone's own colour: a smooth curve of +-9 dB through six points."""
    points_hz = [0.0, 300.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0]
    gains_db = [chance.uniform(-9.0, 9.0) for _ in points_hz]
    return shaped(samples, lambda hz: 10 ** (np.interp(hz, points_hz, gains_db) / 20))


def reverberated(samples: Float32, chance: Random) -> Float32:
    """A room: an exponentially decaying tail of 80 to 400 ms after the direct sound."""
    decay_s = chance.uniform(0.08, 0.4)
    time_s = np.arange(int(decay_s * HEARING_RATE_HZ)) / HEARING_RATE_HZ
    random = np.random.default_rng(chance.getrandbits(32))
    tail = random.standard_normal(len(time_s)) * np.exp(
        -6.9 * time_s / decay_s
    )  # -60 dB at its end
    tail *= chance.uniform(0.05, 0.35) / np.sqrt(np.sum(np.square(tail)))
    tail[0] = 1.0
    size = _fast_size(len(samples) + len(tail))
    wet = np.fft.irfft(np.fft.rfft(samples, size) * np.fft.rfft(tail, size), size)
    return np.asarray(wet[: len(samples) + len(tail) // 2], dtype=np.float32)


def _with_silence(samples: Float32, chance: Random) -> Float32:
    before, after = (int(chance.uniform(0.0, most) * HEARING_RATE_HZ) for most in MAX_SILENCE_S)
    return np.pad(samples, (before, after))


def clipped(samples: Float32, chance: Random) -> Float32:
    """Cut off at a quarter to two thirds of its peak, as too loud a microphone does."""
    limit = float(np.max(np.abs(samples))) * chance.uniform(0.25, 0.7)
    return np.clip(samples, -limit, limit)


def _hiss(length: int, chance: Random) -> Float32:
    return noise(length, chance.choice(list(NOISE_SLOPES)), chance)


def _hum(length: int, chance: Random) -> Float32:
    time_s = np.arange(length) / HEARING_RATE_HZ
    base_hz = chance.choice([50.0, 60.0, 100.0, chance.uniform(80.0, 400.0)])
    tones = [np.sin(2 * np.pi * base_hz * n * time_s) / n for n in range(1, 8)]
    return np.asarray(np.sum(tones, axis=0), dtype=np.float32)


def _knocks(length: int, chance: Random) -> Float32:
    samples = np.zeros(length, dtype=np.float32)
    for _ in range(chance.randint(1, 6)):
        knock = noise(int(chance.uniform(0.01, 0.08) * HEARING_RATE_HZ), "brown", chance)
        knock *= np.exp(-np.linspace(0.0, 6.0, len(knock))).astype(np.float32)
        start = chance.randrange(max(1, length - len(knock)))
        samples[start : start + len(knock)] += knock[: length - start]
    return samples


def _melody(length: int, chance: Random) -> Float32:
    note = int(chance.uniform(0.1, 0.4) * HEARING_RATE_HZ)
    time_s = np.arange(note) / HEARING_RATE_HZ
    notes = []
    for _ in range(length // note + 1):
        hz = 220.0 * 2 ** (chance.randint(0, 24) / 12)
        tones = [np.sin(2 * np.pi * hz * n * time_s) / n**2 for n in (1, 2, 3, 4)]
        notes.append(np.sum(tones, axis=0) * np.exp(-3.0 * time_s * chance.random()))
    return np.concatenate(notes)[:length].astype(np.float32)


def shaped(samples: Float32, gain: Callable[[np.ndarray], np.ndarray]) -> Float32:
    """`samples` with every frequency in Hz times `gain` of it."""
    size = _fast_size(len(samples))
    spectrum = np.fft.rfft(samples, size)
    hz = np.fft.rfftfreq(size, 1 / HEARING_RATE_HZ)
    return np.fft.irfft(spectrum * gain(hz), size)[: len(samples)].astype(np.float32)


@cache
def _fast_size(length: int) -> int:
    """The next length of the form 2^a * (2, 3 or 5), which the transform does fast."""
    return min(base << max(0, -(-length // base) - 1).bit_length() for base in (2, 3, 5))


def rms(samples: Float32) -> float:
    """Root mean square; 1 for silence, so that it can be divided by."""
    return float(np.sqrt(np.mean(np.square(samples)))) or 1.0
