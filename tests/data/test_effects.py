"""Effects by name: the same words, the same chance, the same sound."""

from random import Random
from typing import get_args

import numpy as np
import pytest

from asha.core.audio import Float32
from asha.core.errors import BadInput
from asha.data.codecs import through_codec
from asha.data.effects import (
    COLORS,
    Effect,
    Name,
    a_law,
    low_passed,
    mu_law,
    resampled_and_back,
    with_babble,
    with_effects,
    with_noise,
    with_packet_loss,
)

TIMES = np.arange(16_000) / 16_000
OTHERS = [np.sin(2 * np.pi * hz * TIMES).astype(np.float32) for hz in (150.0, 170.0, 190.0)]
GROUPS = {"all", "one_of"}


def tone(hz: float, level: float = 0.3) -> Float32:
    return (level * np.sin(2 * np.pi * hz * TIMES)).astype(np.float32)


def level_db(samples: Float32) -> float:
    return float(10 * np.log10(np.mean(np.square(samples[2_000:-2_000])) + 1e-12))


@pytest.mark.parametrize("name", sorted(set(get_args(Name)) - GROUPS))
def test_every_effect_keeps_the_sound_and_follows_from_its_seed(name: str) -> None:
    effects = [Effect.model_validate({"effect": name})]
    one, same = (with_effects(tone(440), effects, Random(3), others=OTHERS) for _ in range(2))
    assert one.dtype == np.float32
    assert 0.85 <= len(one) / 16_000 <= 1.25
    assert level_db(one) > -60
    assert np.array_equal(one, same)


@pytest.mark.parametrize("color", COLORS)
def test_noise_lies_as_far_below_the_speech_as_was_said(color: str) -> None:
    noisy = with_noise(tone(440), color, 12.0, Random(1))
    assert level_db(tone(440)) - level_db(noisy - tone(440)) == pytest.approx(12, abs=1.0)


def test_babble_is_other_voices_at_its_level() -> None:
    crowd = with_babble(tone(440), OTHERS, 10.0, Random(1)) - tone(440)
    assert level_db(tone(440)) - level_db(crowd) == pytest.approx(10, abs=1.0)
    with pytest.raises(BadInput, match="needs other rows"):
        with_babble(tone(440), [], 10.0, Random(1))


def test_narrow_lines_lose_what_lies_above() -> None:
    assert level_db(resampled_and_back(tone(6_000), 8_000, Random(1))) < -60
    assert level_db(low_passed(tone(6_800), 0, Random(1))) < level_db(tone(6_800)) - 10
    assert level_db(low_passed(tone(500), 0, Random(1))) == pytest.approx(
        level_db(tone(500)), abs=0.1
    )


@pytest.mark.parametrize("law", [mu_law, a_law])
def test_eight_bits_by_law_leave_some_36_db(law: object) -> None:
    """G.711 has a signal-to-noise ratio of about 38 dB over a wide range of levels."""
    for level in (0.5, 0.05):
        given = tone(440, level)
        error = law(given, 0.0, Random(1)) - given  # type: ignore[operator]
        assert 30 < level_db(given) - level_db(error) < 45


def test_the_share_of_lost_packets_is_what_was_said() -> None:
    long = np.tile(tone(440), 60)
    lost = [
        np.mean(
            np.any(np.abs(with_packet_loss(long, 0.1, Random(seed)) - long).reshape(-1, 320), 1)
        )
        for seed in range(8)
    ]
    assert np.mean(lost) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize("codec", ["amr_nb", "opus", "g722"])
def test_a_codec_keeps_the_tone_and_the_length(codec: str) -> None:
    heard = through_codec(tone(440), codec, Random(2))
    assert len(heard) == 16_000
    spectrum = np.abs(np.fft.rfft(heard))
    assert abs(int(np.argmax(spectrum)) - 440) <= 2
    assert level_db(heard) == pytest.approx(level_db(tone(440)), abs=4)


def test_a_codec_that_is_not_there_is_a_sentence() -> None:
    with pytest.raises(BadInput, match="There is no codec 'mp7'; there are amr_nb"):
        through_codec(tone(440), "mp7", Random(1))
    try:
        assert len(through_codec(tone(440), "amr_wb", Random(1))) == 16_000
    except BadInput as missing:
        assert "cannot encode amr_wb; take it out of the recipe" in missing.message


def test_groups_choose_one_or_apply_all_and_shares_are_kept() -> None:
    def effect(name: str, **more: object) -> dict[str, object]:
        return {"effect": name, **more}

    quiet, loud = effect("gain", between=[-20, -20]), effect("gain", between=[6, 6])
    one_of = Effect.model_validate(effect("one_of", effects=[quiet, loud]))
    both = Effect.model_validate(effect("all", effects=[quiet, loud], share=0.5))

    def change_db(group: Effect, seed: int) -> int:
        changed = with_effects(tone(440), [group], Random(seed), others=[])
        return round(level_db(changed) - level_db(tone(440)))

    assert {change_db(one_of, seed) for seed in range(20)} == {-20, 6}
    changes = [change_db(both, seed) for seed in range(60)]
    assert set(changes) == {0, -14}
    assert 15 < changes.count(-14) < 45
    with pytest.raises(BadInput, match="holds no effects"):
        with_effects(tone(440), [Effect.model_validate(effect("one_of"))], Random(1), others=[])


def test_an_unknown_colour_is_a_sentence() -> None:
    green = Effect.model_validate({"effect": "noise", "kinds": ["green"]})
    with pytest.raises(BadInput, match="no noise 'green'; there are white"):
        with_effects(tone(440), [green], Random(1), others=[])
