"""Deadline, retry and breaker around any port, written once (figures: docs/faults.md)."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from asha.core.audio import Chunk
from asha.core.errors import AshaError, ProviderBusy
from asha.core.language import Language
from asha.core.message import Message, ToolCall
from asha.core.ports import Heard, LanguageModel, ReplyOptions, SpeechToText, TextToSpeech, Usage
from asha.providers.breaker import Breaker
from asha.providers.deadlines import Deadlines, closing, in_time
from asha.providers.recording import Recording, timely_final

T = TypeVar("T")

MAX_RETRY_AFTER_MS = 500  # a longer wait is somebody else's turn
BACKOFF_S = (0.05, 0.2)


@dataclass(frozen=True, slots=True)
class Care:
    """How a provider is called: its deadlines and its breaker."""

    provider: str
    deadlines: Deadlines
    breaker: Breaker


class CarefulVoice:
    """A voice that is never waited for too long."""

    def __init__(self, voice: TextToSpeech, care: Care) -> None:
        self.voice, self._care = voice, care
        self.name, self.rate_hz = voice.name, voice.rate_hz

    @property
    def is_resting(self) -> bool:
        """Whether it would not be asked now."""
        return self._care.breaker.is_resting

    def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """As the voice does, in time."""
        return careful(self._care, lambda: self.voice.speak(phrase, language=language))


class CarefulModel:
    """A model that is never waited for too long."""

    def __init__(self, model: LanguageModel, care: Care) -> None:
        self.model, self._care = model, care
        self.name, self.hears = model.name, model.hears

    def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """As the model does, in time."""
        return careful(self._care, lambda: self.model.reply(messages, options))


class CarefulEars:
    """Ears whose final words are never waited for too long."""

    def __init__(self, ears: SpeechToText, care: Care) -> None:
        self.ears, self._care = ears, care
        self.name = ears.name

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """As the ears do; the deadline begins when the sound has ended."""
        deadlines = self._care.deadlines
        async with Recording(sound) as recording:

            def call() -> AsyncIterator[Heard]:
                words = self.ears.transcribe(recording.chunks(), language=language)
                return timely_final(words, recording, final_s=deadlines.first_s, provider=self.name)

            async with closing(careful(self._care, call, is_timed=False)) as words:
                async for heard in words:
                    yield heard


async def careful(
    care: Care, call: Callable[[], AsyncIterator[T]], *, is_timed: bool = True
) -> AsyncIterator[T]:
    """The items of `call`, in time, asked again at most once and only before the first item.

    Raises:
        ProviderError: as the call does; ProviderBusy at once while the breaker is open.
    """
    if not care.breaker.admits():
        raise ProviderBusy(care.provider, "it failed just now and rests; try again later.")
    may_retry = True
    while True:
        items = in_time(call(), care.deadlines, provider=care.provider) if is_timed else call()
        try:
            async with closing(items):
                async for item in items:
                    may_retry = False
                    yield item
            care.breaker.succeeded()
            return
        except AshaError as failure:
            pause_s = retry_pause_s(failure) if may_retry else None
            if pause_s is None:
                care.breaker.failed(failure)
                raise
        except (GeneratorExit, asyncio.CancelledError):
            care.breaker.abandoned()
            raise
        may_retry = False
        await asyncio.sleep(pause_s)


def retry_pause_s(failure: AshaError) -> float | None:
    """How long to wait before the same provider is asked once more; None: it is not."""
    if not isinstance(failure, ProviderBusy) or failure.kind == "stall":
        return None
    after_ms = failure.retry_after_ms
    if failure.kind == "rate":  # without a time to wait, another try only adds to the crowd
        return after_ms / 1_000 if after_ms is not None and after_ms <= MAX_RETRY_AFTER_MS else None
    if failure.kind == "connect":
        return 0.0
    if after_ms is not None and after_ms > MAX_RETRY_AFTER_MS:
        return None
    return random.uniform(*BACKOFF_S)
