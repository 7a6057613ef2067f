"""Metering: what each provider was given and what it cost, as adapters of the ports."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from asha.core.audio import Chunk
from asha.core.language import Language
from asha.core.message import Message, ToolCall
from asha.core.ports import LanguageModel, ReplyOptions, TextToSpeech, Usage
from asha.providers.deadlines import closing
from asha.providers.models import Prices


@dataclass(slots=True)
class Tally:
    """One provider's account."""

    num_calls: int = 0
    num_tokens_in: int = 0
    num_tokens_cached: int = 0
    num_tokens_out: int = 0
    num_characters: int = 0
    usd: float = 0.0


@dataclass(slots=True)
class Meter:
    """Accounts by provider's name; shared by all sessions of a process."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))

    def usd_by_provider(self) -> dict[str, float]:
        """What has been spent so far."""
        return {name: round(tally.usd, 6) for name, tally in self.tallies.items()}


class MeteredModel:
    """A model whose tokens are counted. A reply that breaks off never tells its usage."""

    def __init__(self, model: LanguageModel, meter: Meter, prices: Prices | None) -> None:
        self.model, self._meter, self._prices = model, meter, prices
        self.name, self.hears = model.name, model.hears

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """As the model does."""
        tally = self._meter.tallies[self.name]
        tally.num_calls += 1
        async with closing(self.model.reply(messages, options)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Usage):
                    tally.num_tokens_in += piece.num_tokens_in
                    tally.num_tokens_cached += piece.num_tokens_cached
                    tally.num_tokens_out += piece.num_tokens_out
                    tally.usd += usd(piece, self._prices)
                yield piece


class MeteredVoice:
    """A voice whose characters are counted: hosted ones are paid by what they are sent."""

    def __init__(self, voice: TextToSpeech, meter: Meter) -> None:
        self.voice, self._meter = voice, meter
        self.name, self.rate_hz = voice.name, voice.rate_hz

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """As the voice does."""
        tally = self._meter.tallies[self.name]
        tally.num_calls += 1
        tally.num_characters += len(phrase)
        async with closing(self.voice.speak(phrase, language=language)) as chunks:
            async for chunk in chunks:
                yield chunk


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
