"""Phrases on their way to the voice."""

from collections.abc import AsyncIterator

from asha.conversation.speak import spoken
from asha.core.audio import Chunk
from asha.core.language import Language, language


class Recorder:
    """A voice that remembers what it was given."""

    name = "recorder"
    rate_hz = 24_000

    def __init__(self) -> None:
        self.phrases: list[str] = []

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        self.phrases.append(phrase)
        yield Chunk(b"\1\0" * 2_400, self.rate_hz)


async def test_a_turn_speaks_what_the_normaliser_reads() -> None:
    voice = Recorder()
    assert [pcm async for pcm in spoken("कुल ₹1,250 हुए।", voice, language("hi"))]
    assert voice.phrases == ["कुल एक हज़ार दो सौ पचास रुपये हुए।"]


async def test_a_phrase_of_emoji_alone_is_not_spoken() -> None:
    voice = Recorder()
    assert not [pcm async for pcm in spoken("🙏🎉", voice, language("hi"))]
    assert not voice.phrases
