"""The contract of every voice: what a new one must pass (docs/adding/provider.md)."""

from collections.abc import AsyncIterator

import pytest

from asha.core.audio import level_dbfs, samples_of
from asha.core.errors import ProviderRefused, ProviderSilent
from asha.core.language import TAGS, language
from asha.core.ports import TextToSpeech
from asha.providers.tts.espeak import EspeakTTS


@pytest.fixture
async def voice() -> AsyncIterator[EspeakTTS]:
    tts = EspeakTTS()
    yield tts
    await tts.close()


@pytest.mark.parametrize("tag", TAGS)
async def test_every_track_is_spoken_at_a_level_people_hear(voice: TextToSpeech, tag: str) -> None:
    track = language(tag)
    chunks = [chunk async for chunk in voice.speak(track.hello, language=track)]
    assert len(chunks) > 1, "the first chunk comes before the last is made"
    assert {chunk.rate_hz for chunk in chunks} == {voice.rate_hz}
    samples = samples_of(b"".join(chunk.pcm for chunk in chunks))
    assert 1.0 < len(samples) / voice.rate_hz < 12.0
    assert -35.0 < level_dbfs(samples) < -10.0


async def test_a_reply_that_is_cancelled_does_not_leak_into_the_next(voice: EspeakTTS) -> None:
    track = language("en-IN")
    short = [chunk async for chunk in voice.speak("One.", language=track)]
    long = voice.speak("One two three four five six seven eight nine ten. " * 5, language=track)
    await anext(long)
    await long.aclose()
    again = [chunk async for chunk in voice.speak("One.", language=track)]
    # eSpeak NG varies a little from time to time: same words, the same length within 2 %
    num_bytes = [sum(len(chunk.pcm) for chunk in chunks) for chunks in (short, again)]
    assert num_bytes[1] == pytest.approx(num_bytes[0], rel=0.02)


async def test_a_phrase_without_words_is_told_not_passed_over(voice: EspeakTTS) -> None:
    with pytest.raises(ProviderSilent):
        [chunk async for chunk in voice.speak("   ", language=language("hi"))]


async def test_a_voice_that_is_missing_is_told_and_the_next_phrase_still_works(
    voice: EspeakTTS,
) -> None:
    from dataclasses import replace

    track = language("hi")
    with pytest.raises(ProviderRefused, match="no voice 'xx-none'"):
        [c async for c in voice.speak("नमस्ते", language=replace(track, voice="xx-none"))]
    assert [chunk async for chunk in voice.speak("नमस्ते", language=track)]


async def test_a_worker_that_is_killed_is_replaced(voice: EspeakTTS) -> None:
    track = language("hi")
    [chunk async for chunk in voice.speak("नमस्ते", language=track)]
    assert voice._worker
    voice._worker.kill()
    await voice._worker.wait()
    assert [chunk async for chunk in voice.speak("नमस्ते", language=track)]
