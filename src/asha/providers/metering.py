"""Metering: what each provider was given and what it cost, as adapters of the ports."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from asha.core.account import charge
from asha.core.audio import Chunk
from asha.core.language import Language
from asha.core.message import Message, ToolCall
from asha.core.ports import Heard, LanguageModel, ReplyOptions, SpeechToText, TextToSpeech, Usage
from asha.providers.deadlines import closing
from asha.providers.models import Prices
from asha.providers.prices import CHARS_PER_TOKEN


@dataclass(slots=True)
class Tally:
    """One provider's account."""

    num_calls: int = 0
    num_tokens_in: int = 0
    num_tokens_cached: int = 0
    num_tokens_out: int = 0
    num_characters: int = 0
    num_seconds: float = 0.0
    usd: float = 0.0


@dataclass(slots=True)
class Meter:
    """Accounts by provider's name; shared by all sessions of a process."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def usd_by_provider(self) -> dict[str, float]:
        """What has been spent so far."""
        return {name: round(tally.usd, 6) for name, tally in self.tallies.items()}


class MeteredModel:
    """A model whose tokens are counted, for the process and for the turn that asked."""

    def __init__(self, model: LanguageModel, meter: Meter, prices: Prices | None) -> None:
        self.model, self._meter, self._prices = model, meter, prices
        self.name, self.hears = model.name, model.hears

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """As the model does. A reply that breaks off never tells its usage: it is estimated."""
        self._meter.tallies[self.name].num_calls += 1
        usage: Usage | None = None
        num_chars, is_estimate = 0, True
        try:
            async with closing(self.model.reply(messages, options)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Usage):
                        usage, is_estimate = piece, False
                    elif isinstance(piece, str):
                        num_chars += len(piece)
                    yield piece
        finally:
            if usage is None and num_chars:
                usage = _estimated(messages, num_chars)
            if usage:
                self._book(usage, is_estimate=is_estimate)

    def _book(self, usage: Usage, *, is_estimate: bool) -> None:
        tally, cost = self._meter.tallies[self.name], usd(usage, self._prices)
        tally.num_tokens_in += usage.num_tokens_in
        tally.num_tokens_cached += usage.num_tokens_cached
        tally.num_tokens_out += usage.num_tokens_out
        tally.usd += cost
        charge(self.name, cost, is_estimate=is_estimate)


class MeteredVoice:
    """A voice whose characters are counted: hosted ones are paid by what they are sent."""

    def __init__(
        self, voice: TextToSpeech, meter: Meter, price: Callable[[str], float] = lambda _: 0.0
    ) -> None:
        """`price`: USD per character, by language tag."""
        self.voice, self._meter, self._price = voice, meter, price
        self.name, self.rate_hz = voice.name, voice.rate_hz

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """As the voice does; what it refuses costs nothing."""
        tally = self._meter.tallies[self.name]
        tally.num_calls += 1
        tally.num_characters += len(phrase)
        cost = len(phrase) * self._price(language.tag)
        async with closing(self.voice.speak(phrase, language=language)) as chunks:
            async for chunk in chunks:
                tally.usd += cost
                charge(self.name, cost)
                cost = 0.0
                yield chunk


class MeteredEars:
    """Ears whose seconds are counted."""

    def __init__(self, ears: SpeechToText, meter: Meter, usd_per_s: float) -> None:
        self.ears, self._meter, self._usd_per_s = ears, meter, usd_per_s
        self.name = ears.name

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """As the ears do."""
        self._meter.tallies[self.name].num_calls += 1
        words = self.ears.transcribe(self._counted(sound), language=language)
        async with closing(words):
            async for heard in words:
                yield heard

    async def _counted(self, sound: AsyncIterator[Chunk]) -> AsyncIterator[Chunk]:
        tally = self._meter.tallies[self.name]
        async for chunk in sound:
            seconds = chunk.duration_ms / 1_000
            tally.num_seconds += seconds
            tally.usd += seconds * self._usd_per_s
            charge(self.name, seconds * self._usd_per_s)
            yield chunk


def _estimated(messages: Sequence[Message], num_chars: int) -> Usage:
    num_asked = sum(len(message.text) for message in messages)
    return Usage(round(num_asked / CHARS_PER_TOKEN), round(num_chars / CHARS_PER_TOKEN))


def usd(usage: Usage, prices: Prices | None) -> float:
    """What a reply cost; 0 where no price is known."""
    if prices is None:
        return 0.0
    fresh = usage.num_tokens_in - usage.num_tokens_cached
    return (
        fresh * prices.tokens_in
        + usage.num_tokens_cached * prices.tokens_cached
        + usage.num_tokens_out * prices.tokens_out
    ) / 1_000_000
