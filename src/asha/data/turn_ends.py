"""Learns where requests end: weights for speech/turn_end.py from a list of whole sentences.

    python -m asha.data.turn_ends sentences.tsv src/asha/speech/turn_ends.npz

Each line: language tag, tab, a whole request. Its proper beginnings are the counter-examples,
unless they are requests themselves. Logistic regression on hashed features, one vector a track.
"""

import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from asha.speech.turn_end import NUM_WEIGHTS, features
from asha.speech.words import words_of

EPOCHS, STEP, DECAY = 6, 0.4, 1e-6
SCALE = 16.0  # weights are kept as int8: 1/16 steps, +-8


def learned(sentences: list[str], *, seed: int = 0) -> NDArray[np.int8]:
    """Weights, shape (NUM_WEIGHTS,), by stochastic gradient descent."""
    whole = {" ".join(words_of(text)) for text in sentences}
    examples: list[tuple[list[int], float, float]] = []
    for text in sorted(whole):
        said = text.split()
        cuts = [at for at in range(1, len(said)) if " ".join(said[:at]) not in whole]
        examples.append((features(said), 1.0, 1.0))
        # Every sentence counts once as whole and once as cut, wherever the cut may be.
        examples += [(features(said[:at]), 0.0, 1.0 / len(cuts)) for at in cuts]
    weights = np.zeros(NUM_WEIGHTS)
    rng = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        step = STEP / (1 + epoch)
        for index in rng.permutation(len(examples)):
            active, wanted, share = examples[index]
            margin = weights[active].sum()
            guess = 1 / (1 + np.exp(-margin))
            weights[active] += step * share * (wanted - guess) / np.sqrt(len(active))
        weights *= 1 - DECAY * len(examples)
    return np.clip(np.round(weights * SCALE), -127, 127).astype(np.int8)


def main(source: Path, target: Path) -> None:
    """Read sentences, write weights."""
    sentences: dict[str, list[str]] = defaultdict(list)
    for line in source.read_text(encoding="utf-8").splitlines():
        tag, _, text = line.partition("\t")
        if words_of(text):
            sentences[tag].append(text)
    weights: dict[str, Any] = {tag: learned(texts) for tag, texts in sentences.items()}
    np.savez_compressed(target, **weights)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
