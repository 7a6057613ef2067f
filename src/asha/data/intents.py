"""What Nano understands: the intents, their slots and tools (grammar/intents.toml)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

# Two slots have names of their own in the grammar and one public name in the tool's arguments.
PUBLIC_NAMES = {"reminder": "what", "note": "what"}


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing a person may want. The fields are explained in grammar/intents.toml."""

    id: str
    kind: Literal["talk", "tool"]
    effect: Literal["none", "write"] = "none"
    arguments: list[str] = field(default_factory=list)
    ask: list[str] = field(default_factory=list)
    say: list[str] = field(default_factory=list)
    by: str = ""
    empty: bool = False
    confirm: bool = False
    silent: bool = False

    @property
    def public_arguments(self) -> list[str]:
        """The arguments as a tool's schema names them."""
        return [PUBLIC_NAMES.get(name, name) for name in self.arguments]


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything in grammar/intents.toml."""

    slots: Mapping[str, list[str]]
    numbers: Mapping[str, tuple[int, int]]
    pairs: Mapping[str, tuple[str, str]]
    intents: Mapping[str, Intent]

    def values(self, slot: str) -> list[str]:
        """The values a slot may have; the two sides of a coin are a result, no slot."""
        return ["heads", "tails"] if slot == "side" else self.slots[slot]


@cache
def scope() -> Scope:
    """The intents, read once."""
    source = resources.files("asha.data").joinpath("grammar", "intents.toml")
    table: dict[str, Any] = tomllib.loads(source.read_text(encoding="utf-8"))
    return Scope(
        slots=table["slots"],
        numbers={name: (low, high) for name, (low, high) in table["numbers"].items()},
        pairs={name: (of, to) for name, (of, to) in table["pairs"].items()},
        intents={name: Intent(id=name, **row) for name, row in table["intents"].items()},
    )


def call_of(intent: Intent, slots: Mapping[str, Any]) -> str:
    """The tool call Nano emits, e.g. `<|alarm_set|>7<|,|>30<|,|><|=evening|>`."""
    values = [slots[name] for name in intent.public_arguments]
    written = [str(value) if isinstance(value, int) else f"<|={value}|>" for value in values]
    return f"<|{intent.id}|>" + "<|,|>".join(written)


def call_tokens() -> list[str]:
    """Every special token a tool call is made of, besides digits."""
    known = scope()
    names = [f"<|{row.id}|>" for row in known.intents.values() if row.kind == "tool"]
    used = {name for row in known.intents.values() for name in row.arguments}
    values = [value for slot, values in known.slots.items() if slot in used for value in values]
    values += list(known.pairs)
    return [*names, "<|,|>", *dict.fromkeys(f"<|={value}|>" for value in values)]
