"""How often smaller weights answer exactly as fp32: same call or text, same words heard.

    python benches/engine_precision.py FP32_DIR SMALLER_DIR [--clips 500]

Clips are held-out requests of all tracks, spoken by voices that Nano was never trained on.
"""

import argparse
import platform
from pathlib import Path
from random import Random

from asha.core.language import TAGS
from asha.engine.exported import Weights, load_weights
from asha.engine.whole import raw_answer, transcribe
from asha.evaluation.nano import HELD_OUT_VARIANTS, held_out, spoken_clips

HELD_OUT = Path(__file__).parents[1] / "tests" / "heldout"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("exact", type=Path)
    parser.add_argument("small", type=Path)
    parser.add_argument("--clips", type=int, default=500)
    arguments = parser.parse_args()
    exact, small = load_weights(arguments.exact), load_weights(arguments.small)
    rows = [row for tag in TAGS for row in held_out(HELD_OUT, tag)]
    rows = Random(1).sample(rows, min(len(rows), arguments.clips))
    clips = spoken_clips(rows, variants=HELD_OUT_VARIANTS)
    same_answer = same_words = same_typed = 0
    for row, clip in zip(rows, clips, strict=True):
        same_answer += _equal(exact, small, clip.samples, row.tag)
        same_typed += _equal(exact, small, row.text, row.tag)
        same_words += transcribe(exact, clip.samples) == transcribe(small, clip.samples)
    print(f"{platform.platform()}, n = {len(rows)}")
    for name, count in (
        ("spoken, same answer", same_answer),
        ("typed, same answer", same_typed),
        ("same transcript", same_words),
    ):
        print(f"{name:<22} {count / len(rows):6.1%}")


def _equal(exact: Weights, small: Weights, heard: object, tag: str) -> bool:
    return raw_answer(exact, heard, tag) == raw_answer(small, heard, tag)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
