"""A row on its way through a recipe, and the parts that cli hands in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from asha.core.audio import Clip
from asha.core.errors import BadInput
from asha.core.ports import LanguageModel, SpeechToText, TextToSpeech
from asha.data.making.cache import Cache
from asha.data.making.ledger import Ledger, Prices
from asha.data.making.recipe import Priced


@dataclass(frozen=True, slots=True)
class Item:
    """A row: `name` is unique; `told` are further columns by name."""

    name: str
    language: str
    text: str = ""
    sound: Clip | None = None
    speaker: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ports:
    """Voices, models and ears by the names that recipes use, each made once, with its prices.

    Raise BadInput for a name that is not known or lacks its key.
    """

    voice: Callable[[str, Random], TextToSpeech]  # chance picks one of a voice's many throats
    model: Callable[[str], LanguageModel]
    ears: Callable[[str], SpeechToText]
    prices: Callable[[str], Prices | None]  # of a part by its name; None: paid, but unknown


@dataclass(frozen=True, slots=True)
class Bench:
    """What every step works with."""

    ports: Ports
    cache: Cache
    ledger: Ledger
    seed: int

    def chance(self, item: Item, number: int) -> Random:
        """What step `number` draws for this row: the same in every run."""
        return Random(f"{self.seed} {number} {item.name} {item.text}")

    def prices(self, name: str, own: Priced) -> Prices:
        """What a voice, model or ears cost: the recipe's prices win.

        Raises:
            BadInput: it is paid, and nobody has said how much.
        """
        known = self.ports.prices(name)
        if known is None and not own.has_prices:
            raise BadInput(
                f"No price is known for {name}: set usd_per_1000_characters (voices), "
                "usd_per_million_in and usd_per_million_out (models) or usd_per_hour (ears) in its "
                "step, so that the budget can be kept."
            )
        return (known or Prices()).with_own(own)
