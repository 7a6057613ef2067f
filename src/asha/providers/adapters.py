"""Adapters of the ports: each does one thing to whatever goes through, and is a port itself."""

from collections.abc import AsyncIterator

from asha.core.audio import Chunk
from asha.core.language import Language
from asha.core.ports import TextToSpeech
from asha.speech.hinglish import spoken_script
from asha.speech.normalize import normalize


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
        spoken = spoken_script(normalize(phrase, language), language)
        return self.voice.speak(spoken, language=language)
