"""What disturbances do to a voice, and what they leave as it was."""

import numpy as np
import pytest

from asha.data.disturbance import other_throat

RATE_HZ = 16_000
PITCH_HZ = 125


def vowel(resonance_hz: float) -> np.ndarray:
    """A second of harmonics, the loudest at the resonance."""
    time_s = np.arange(RATE_HZ) / RATE_HZ
    sound = np.zeros(RATE_HZ)
    for hz in range(PITCH_HZ, RATE_HZ // 2, PITCH_HZ):
        sound += np.cos(2 * np.pi * hz * time_s) / (1 + ((hz - resonance_hz) / 150) ** 2)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


def spectrum(samples: np.ndarray) -> np.ndarray:
    """Magnitudes, one for each Hz."""
    return np.abs(np.fft.rfft(samples[:RATE_HZ]))


@pytest.mark.parametrize("factor", [0.85, 1.2])
def test_the_resonances_move(factor: float) -> None:
    moved = spectrum(other_throat(vowel(1_000.0), factor))
    assert abs(int(moved.argmax()) - 1_000 * factor) <= PITCH_HZ / 2 + 1


@pytest.mark.parametrize("factor", [0.85, 1.2])
def test_the_pitch_stays(factor: float) -> None:
    moved = spectrum(other_throat(vowel(1_000.0), factor))
    assert moved[:4_000].argmax() % PITCH_HZ == 0
    harmonics = np.sum(moved[:4_000:PITCH_HZ] ** 2)
    assert harmonics > 0.95 * np.sum(moved[:4_000] ** 2)


def test_the_same_throat_is_the_same_sound() -> None:
    sound = vowel(700.0)
    assert np.allclose(other_throat(sound, 1.0), sound, atol=1e-3)
    assert len(other_throat(sound[:999], 1.1)) == 999
