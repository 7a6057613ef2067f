"""faster-whisper on this machine: no stream, the whole utterance at its end (extra `whisper`)."""

import asyncio
import math
from collections.abc import AsyncIterator
from typing import Any, Self

from asha.core.audio import HEARING_RATE_HZ, Chunk, Float32, samples_of
from asha.core.errors import ProviderRefused, ProviderSilent
from asha.core.language import TAGS
from asha.core.opt_outs import opt_out
from asha.core.ports import Heard
from asha.core.settings import Settings
from asha.speech.resample import Resampler


class FasterWhisperSTT:
    """Hears with Whisper's weights; Gujarati and Telugu are weak below the large sizes."""

    name = "faster-whisper"

    def __init__(self, model: str) -> None:
        """`model`: a size such as "small", or a folder."""
        self._model_id, self._model = model, None
        self._turn = asyncio.Lock()

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With ASHA_WHISPER_MODEL."""
        return cls(settings.whisper_model or "small")

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """One final, after the sound's end. Raises ProviderError."""
        resampler: Resampler | None = None
        pcm = b""
        async for chunk in sound:
            resampler = resampler or Resampler(chunk.rate_hz, HEARING_RATE_HZ)
            pcm += resampler.push(chunk.pcm)
        if resampler:
            pcm += resampler.rest()
        code = language.split("-")[0] if language in TAGS else None
        async with self._turn:  # one at a time: it takes every core it gets
            heard = await asyncio.to_thread(self._hear, samples_of(pcm), code)
        if not heard.text:
            raise ProviderSilent(self.name, "nothing was understood; speak again.")
        yield heard

    def _hear(self, samples: Float32, code: str | None) -> Heard:
        model = self._loaded()
        found, about = model.transcribe(samples, language=code, beam_size=1)
        segments = list(found)
        text = "".join(segment.text for segment in segments).strip()
        # The likelihood of a token, of the least likely stretch.
        sure = min((math.exp(segment.avg_logprob) for segment in segments), default=1.0)
        return Heard(text, is_final=True, language=about.language, confidence=sure)

    def _loaded(self) -> Any:
        if self._model is None:
            try:
                opt_out()  # it runs onnxruntime
                from faster_whisper import WhisperModel
            except ImportError as missing:
                raise ProviderRefused(
                    self.name, "it is not installed; `pip install asha[whisper]` brings it."
                ) from missing
            self._model = WhisperModel(
                self._model_id, device="cpu", compute_type="int8", cpu_threads=1
            )
        return self._model
