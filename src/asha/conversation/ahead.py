"""Sentences that are always the same, rendered ahead: they leave as soon as they are wanted."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from asha.conversation.fillers import Fillers
from asha.core.audio import Chunk
from asha.core.errors import AshaError
from asha.core.language import TAGS, Language, language
from asha.core.ports import TextToSpeech
from asha.core.streams import closing
from asha.speech.phrases import exact_phrases
from asha.speech.spoken_text import spoken_form

RENDER_S = 10.0


class RenderedAhead:
    """A voice that remembers what it was told to: those phrases come without asking it again."""

    def __init__(self, voice: TextToSpeech) -> None:
        self.voice = voice
        self.name, self.rate_hz = voice.name, voice.rate_hz
        self._ready: dict[tuple[str, str], list[Chunk]] = {}

    @property
    def voices(self) -> Sequence[TextToSpeech]:
        """Those of the voice, where it is several in a row."""
        found: Sequence[TextToSpeech] = getattr(self.voice, "voices", ())
        return found

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """The phrase's sound: at once if it was rendered ahead, else as the voice makes it."""
        if (kept := self._ready.get((language.tag, phrase))) is not None:
            for chunk in kept:
                yield chunk
            return
        async with closing(self.voice.speak(phrase, language=language)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def prepare(self, text: str, track: Language) -> None:
        """Render `text` as an answer would be, phrase by phrase; a failing voice leaves it out."""
        async for piece in exact_phrases(_whole(text), track):
            said = spoken_form(piece, track)
            if (track.tag, said) in self._ready or not any(map(str.isalnum, said)):
                continue
            try:
                async with (
                    asyncio.timeout(RENDER_S),
                    closing(self.voice.speak(said, language=track)) as chunks,
                ):
                    self._ready[track.tag, said] = [chunk async for chunk in chunks]
            except (AshaError, TimeoutError):
                return


async def render_ahead(voice: TextToSpeech | None, fillers: Fillers, *, is_paid: bool) -> None:
    """Acknowledgements of every track, and where speech costs nothing the greetings too."""
    for tag in TAGS:
        await fillers.prepare(tag)
        if isinstance(voice, RenderedAhead) and not is_paid:
            await voice.prepare(language(tag).hello, language(tag))


async def _whole(text: str) -> AsyncIterator[str]:
    yield text
