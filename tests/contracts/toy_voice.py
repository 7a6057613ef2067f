"""A toy voice: all that a new one needs. Its line in the registry is in test_tts.py."""

from collections.abc import AsyncIterator
from typing import Self

from asha.core.audio import Chunk
from asha.core.errors import ProviderSilent
from asha.core.language import Language
from asha.core.settings import Settings


class ToyTTS:
    """Hums a tone for every word."""

    name = "toy"
    rate_hz = 8_000

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        del settings
        return cls()

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        del language
        if not phrase.strip():
            raise ProviderSilent(self.name, "there is nothing in the phrase to speak.")
        for _ in phrase.split():
            yield Chunk((b"\x00\x10" * 10 + b"\x00\xf0" * 10) * 200, self.rate_hz)  # 0.5 s
