"""Voice activity on eSpeak NG's speech, in noise and in silence."""

import numpy as np
import pytest

from asha.core.audio import Clip, samples_of
from asha.core.language import language
from asha.providers.tts.espeak import EspeakTTS
from asha.speech.sound_file import resampled
from asha.speech.vad import (
    FRAME_SAMPLES,
    IS_SPEECH,
    EnergyVoice,
    SileroVoice,
    VoiceDetector,
    _graph,
)

TAGS = ("hi", "en-IN", "ta")
RNG = np.random.default_rng(7)


def flags(detector: VoiceDetector, samples: np.ndarray) -> np.ndarray:
    frames = range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    judged = [detector.probability(samples[at : at + FRAME_SAMPLES]) for at in frames]
    return np.array(judged) >= IS_SPEECH


def noise(seconds: float, dbfs: float) -> np.ndarray:
    return (RNG.standard_normal(int(seconds * 16_000)) * 10 ** (dbfs / 20)).astype(np.float32)


@pytest.fixture(params=TAGS)
async def speech(request: pytest.FixtureRequest) -> np.ndarray:
    tts, track = EspeakTTS(), language(request.param)
    pcm = b"".join([chunk.pcm async for chunk in tts.speak(track.hello, language=track)])
    await tts.close()
    samples = resampled(Clip(samples_of(pcm), tts.rate_hz), rate_hz=16_000).samples
    loud = np.flatnonzero(np.abs(samples) > 0.01)
    return samples[loud[0] : loud[-1] + 1]


@pytest.mark.parametrize("make", [EnergyVoice, SileroVoice])
async def test_speech_is_found_where_it_is(make: type, speech: np.ndarray) -> None:
    clip = np.concatenate([noise(1, -62), speech + noise(len(speech) / 16_000, -62)[: len(speech)]])
    clip = np.concatenate([clip, noise(1, -62)])
    found = flags(make(), clip)
    first, last = np.flatnonzero(found)[[0, -1]]
    assert first * 32 == pytest.approx(1_000, abs=100)
    assert (last + 1) * 32 == pytest.approx(1_000 + len(speech) / 16, abs=64)
    assert found[first:last].mean() > 0.6  # a hello has pauses


@pytest.mark.parametrize("make", [EnergyVoice, SileroVoice])
@pytest.mark.parametrize("dbfs", [-90, -62, -45])
def test_steady_noise_is_no_speech(make: type, dbfs: float) -> None:
    found = flags(make(), noise(6, dbfs))
    assert found[94:].mean() < 0.02  # after three seconds the floor has risen to it


def test_a_hum_that_energy_takes_for_speech_is_none_for_the_network() -> None:
    hum = np.sin(np.arange(32_000) * 2 * np.pi * 100 / 16_000).astype(np.float32) * 0.1
    clip = np.concatenate([noise(0.5, -62), hum])
    assert flags(EnergyVoice(), clip).mean() > 0.5
    assert flags(SileroVoice(), clip).mean() < 0.1


def test_silence_never_wakes_the_network() -> None:
    detector = SileroVoice()
    detector._network = None  # any call of it would fail
    assert not flags(detector, np.zeros(16_000, np.float32)).any()


def test_streams_share_the_graph_and_nothing_else() -> None:
    clip = np.concatenate([noise(0.3, -60), noise(0.5, -12)])
    alone = flags(SileroVoice(), clip)
    first, second = SileroVoice(), SileroVoice()
    frames = [clip[at : at + FRAME_SAMPLES] for at in range(0, len(clip) - 511, FRAME_SAMPLES)]
    both = [(first.probability(it), second.probability(it[::-1])) for it in frames]
    assert ([one >= IS_SPEECH for one, _ in both] == alone).all()


def test_the_network_hears_the_end_of_the_frame_before_again() -> None:
    graph, detector = _graph(), SileroVoice()._network
    first, second = noise(0.032, -20), noise(0.032, -20)
    rate, state = np.array(16_000, np.int64), np.zeros((2, 1, 128), np.float32)
    sound = np.concatenate([np.zeros(64, np.float32), first, second])
    wanted = []
    for start in (0, FRAME_SAMPLES):
        heard = sound[None, start : start + 64 + FRAME_SAMPLES]
        likely, state = graph.run(None, {"input": heard, "state": state, "sr": rate})
        wanted.append(float(likely[0, 0]))
    assert [detector.probability(first), detector.probability(second)] == wanted
