"""Any server with OpenAI's /v1/audio/speech: OpenAI, Kokoro, LocalAI, another Asha."""

from collections.abc import AsyncIterator
from typing import Self

from asha.core.audio import Chunk
from asha.core.errors import ProviderSilent
from asha.core.language import Language
from asha.core.settings import Settings
from asha.providers.http import Line
from asha.speech.resample import WholeSamples

RATE_HZ = 24_000  # what `pcm` means in this protocol


class OpenAICompatibleTTS:
    """Speaks whatever its server speaks; the language is read off the text by the server."""

    name = "speech"
    rate_hz = RATE_HZ

    def __init__(self, base_url: str, *, api_key: str | None, model: str, voice: str) -> None:
        """`base_url` up to /v1."""
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._line = Line(self.name, base_url, headers)
        self._model, self._voice = model, voice

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The server at ASHA_SPEECH_URL."""
        key = settings.speech_api_key
        return cls(
            settings.speech_url or "",
            api_key=key.get_secret_value() if key else None,
            model=settings.speech_model,
            voice=settings.speech_voice,
        )

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """Sound of the phrase while it is made."""
        del language
        body = {
            "model": self._model,
            "voice": self._voice,
            "input": phrase,
            "response_format": "pcm",
        }
        whole, has_sound = WholeSamples(), False
        async with self._line.streaming("POST", "/audio/speech", json=body) as response:
            async for piece in response.aiter_bytes():
                if pcm := whole.push(piece):
                    has_sound = True
                    yield Chunk(pcm, RATE_HZ)
        if not has_sound:
            raise ProviderSilent(self.name, "it succeeded without sound; try another voice.")

    async def close(self) -> None:
        """Close all connections."""
        await self._line.close()
