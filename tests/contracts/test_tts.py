"""The contract of every voice: what a new one must pass (docs/adding/provider.md)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from asha.core.audio import Float32, level_dbfs, samples_of
from asha.core.errors import (
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderRefused,
    ProviderSilent,
    ProviderUnfit,
)
from asha.core.language import TAGS, language
from asha.core.ports import TextToSpeech
from asha.core.settings import Settings
from asha.doubles.faults import Fault
from asha.doubles.vendors import KEY, Vendors
from asha.providers.registry import VOICES, Entry
from asha.providers.tts.espeak import EspeakTTS

TOY = {"toy": Entry("contracts.toy_voice:ToyTTS", "A toy")}  # the one line
ALL = {**VOICES, **TOY}
COMMA_S = 0.18  # eSpeak NG's pause at a comma
HOSTED = [name for name, entry in VOICES.items() if entry.needs]  # doubles stand in for these


async def _made(name: str, settings: Settings) -> AsyncIterator[Any]:
    made = ALL[name].made(settings)
    yield made
    if hasattr(made, "close"):
        await made.close()


@pytest.fixture
def keyed(settings: Settings) -> Settings:
    return settings.model_copy(update={"speech_api_key": SecretStr(KEY)})


@pytest.fixture(params=ALL)
async def voice(request: pytest.FixtureRequest, keyed: Settings) -> AsyncIterator[TextToSpeech]:
    async for made in _made(request.param, keyed):
        yield made


@pytest.fixture(params=HOSTED)
async def hosted(request: pytest.FixtureRequest, keyed: Settings) -> AsyncIterator[TextToSpeech]:
    async for made in _made(request.param, keyed):
        yield made


@pytest.fixture
async def espeak() -> AsyncIterator[EspeakTTS]:
    tts = EspeakTTS()
    yield tts
    await tts.close()


def fails(vendors: Vendors, fault: Fault) -> None:
    """Every voice's double does this from now on."""
    for script in (vendors.elevenlabs, vendors.coqui, vendors.speech):
        script.always = fault


@pytest.mark.parametrize("tag", TAGS)
async def test_every_track_is_spoken_at_a_level_people_hear(voice: TextToSpeech, tag: str) -> None:
    track = language(tag)
    chunks = [chunk async for chunk in voice.speak(track.hello, language=track)]
    assert len(chunks) > 1, "the first chunk comes before the last is made"
    assert {chunk.rate_hz for chunk in chunks} == {voice.rate_hz}
    assert all(len(chunk.pcm) % 2 == 0 for chunk in chunks)
    samples = samples_of(b"".join(chunk.pcm for chunk in chunks))
    assert 1.0 < len(samples) / voice.rate_hz < 12.0
    assert -35.0 < level_dbfs(samples) < -10.0


async def test_a_reply_that_is_cancelled_does_not_leak_into_the_next(voice: TextToSpeech) -> None:
    track = language("en-IN")
    short = [chunk async for chunk in voice.speak("One.", language=track)]
    long: Any = voice.speak("One two three four five six seven. " * 7, language=track)
    await anext(long)
    await long.aclose()
    again = [chunk async for chunk in voice.speak("One.", language=track)]
    # eSpeak NG varies a little from time to time: same words, the same length within 2 %
    num_bytes = [sum(len(chunk.pcm) for chunk in chunks) for chunks in (short, again)]
    assert num_bytes[1] == pytest.approx(num_bytes[0], rel=0.02)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", status=401, code="invalid_api_key"), ProviderRefused),
        (Fault("status", status=402, code="payment_required"), ProviderRefused),
        (Fault("status", status=429, code="insufficient_quota"), ProviderRefused),
        (Fault("status", status=422, code="invalid"), ProviderUnfit),
        (Fault("status", status=429, code="busy"), ProviderBusy),
        (Fault("status", status=503, code="overloaded"), ProviderBusy),
        (Fault("cut", after=1), ProviderCut),
        (Fault("empty"), ProviderSilent),
    ],
)
async def test_each_failure_has_its_own_name_and_tells_no_secret(
    hosted: TextToSpeech, vendors: Vendors, fault: Fault, error: type[ProviderError]
) -> None:
    fails(vendors, fault)
    with pytest.raises(error) as told:
        [c async for c in hosted.speak("a very private phrase", language=language("hi"))]
    assert KEY not in str(told.value)
    assert "private" not in str(told.value)
    assert told.value.message.endswith(".")


async def test_a_server_that_is_not_there_is_told(hosted: TextToSpeech, vendors: Vendors) -> None:
    line = getattr(hosted, "_line")  # noqa: B009 - every hosted voice has one
    line.base_url = "http://127.0.0.1:9"
    if hasattr(hosted, "_base_url"):
        hosted._base_url = line.base_url
    with pytest.raises(ProviderBusy, match="cannot be reached"):
        [c async for c in hosted.speak("hello there", language=language("en-IN"))]


async def test_a_phrase_without_words_is_told_not_passed_over(espeak: EspeakTTS) -> None:
    with pytest.raises(ProviderSilent):
        [chunk async for chunk in espeak.speak("   ", language=language("hi"))]


@pytest.mark.parametrize("tag", TAGS)
async def test_words_that_are_said_alone_are_not_clipped(espeak: EspeakTTS, tag: str) -> None:
    track = language(tag)

    async def heard(phrase: str) -> Float32:
        sound = [samples_of(c.pcm) async for c in espeak.speak(phrase, language=track)]
        samples = np.concatenate(sound)
        return samples[np.flatnonzero(np.abs(samples) > 0.01)[0] :]

    rest = track.hello.split(".")[0]
    for opener in track.openers:
        alone, after, whole = [await heard(it) for it in (f"{opener},", rest, f"{opener}, {rest}")]
        assert len(alone) >= 0.2 * espeak.rate_hz
        assert abs(level_dbfs(alone) - level_dbfs(whole)) < 6
        assert len(alone) + len(after) < len(whole) + COMMA_S * espeak.rate_hz


async def test_a_voice_that_is_missing_is_told_and_the_next_phrase_still_works(
    espeak: EspeakTTS,
) -> None:
    track = language("hi")
    with pytest.raises(ProviderRefused, match="no voice 'xx-none'"):
        [c async for c in espeak.speak("नमस्ते", language=replace(track, voice="xx-none"))]
    assert [chunk async for chunk in espeak.speak("नमस्ते", language=track)]


async def test_a_worker_that_is_killed_is_replaced(espeak: EspeakTTS) -> None:
    track = language("hi")
    [chunk async for chunk in espeak.speak("नमस्ते", language=track)]
    assert espeak._worker
    espeak._worker.kill()
    await espeak._worker.wait()
    assert [chunk async for chunk in espeak.speak("नमस्ते", language=track)]
