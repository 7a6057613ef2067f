"""Effects by name, as recipes ask for them: what disturbance.py does, and what lines and codecs do.

Every effect takes 16 kHz samples and gives 16 kHz samples of the same words. What it draws at
random follows from `chance` alone.
"""

from collections.abc import Callable
from random import Random
from typing import Literal

import numpy as np
import soxr
from pydantic import Field

from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.core.errors import BadInput
from asha.data.codecs import through_codec
from asha.data.disturbance import (
    NOISE_SLOPES,
    clipped,
    equalised,
    noise,
    reverberated,
    rms,
    shaped,
    telephone,
    warped,
)
from asha.data.spec import Closed

Name = Literal[
    "all", "one_of", "gain", "speed", "resample", "telephone", "low_pass", "noise", "babble",
    "reverberation", "equaliser", "clipping", "mu_law", "a_law", "codec", "packet_loss",
]  # fmt: skip
COLORS = (*NOISE_SLOPES, "violet")
LOW_PASS_HZ = 3_400.0
LAW_RATE_HZ = 8_000  # of the telephone lines that use mu-law and A-law
PACKET_MS = 20
# What `between` means and is where a recipe does not say.
USUAL: dict[str, tuple[float, float]] = {
    "gain": (-24.0, 15.0),  # dB, clipped afterwards
    "speed": (0.9, 1.1),  # factor of tempo and pitch
    "resample": (8_000.0, 8_000.0),  # Hz, and back
    "noise": (0.0, 20.0),  # dB of speech over noise
    "babble": (5.0, 20.0),  # dB of speech over the other voices
    "packet_loss": (0.01, 0.1),  # share of packets of 20 ms
}
LOSS_GOES_ON = 0.4  # that a lost packet is followed by another
NUM_VOICES = (3, 6)  # of babble


class Effect(Closed):
    """One effect of a recipe; groups hold others. `share`: of the rows that get it."""

    effect: Name
    share: float = Field(1.0, ge=0, le=1)
    between: tuple[float, float] | None = None
    kinds: list[str] = Field(default_factory=list)  # colours of noise, or codecs
    effects: list["Effect"] = Field(default_factory=list)  # of "all" and "one_of"


def with_effects(
    samples: Float32, effects: list[Effect], chance: Random, *, others: list[Float32]
) -> Float32:
    """`samples` after each effect that chance chooses. `others` are what babble is made of.

    Raises:
        BadInput: babble without other voices, a codec or colour that is not there.
    """
    for it in effects:
        if chance.random() < it.share:
            samples = _applied(samples, it, chance, others)
    return samples


def _applied(samples: Float32, it: Effect, chance: Random, others: list[Float32]) -> Float32:
    if it.effect == "all":
        return with_effects(samples, it.effects, chance, others=others)
    if it.effect == "one_of":
        if not it.effects:
            raise BadInput('An effect "one_of" holds no effects; list some under `effects`.')
        return _applied(samples, chance.choice(it.effects), chance, others)
    if it.effect == "babble":
        return with_babble(samples, others, _drawn(it, chance), chance)
    if it.effect == "noise":
        return with_noise(samples, _kind(it, COLORS, chance), _drawn(it, chance), chance)
    if it.effect == "codec":
        return through_codec(samples, _kind(it, ("amr_nb", "opus", "g722"), chance), chance)
    return SIMPLE[it.effect](samples, _drawn(it, chance), chance)


def _drawn(it: Effect, chance: Random) -> float:
    return chance.uniform(*(it.between or USUAL.get(it.effect, (0.0, 0.0))))


def _kind(it: Effect, usual: tuple[str, ...], chance: Random) -> str:
    kind = chance.choice(it.kinds or usual)
    if it.effect == "noise" and kind not in COLORS:
        raise BadInput(f"There is no noise {kind!r}; there are {', '.join(COLORS)}.")
    return kind


def with_gain(samples: Float32, gain_db: float, chance: Random) -> Float32:
    """Louder or softer by `gain_db`; what is too loud is cut off."""
    del chance
    louder = samples * np.float32(10 ** (gain_db / 20))
    return np.asarray(np.clip(louder, -1.0, 1.0), dtype=np.float32)


def with_noise(samples: Float32, color: str, snr_db: float, chance: Random) -> Float32:
    """Coloured noise `snr_db` below the speech."""
    level = rms(samples) * 10 ** (-snr_db / 20)
    return np.asarray(samples + noise(len(samples), color, chance) * level, dtype=np.float32)


def with_babble(samples: Float32, others: list[Float32], snr_db: float, chance: Random) -> Float32:
    """Some of the `others` speak at the same time, together `snr_db` below the speech."""
    if not others:
        raise BadInput("Babble needs other rows to take its voices from; give more rows.")
    crowd = np.zeros(len(samples), dtype=np.float32)
    for _ in range(chance.randint(*NUM_VOICES)):
        voice = chance.choice(others)
        crowd += np.resize(np.roll(voice, chance.randrange(len(voice))), len(samples)) / rms(voice)
    level = rms(samples) / rms(crowd) * 10 ** (-snr_db / 20)
    return np.asarray(samples + crowd * level, dtype=np.float32)


def resampled_and_back(samples: Float32, rate_hz: float, chance: Random) -> Float32:
    """Through another rate: what lies above its half is gone."""
    del chance
    narrow = soxr.resample(samples, HEARING_RATE_HZ, rate_hz, quality="HQ")
    return _same_length(soxr.resample(narrow, rate_hz, HEARING_RATE_HZ, quality="HQ"), samples)


def low_passed(samples: Float32, _: float, chance: Random) -> Float32:
    """Nothing above 3,400 Hz; a slope of 12 dB an octave, as a filter of second order."""
    del chance
    return shaped(samples, lambda hz: 1 / np.sqrt(1 + (hz / LOW_PASS_HZ) ** 4))


def mu_law(samples: Float32, _: float, chance: Random) -> Float32:
    """Eight bits a sample at 8 kHz, as lines in America and Japan have (G.711, mu = 255)."""
    return _by_law(samples, chance, _mu_bent, _mu_straight)


def a_law(samples: Float32, _: float, chance: Random) -> Float32:
    """Eight bits a sample at 8 kHz, as lines in India and Europe have (G.711, A = 87.6)."""
    return _by_law(samples, chance, _a_bent, _a_straight)


def with_packet_loss(samples: Float32, share: float, chance: Random) -> Float32:
    """Packets of 20 ms that never came, in bursts; half of them are filled with the last one."""
    size = PACKET_MS * HEARING_RATE_HZ // 1_000
    heard = samples.copy()
    is_lost, fills = False, chance.random() < 0.5
    for start in range(0, len(samples), size):
        # The share of lost packets is `share` in the long run, their bursts 1 / (1 - 0.4) long.
        enters = share * (1 - LOSS_GOES_ON) / max(1e-9, 1 - share)
        is_lost = chance.random() < (LOSS_GOES_ON if is_lost else enters)
        if is_lost:
            last = heard[max(0, start - size) : start]
            end = min(len(samples), start + size)
            heard[start:end] = np.resize(last * 0.5, end - start) if fills and len(last) else 0.0
    return heard


def _by_law(
    samples: Float32,
    chance: Random,
    bent: Callable[[Float32], Float32],
    straight: Callable[[Float32], Float32],
) -> Float32:
    del chance
    narrow = soxr.resample(samples, HEARING_RATE_HZ, LAW_RATE_HZ, quality="HQ")
    steps = np.round(bent(np.clip(narrow, -1.0, 1.0)) * 127) / 127
    wide = soxr.resample(
        straight(steps.astype(np.float32)), LAW_RATE_HZ, HEARING_RATE_HZ, quality="HQ"
    )
    return _same_length(wide, samples)


def _mu_bent(x: Float32) -> Float32:
    return np.asarray(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256), dtype=np.float32)


def _mu_straight(y: Float32) -> Float32:
    return np.asarray(np.sign(y) * (256 ** np.abs(y) - 1) / 255, dtype=np.float32)


def _a_bent(x: Float32) -> Float32:
    scaled = 87.6 * np.abs(x)
    curve = np.where(scaled < 1, scaled, 1 + np.log(np.maximum(scaled, 1)))
    return np.asarray(np.sign(x) * curve / (1 + np.log(87.6)), dtype=np.float32)


def _a_straight(y: Float32) -> Float32:
    scaled = np.abs(y) * (1 + np.log(87.6))
    curve = np.where(scaled < 1, scaled, np.exp(scaled - 1)) / 87.6
    return np.asarray(np.sign(y) * curve, dtype=np.float32)


def _same_length(samples: Float32, like: Float32) -> Float32:
    fitted = np.zeros(len(like), dtype=np.float32)
    fitted[: len(samples)] = samples[: len(like)]
    return fitted


SIMPLE: dict[str, Callable[[Float32, float, Random], Float32]] = {
    "gain": with_gain,
    "speed": lambda samples, factor, _: warped(samples, 1 / factor),
    "resample": resampled_and_back,
    "telephone": lambda samples, _, __: telephone(samples),
    "low_pass": low_passed,
    "reverberation": lambda samples, _, chance: reverberated(samples, chance),
    "equaliser": lambda samples, _, chance: equalised(samples, chance),
    "clipping": lambda samples, _, chance: clipped(samples, chance),
    "mu_law": mu_law,
    "a_law": a_law,
    "packet_loss": with_packet_loss,
}
