"""The language model, token by token, with its cache.

Legend: L new embeddings, P cached ones, V vocabulary, D width.
"""

from dataclasses import dataclass

import numpy as np

from asha.core.audio import Float32
from asha.engine.exported import Cache, Weights, empty_cache


@dataclass(frozen=True, slots=True)
class Context:
    """What the model has read so far. Never changed: reading on gives a new one."""

    cache: Cache

    @property
    def num_tokens(self) -> int:
        """How much has been read."""
        return int(self.cache["keys_0"].shape[2])


def empty_context(weights: Weights) -> Context:
    """Nothing read yet."""
    return Context(empty_cache(weights.facts.language_model_cache))


def read_on(weights: Weights, context: Context, embeds_LD: Float32) -> tuple[Float32, Context]:
    """Read embeddings, L >= 1: the logits after the last one, shape (V,), and the new context."""
    logits_1V, *new = weights.language_model.run(
        None, {"embeds_1LD": embeds_LD[None], **context.cache}
    )
    return logits_1V[0], Context(dict(zip(context.cache, new, strict=True)))


def likelihood(logits_V: Float32, index: int) -> float:
    """Of one token among all, 0..1."""
    return float(1.0 / np.exp(logits_V - logits_V[index]).sum())
