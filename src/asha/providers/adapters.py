"""Adapters of the ports: each does one thing to whatever goes through, and is a port itself.

What is not of the port (opening, closing) is asked of the provider inside.
"""

import contextlib
from collections.abc import AsyncIterator, Sequence

from asha.core.audio import Chunk
from asha.core.errors import AshaError
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


async def close_all(parts: Sequence[object]) -> None:
    """Close whatever can be closed, adapters seen through."""
    for part in parts:
        close = getattr(innermost(part), "close", None)
        if close is not None:
            await close()


async def warm_all(parts: Sequence[object]) -> None:
    """Open connections before somebody waits for them; what fails now is told when it is used."""
    for part in parts:
        for each in (part, *getattr(part, "voices", ()), *getattr(part, "models", ())):
            warm = getattr(innermost(each), "warm", None)
            if warm is not None:
                with contextlib.suppress(AshaError):
                    await warm()


def innermost(part: object) -> object:
    """The provider inside its adapters."""
    for attribute in ("voice", "model", "ears"):
        inner = getattr(part, attribute, None)
        if inner is not None and hasattr(inner, "name"):
            return innermost(inner)
    return part
