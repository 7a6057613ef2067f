"""Adapters of the ports: each does one thing to whatever goes through, and is a port itself."""

from collections.abc import AsyncIterator

from asha.core.audio import Chunk
from asha.core.language import Language
from asha.core.ports import TextToSpeech
from asha.speech.spoken_text import spoken_form


class Spoken:
    """A voice that is given text as it is spoken: every phrase goes through the normaliser.

    Whoever made the voice closes it.
    """

    def __init__(self, voice: TextToSpeech) -> None:
        self.voice = voice
        self.name = voice.name
        self.rate_hz = voice.rate_hz

    def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """As the voice does, with ₹500 read as rupees and "kal" as कल where the voice is Hindi."""
        return self.voice.speak(spoken_form(phrase, language), language=language)
