"""Models as data: models.toml, and what is about to be switched off."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

AudioIn = Literal["none", "input_audio", "audio_url"]


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per million tokens (`seen_on`: the day somebody last looked), or None where unknown."""

    tokens_in: float
    tokens_cached: float
    tokens_out: float
    seen_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Model:
    """A model's profile: its parameters, and when and by what it is replaced."""

    id: str
    audio: AudioIn = "none"
    token_limit: str = "max_tokens"  # the name of the parameter
    parameters: Mapping[str, Any] = field(default_factory=dict)
    ends_on: date | None = None
    successor: str | None = None
    prices: Prices | None = None


@cache
def profiles() -> Mapping[str, Model]:
    """Every model of models.toml by its id."""
    text = resources.files("asha.providers").joinpath("models.toml").read_text(encoding="utf-8")
    return {name: _model(name, table) for name, table in tomllib.loads(text).items()}


def profile(model_id: str) -> Model:
    """The profile of `model_id`; a model nobody wrote down is a plain one without an end."""
    return profiles().get(model_id) or Model(model_id)


def warnings(today: date, *model_ids: str) -> list[str]:
    """One sentence for each model in use that has an end: days left, and what to set instead."""
    told = []
    for model_id in model_ids:
        model = profile(model_id)
        if model.ends_on is None:
            continue
        num_days = (model.ends_on - today).days
        when = (
            f"ends in {num_days} days, on {model.ends_on}"
            if num_days > 0
            else (f"was switched off on {model.ends_on}")
        )
        remedy = f"; its vendor names {model.successor} as successor" if model.successor else ""
        told.append(f"{model_id} {when}{remedy}.")
    return told


def _model(name: str, table: dict[str, Any]) -> Model:
    prices = table.pop("prices", None)
    return Model(id=name, prices=Prices(**prices) if prices else None, **table)
