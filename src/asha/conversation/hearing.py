"""What one turn says: the recogniser's text, stretch by stretch, or typed words.

A stretch of speech is recognised while it is spoken and closed at a candidate end, so that the
final words are there when the turn is. If the user goes on, the next stretch is opened and the
texts are joined: no second of sound is paid for twice.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from asha.conversation.attention import Attention
from asha.core.account import Account
from asha.core.audio import HEARING_RATE_HZ, Chunk, Float32, pcm_of
from asha.core.errors import AshaError, ProviderBusy
from asha.core.ports import Heard, SpeechToText
from asha.core.streams import closing

FINAL_S = 5.0  # after the end of the sound; recognisers that stream need 0.3 s (facts of 2026)
TOLD_S = 10.0  # a model that hears says what it heard before its first word
MAX_WAITING_CHUNKS = 400  # a recogniser this far behind has stalled (80 s of slices)


class Stretch:
    """One stretch of speech on its way through the recogniser."""

    def __init__(self, stt: SpeechToText, *, language: str, on_text: Callable[[], None]) -> None:
        self.text = ""
        self.language: str | None = None
        self.confidence = 1.0
        self.failure: AshaError | None = None
        self._stt, self._language, self._on_text = stt, language, on_text
        self._sound: asyncio.Queue[Chunk | None] = asyncio.Queue(MAX_WAITING_CHUNKS)
        self.is_closed = False
        self._task = asyncio.create_task(self._recognise())

    def feed(self, samples: Float32) -> None:
        """More sound, at 16 kHz; dropped once the stretch is closed."""
        if self.is_closed or self._sound.full() or not len(samples):
            return
        self._sound.put_nowait(Chunk(pcm_of(samples), HEARING_RATE_HZ))

    def close(self) -> None:
        """There is no more sound: the recogniser may finish."""
        if not self.is_closed:
            self.is_closed = True
            if self._sound.full():
                self._sound.get_nowait()
            self._sound.put_nowait(None)

    async def final(self) -> None:
        """Wait for the final words; a failure is kept in `failure`."""
        try:
            async with asyncio.timeout(FINAL_S):
                await asyncio.shield(self._task)
        except TimeoutError:
            self.failure = ProviderBusy(self._stt.name, "no transcript came in time; try again.")
            self._task.cancel()

    async def abandon(self) -> None:
        """Stop; the vendor's connection is closed when this returns."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _sounds(self) -> AsyncIterator[Chunk]:
        while chunk := await self._sound.get():
            yield chunk

    async def _recognise(self) -> None:
        words = self._stt.transcribe(self._sounds(), language=self._language)
        try:
            async with closing(words):
                async for heard in words:
                    self._take(heard)
        except AshaError as failure:
            self.failure = failure
        except Exception:  # a fault in a vendor's file must not pass for silence
            self.failure = ProviderBusy(self._stt.name, "the recogniser broke; try again.")

    def _take(self, heard: Heard) -> None:
        self.text, self.confidence = heard.text, heard.confidence
        self.language = heard.language or self.language
        self._on_text()


@dataclass(slots=True)
class Hearing:
    """Everything one turn has said so far."""

    number: int
    start_ms: float  # where its sound begins
    stretches: list[Stretch] = field(default_factory=list)
    typed: str | None = None
    typed_language: str | None = None
    beside: Heard | None = None  # the transcript of a model that hears, made beside its answer
    greets: bool = False  # nothing was said: Asha says hello
    is_announced: bool = False  # the client has been told of its item
    told: asyncio.Event = field(default_factory=asyncio.Event)  # the model has said what it heard
    is_told: bool = False  # the model's own transcript is waited for
    news: asyncio.Event = field(default_factory=asyncio.Event)
    clip: Float32 | None = None  # the turn's sound, once it is over (direct path)
    account: Account = field(default_factory=Account)
    attention: Attention | None = None  # of a model that hears, while the user speaks

    async def changed(self) -> None:
        """Wait until the recogniser says something new."""
        self.news.clear()
        await self.news.wait()

    @property
    def text(self) -> str:
        """The words so far; typed ones win, then a recogniser's, then what the model has heard."""
        if self.typed is not None:
            return self.typed
        if not self.stretches and self.beside:
            return self.beside.text
        return " ".join(part.text for part in self.stretches if part.text)

    @property
    def language(self) -> str | None:
        """What the recogniser says the language is."""
        if self.typed is not None:
            return self.typed_language
        return next((part.language for part in reversed(self.stretches) if part.language), None)

    @property
    def confidence(self) -> float:
        """The recogniser's least confident stretch, 0..1."""
        if self.typed is not None:
            return 1.0
        return min((part.confidence for part in self.stretches if part.text), default=1.0)

    def feed(self, samples: Float32) -> None:
        """More sound for the open stretch."""
        if self.stretches:
            self.stretches[-1].feed(samples)

    def close(self) -> None:
        """The sound has ended, perhaps for good."""
        if self.stretches:
            self.stretches[-1].close()

    async def final_text(self) -> str:
        """Wait for all stretches. Raises ProviderError where nothing at all was understood."""
        for part in self.stretches:
            await part.final()
        if self.is_told and not self.stretches and self.typed is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(TOLD_S):
                    await self.told.wait()
            return self.beside.text if self.beside else ""
        if not self.text:
            for part in self.stretches:
                if part.failure:
                    raise part.failure
        return self.text

    async def let_go(self) -> None:
        """The model needs not follow this turn any more."""
        attention, self.attention = self.attention, None
        if attention:
            await attention.close()

    async def abandon(self) -> None:
        """Stop recognising."""
        await self.let_go()
        for part in self.stretches:
            await part.abandon()
