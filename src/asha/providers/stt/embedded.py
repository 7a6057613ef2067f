"""Nano's ears behind the port `SpeechToText`: what its CTC head reads, while the sound flows."""

from collections.abc import AsyncIterator
from contextlib import aclosing

from asha.core.audio import HEARING_RATE_HZ, Chunk, Clip, samples_of
from asha.core.ports import Heard
from asha.engine.client import NAME, Engine, Voice
from asha.engine.pieces import Transcript
from asha.speech.sound_file import resampled

PARTIAL_EVERY = HEARING_RATE_HZ  # samples between two partial results: a second


class EmbeddedSpeechToText:
    """Hears what Nano was taught: short requests. Never feeds an open language model silently."""

    name = NAME

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """Partial results about once a second, one final at the end."""
        del language  # the head itself tells the script
        voice = await self._engine.open()
        num_new = 0
        try:
            async for chunk in sound:
                clip = Clip(samples_of(chunk.pcm), chunk.rate_hz)
                samples = resampled(clip, rate_hz=HEARING_RATE_HZ).samples
                await voice.push(samples)
                num_new += len(samples)
                if num_new >= PARTIAL_EVERY:
                    num_new = 0
                    yield Heard(await _text(voice), is_final=False)
            yield Heard(await _text(voice), is_final=True)
        finally:
            await voice.close()


async def _text(voice: Voice) -> str:
    """The transcript comes first; the answer itself is not wanted."""
    async with aclosing(voice.answer()) as answer:
        async for piece in answer:
            if isinstance(piece, Transcript):
                return piece.text
    return ""
