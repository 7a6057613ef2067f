"""What the tools say, from the grammars: written beside exported weights (say.json).

The service knows nothing of the lab's grammars; this extract is all it needs of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from asha.data.grammar import Grammar, grammar
from asha.data.intents import scope

SPOKEN_SLOTS = ("name", "reminder", "note", "from", "to")
REPLIES = ("out_of_scope", "can_you_hear")  # said when nothing was understood, or nothing heard


def sayings(tags: Iterable[str]) -> dict[str, Any]:
    """By track: forms, the first form of every slot value, lines by tool, and the refusal."""
    return {tag: _of(grammar(tag)) for tag in tags}


def _of(rules: Grammar) -> dict[str, Any]:
    return {
        "forms": dict(rules.forms),
        "slots": {slot: _first(rules.slots[slot]) for slot in SPOKEN_SLOTS},
        "tools": {
            name: {
                "say": dict(rules.intents[name].say),
                "say_empty": rules.intents[name].say_empty,
                "confirm": rules.intents[name].confirm,
            }
            for name, intent in scope().intents.items()
            if intent.kind == "tool"
        },
        "replies": {name: rules.intents[name].reply[""] for name in REPLIES},
    }


def _first(forms: Mapping[str, list[str]]) -> dict[str, str]:
    return {value: said[0] for value, said in forms.items()}
