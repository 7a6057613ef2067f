"""What hosted voices and ears cost: prices.toml. Models that think have theirs in models.toml."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from asha.core.errors import ProviderUnfit
from asha.providers.tts.elevenlabs_wire import model_for

S_PER_HOUR = 3_600
CHARS_PER_TOKEN = 3.0  # of mixed Indian and Latin text, where a vendor did not tell the tokens


def character_price(voice: str) -> Callable[[str], float]:
    """USD per character of a voice, by language tag; 0 where no price is known."""
    by_model: Mapping[str, Any] = _table()["voices"].get(voice, {})

    def price(tag: str) -> float:
        if not by_model:
            return 0.0
        try:
            model = model_for(tag, voice).id
        except ProviderUnfit:
            return 0.0
        return float(by_model.get(model, {}).get("usd", 0.0)) / 1_000

    return price


def second_price(ears: str) -> float:
    """USD per second of sound; 0 where no price is known."""
    return float(_table()["ears"].get(ears, {}).get("usd", 0.0)) / S_PER_HOUR


@cache
def _table() -> Mapping[str, Any]:
    text = resources.files("asha.providers").joinpath("prices.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
