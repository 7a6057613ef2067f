"""Text -> phrases -> spoken form -> sound: in order, one phrase ahead, resumable."""

from collections.abc import AsyncIterator

import numpy as np

from asha.core.audio import SPEAKING_RATE_HZ, Chunk, pcm_of, samples_of
from asha.core.errors import ProviderSilent
from asha.core.language import Language
from asha.core.ports import TextToSpeech
from asha.core.streams import closing
from asha.speech.spoken_text import spoken_form


async def spoken(phrase: str, tts: TextToSpeech, language: Language) -> AsyncIterator[bytes]:
    """Sound of one phrase: s16 at 24 kHz, as it is made.

    Raises:
        ProviderError: as the voice does; ProviderSilent where it "succeeds" without sound.
    """
    said = spoken_form(phrase, language)
    if not any(character.isalnum() for character in said):
        return
    resample = _Resampler(tts.rate_hz)
    is_silent = True
    async with closing(tts.speak(said, language=language)) as chunks:
        async for chunk in chunks:
            if pcm := resample.push(chunk):
                is_silent = False
                yield pcm
    if rest := resample.rest():
        is_silent = False
        yield rest
    if is_silent:
        raise ProviderSilent(tts.name, "the voice gave no sound for a phrase; try another voice.")


class _Resampler:
    """Chunks at a voice's rate to s16 at 24 kHz, without a click between them."""

    def __init__(self, rate_hz: int) -> None:
        import soxr

        same = rate_hz == SPEAKING_RATE_HZ
        # HQ needs a longer filter than the first chunk should wait for.
        self._stream = (
            None if same else soxr.ResampleStream(rate_hz, SPEAKING_RATE_HZ, 1, quality="MQ")
        )

    def push(self, chunk: Chunk) -> bytes:
        if self._stream is None:
            return chunk.pcm
        return pcm_of(self._stream.resample_chunk(samples_of(chunk.pcm)))

    def rest(self) -> bytes:
        if self._stream is None:
            return b""
        return pcm_of(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))
