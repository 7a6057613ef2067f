"""What a request is about, told by its words alone: a second opinion beside the language model.

A small language model mistakes requests in words that it has seldom read together; a bag of words
and of their pieces seldom does, but it knows nothing of order, numbers and names. So the model
writes the answer, and the gist has a say in it (engine/leaning.py). Learned by
asha.training.gist; the idea is fastText's (Joulin et al., 2016).

Legend: N features, B buckets, D width, I intents.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from asha.core.audio import Float32
from asha.core.errors import BadCheckpoint

NUM_BUCKETS = 1 << 16
PIECES = (3, 4, 5)  # letters, of a word between its edges
EPSILON = 1e-5  # of the layer norm
Answers = Mapping[str, Mapping[str, Sequence[str]]]  # by track, by intent: how answers may begin


def features(text: str) -> list[int]:
    """Buckets of the words, their pairs and their pieces, for `text` as `plain` gives it."""
    words = ["^", *text.split(), "$"]
    names = [f"w{word}" for word in words[1:-1]]
    names += [f"b{one} {two}" for one, two in pairwise(words)]
    for word in words[1:-1]:
        edged = f"<{word}>"
        for size in PIECES:
            names += [edged[at : at + size] for at in range(max(1, len(edged) - size + 1))]
    return [zlib.crc32(name.encode()) % NUM_BUCKETS for name in names]


@dataclass(frozen=True, slots=True)
class Gist:
    """The weights: a table of int8 in steps of `scale`, a layer norm, and a linear layer."""

    table_BD: NDArray[np.int8]
    scale: float
    norm_2D: Float32  # weight, bias
    out_ID: Float32
    bias_I: Float32
    intents: list[str]
    answers: Answers

    def of(self, text: str) -> Float32:
        """How probable each intent is, shape (I,)."""
        sum_D = self.table_BD[features(text)].sum(0, dtype=np.float32) * self.scale
        centred_D = sum_D - sum_D.mean()
        normed_D = centred_D / np.sqrt(np.mean(centred_D**2) + EPSILON)
        logits_I = self.out_ID @ (normed_D * self.norm_2D[0] + self.norm_2D[1]) + self.bias_I
        shares_I = np.exp(logits_I - logits_I.max())
        return np.asarray(shares_I / shares_I.sum(), dtype=np.float32)


def save_gist(gist: Gist, path: Path) -> None:
    """Write it to a .npz file."""
    facts = {"intents": gist.intents, "answers": gist.answers}
    np.savez_compressed(
        path,
        table=gist.table_BD,
        scale=np.float32(gist.scale),
        norm=gist.norm_2D.astype(np.float32),
        out=gist.out_ID.astype(np.float16),
        bias=gist.bias_I.astype(np.float32),
        facts=np.frombuffer(json.dumps(facts, ensure_ascii=False).encode(), dtype=np.uint8),
    )


def load_gist(path: Path) -> Gist:
    """What `save_gist` wrote.

    Raises:
        BadCheckpoint: the file is broken.
    """
    try:
        with np.load(path) as file:
            facts = json.loads(file["facts"].tobytes().decode())
            return Gist(
                table_BD=file["table"],
                scale=float(file["scale"]),
                norm_2D=file["norm"],
                out_ID=file["out"].astype(np.float32),
                bias_I=file["bias"],
                intents=facts["intents"],
                answers=facts["answers"],
            )
    except (
        Exception
    ) as broken:  # zipfile, numpy and json have a class each for every kind of damage
        raise BadCheckpoint(f"{path} is broken; export again.") from broken
