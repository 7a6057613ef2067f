"""What the adapters do to whatever goes through a port."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

from asha.core.audio import Chunk
from asha.core.language import TAGS, Language, language
from asha.core.ports import TextToSpeech
from asha.providers.adapters import Spoken

SOURCES = Path(__file__).parents[2] / "src" / "asha"


class Recorder:
    """A voice that remembers what it was given."""

    name = "recorder"
    rate_hz = 16_000

    def __init__(self) -> None:
        self.phrases: list[str] = []
        self.was_closed = False

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        self.phrases.append(phrase)
        try:
            yield Chunk(b"\0\0", self.rate_hz)
            yield Chunk(b"\0\0", self.rate_hz)
        finally:
            self.was_closed = True


async def test_no_digit_no_sign_and_no_emoji_reaches_a_voice() -> None:
    voice = Recorder()
    port: TextToSpeech = Spoken(voice)
    for tag in TAGS:
        text = "₹1,25,000 🙏 5:30 PM, 98765 43210, **7.5%**"
        assert len([chunk async for chunk in port.speak(text, language=language(tag))]) == 2
    assert len(voice.phrases) == len(TAGS)
    for phrase in voice.phrases:
        assert not re.search(r"[\d₹%*🙏]", phrase), phrase


async def test_a_spoken_voice_goes_by_the_name_and_rate_of_the_voice() -> None:
    port: TextToSpeech = Spoken(Recorder())
    assert (port.name, port.rate_hz) == ("recorder", 16_000)


async def test_closing_the_reading_closes_the_voice() -> None:
    voice = Recorder()
    sound = Spoken(voice).speak("नमस्ते", language=language("hi"))
    await anext(sound)
    await sound.aclose()  # type: ignore[attr-defined]
    assert voice.was_closed


# They speak what they are given: adapters, eSpeak NG's own process, and the lab, whose training
# sentences are written as they are said (data/grammar).
HAND_ON = (
    "bench.py",
    "data_make.py",
    "espeak_worker.py",
    "failover.py",
    "metering.py",
    "retry.py",
    "shards.py",
)


def test_every_text_that_goes_to_a_voice_goes_through_the_normaliser() -> None:
    speaking = [
        place
        for place in SOURCES.rglob("*.py")
        if re.search(r"\.speak\(", place.read_text(encoding="utf-8"))
        and SOURCES / "providers" / "tts" not in place.parents  # the voices themselves
        and place.name not in HAND_ON
    ]
    assert len(speaking) >= 3, "the search finds what it is meant for"
    for place in speaking:
        text = place.read_text(encoding="utf-8")
        assert re.search(r"Spoken\(|spoken_form\(", text), f"{place.name} lets raw text speak"


async def test_hinglish_reaches_a_hindi_voice_in_devanagari() -> None:
    track = language("hi-Latn")
    voice = Recorder()
    [chunk async for chunk in Spoken(voice).speak("kal meeting hai ₹500", language=track)]
    assert voice.phrases == ["कल meeting है पाँच सौ रुपये"]
