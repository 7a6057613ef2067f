"""Coqui's voices, from the sidecar that `asha coqui` runs in an environment of its own."""

from collections.abc import AsyncIterator
from typing import Self

from asha.core.audio import SPEAKING_RATE_HZ, Chunk
from asha.core.errors import ProviderCut, ProviderSilent
from asha.core.language import Language
from asha.core.settings import Settings
from asha.providers.http import Line
from asha.speech.resample import Resampler, WholeSamples

DEFAULT_URL = "http://127.0.0.1:8020"


class CoquiTTS:
    """Speaks the languages for which the sidecar was given a model; others are ProviderUnfit."""

    name = "coqui"
    rate_hz = SPEAKING_RATE_HZ

    def __init__(self, url: str) -> None:
        self._line = Line(self.name, url, {})

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The sidecar at ASHA_COQUI_URL."""
        return cls(settings.coqui_url or DEFAULT_URL)

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """Sound of the phrase; models have rates of their own, so it is brought to 24 kHz."""
        body = {"text": phrase, "language": language.tag}
        whole, has_sound = WholeSamples(), False
        async with self._line.streaming("POST", "/v1/speak", json=body) as response:
            told_hz = response.headers.get("x-rate-hz", "")
            if not told_hz.isdecimal() or int(told_hz) < 8_000:
                raise ProviderCut(self.name, "no sidecar of Asha answers there; run `asha coqui`.")
            resampler = Resampler(int(told_hz), self.rate_hz)
            async for piece in response.aiter_bytes():
                if pcm := resampler.push(whole.push(piece)):
                    has_sound = True
                    yield Chunk(pcm, self.rate_hz)
            if pcm := resampler.rest():
                has_sound = True
                yield Chunk(pcm, self.rate_hz)
        if not has_sound:
            raise ProviderSilent(self.name, "it succeeded without sound; try another model.")

    async def close(self) -> None:
        """Close all connections."""
        await self._line.close()
