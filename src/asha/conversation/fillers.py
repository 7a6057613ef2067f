"""Acknowledgements, rendered ahead per voice and language, so that they leave at once."""

import asyncio

from asha.conversation.courtesies import courtesy
from asha.conversation.speak import spoken
from asha.core.errors import AshaError
from asha.core.language import language
from asha.core.ports import TextToSpeech

RENDER_S = 5.0


class Fillers:
    """The acknowledgement of each language as sound; shared by all sessions of one voice."""

    def __init__(self, tts: TextToSpeech | None) -> None:
        self._tts = tts
        self._ready: dict[str, bytes] = {}
        self._others: dict[TextToSpeech, Fillers] = {}

    def of(self, tts: TextToSpeech | None) -> "Fillers":
        """The same by another voice that was added; else these."""
        return self._others.get(tts, self) if tts else self

    def add(self, tts: TextToSpeech | None) -> None:
        """Another voice."""
        if tts and tts is not self._tts:
            self._others.setdefault(tts, Fillers(tts))

    async def prepare(self, tag: str) -> None:
        """Render the acknowledgement of `tag`; a voice that fails leaves it out."""
        if self._tts is None or tag in self._ready:
            return
        try:
            async with asyncio.timeout(RENDER_S):
                text = courtesy("wait", tag)
                pieces = [pcm async for pcm in spoken(text, self._tts, language(tag))]
        except (AshaError, TimeoutError):
            return
        self._ready[tag] = b"".join(pieces)

    def get(self, tag: str) -> tuple[str, bytes] | None:
        """(words, sound) if it was rendered; never waits."""
        pcm = self._ready.get(tag)
        return (courtesy("wait", tag), pcm) if pcm else None
