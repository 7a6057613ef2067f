"""The gist of a request has a say in the model's answer, wherever known answers part.

Legend: V vocabulary, I intents.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from asha.core.audio import Float32
from asha.core.errors import BadCheckpoint
from asha.engine.tokenizer import Tokenizer
from asha.speech.gist import Gist

# How much the gist has to say, chosen on tests/development: its shares to this power, and what is
# left for an intent that the words speak against and for answers that nobody knows.
SHARPNESS, FLOOR = 2.0, 0.003


class Beginnings:
    """The known answers of a track as token ids: which intents each next token leads to."""

    def __init__(self, gist: Gist, tags: Sequence[str], tokenizer: Tokenizer) -> None:
        self._next: dict[tuple[int, ...], dict[int, set[int]]] = {}
        for place, intent in enumerate(gist.intents):
            for line in {line for tag in tags for line in gist.answers[tag].get(intent, ())}:
                is_call = line.startswith("<|")
                self._add([_id_of(line, tokenizer)] if is_call else tokenizer.encode(line), place)

    def _add(self, ids: Sequence[int], intent: int) -> None:
        for at, index in enumerate(ids):
            self._next.setdefault(tuple(ids[:at]), {}).setdefault(index, set()).add(intent)

    def after(self, begun: tuple[int, ...]) -> Mapping[int, set[int]]:
        """By next token, the intents of the answers that go on with it."""
        return self._next.get(begun, {})


def _id_of(call: str, tokenizer: Tokenizer) -> int:
    try:
        return tokenizer.id_of(call)
    except KeyError:
        raise BadCheckpoint(f"The gist knows {call}, the model does not; export again.") from None


class Lean:
    """Of one answer: what the gist adds to the model's logits, until only one intent is left."""

    def __init__(self, beginnings: Beginnings, shares_I: Float32) -> None:
        self._beginnings, self._shares_I = beginnings, shares_I
        self._begun: tuple[int, ...] | None = ()

    def on(self, logits_V: Float32) -> Float32:
        """The logits with the gist's say in them."""
        ways = self._beginnings.after(self._begun) if self._begun is not None else {}
        left = sorted(set().union(*ways.values())) if ways else []
        if len(left) < 2:
            self._begun = None
            return logits_V
        whole = float(self._shares_I[left].sum())
        leaning_V: Float32 = logits_V + np.float32(np.log(FLOOR))
        for index, intents in ways.items():
            share = float(self._shares_I[list(intents)].sum()) / whole
            leaning_V[index] = logits_V[index] + np.log(FLOOR + share)
        return leaning_V

    def take(self, index: int) -> None:
        """The answer goes on with this token."""
        if self._begun is not None:
            self._begun = (*self._begun, index)


class Leaning:
    """The gist of one set of weights, ready for any request."""

    def __init__(self, gist: Gist, tokenizer: Tokenizer) -> None:
        """Raises BadCheckpoint: the gist knows tools that the model has no word for."""
        self.gist, self._tokenizer = gist, tokenizer
        self._beginnings: dict[str, Beginnings] = {}
        self.of("", "auto")  # takes 80 ms the first time, a track's own answers 3

    def of(self, text: str, tag: str) -> Lean:
        """What to add to the answer to `text`; with a `tag` that is no track, in any language."""
        if tag not in self._beginnings:
            tags = [tag] if tag in self.gist.answers else list(self.gist.answers)
            self._beginnings[tag] = Beginnings(self.gist, tags, self._tokenizer)
        shares_I = self.gist.of(text) ** SHARPNESS
        return Lean(self._beginnings[tag], shares_I / shares_I.sum())
