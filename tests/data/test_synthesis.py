from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest

from asha.core.errors import ProviderRefused, ProviderSilent
from asha.data.disturbance import disturb, no_speech, telephone
from asha.data.shards import Shard, Utterance, load_shard, make_shard, save_shard
from asha.data.synthesis import (
    HELD_OUT_KLATT,
    HELD_OUT_VARIANTS,
    TRAINED_VARIANTS,
    VOICES,
    Speaker,
    Synthesiser,
)
from asha.speech.mel import NUM_MELS


@pytest.fixture(scope="module")
def synthesiser() -> Iterator[Synthesiser]:
    voice = Synthesiser()
    yield voice
    voice.close()


def says_hello(chance: Random) -> Utterance:
    if chance.random() < 0.3:
        return Utterance("hi", "", "")
    return Utterance("hi", "नमस्ते", "नमस्ते", "hi", "नमस्ते!")


def test_every_voice_and_variant_exists(synthesiser: Synthesiser) -> None:
    variants = (*TRAINED_VARIANTS, *HELD_OUT_KLATT, *HELD_OUT_VARIANTS)
    names = {f"hi+{variant}" for variant in variants if variant}
    for voice in {*names, *(voice for voices in VOICES.values() for voice in voices)}:
        assert len(synthesiser.speak("हाँ", Speaker(voice, 160, 50))) > 1_000, voice


def test_no_held_out_throat_is_trained_on() -> None:
    assert not set(TRAINED_VARIANTS) & {*HELD_OUT_KLATT, *HELD_OUT_VARIANTS}


def test_a_voice_that_is_not_there_is_refused(synthesiser: Synthesiser) -> None:
    with pytest.raises(ProviderRefused, match="no voice"):
        synthesiser.speak("हाँ", Speaker("xx-nowhere", 160, 50))


def test_nothing_to_speak_is_no_success(synthesiser: Synthesiser) -> None:
    with pytest.raises(ProviderSilent):
        synthesiser.speak("…", Speaker("hi", 160, 50))


def test_disturbed_speech_stays_within_range_and_changes(synthesiser: Synthesiser) -> None:
    samples = synthesiser.speak("नमस्ते", Speaker("hi", 160, 50))
    for seed in range(30):
        other = disturb(samples, Random(seed))
        assert other.dtype == np.float32
        assert 0.01 < np.abs(other).max() <= 1.0
        assert not np.array_equal(other[: len(samples)], samples[: len(other)])


def test_sounds_without_words_are_finite_and_short() -> None:
    for seed in range(30):
        sound = no_speech(Random(seed))
        assert np.isfinite(sound).all()
        assert 0.3 < len(sound) / 16_000 < 3.1


def test_a_telephone_has_no_bass_and_no_treble() -> None:
    white = np.random.default_rng(1).standard_normal(16_000).astype(np.float32)
    power = np.abs(np.fft.rfft(telephone(white))) ** 2
    assert power[:250].sum() + power[3_600:].sum() < 0.01 * power.sum()


def test_the_words_of_a_shard_follow_from_its_seed_and_number(
    synthesiser: Synthesiser, tmp_path: Path
) -> None:
    first, again = (
        make_shard(3, says_hello, synthesiser, seed=1, clips=6, max_seconds=5.0) for _ in range(2)
    )
    other = make_shard(4, says_hello, synthesiser, seed=1, clips=6, max_seconds=5.0)
    assert first.utterances == again.utterances
    assert [len(mel) for mel in first.mels] != [len(mel) for mel in other.mels]
    save_shard(first, tmp_path / "000003.npz")
    assert_same(load_shard(tmp_path / "000003.npz"), first)
    assert [path.name for path in tmp_path.iterdir()] == ["000003.npz"]


def assert_same(one: Shard, other: Shard) -> None:
    assert one.utterances == other.utterances
    assert all(mel.shape[1] == NUM_MELS for mel in one.mels)
    assert all(np.array_equal(a, b) for a, b in zip(one.mels, other.mels, strict=True))
