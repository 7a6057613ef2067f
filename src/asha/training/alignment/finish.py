"""From a run to a folder that can be loaded, served and pushed: weights, tokenizer, card."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from asha.model import checkpoint as checkpoints
from asha.model.model import AudioLLM
from asha.model.processor import AudioProcessor
from asha.model.tensors import written_whole
from asha.training.alignment.card import card
from asha.training.alignment.recipe import AlignmentRun
from asha.training.checkpoint import NoRoom

CARD = "README.md"


def write_checkpoint(
    run: AlignmentRun,
    model: AudioLLM,
    processor: AudioProcessor,
    name: str,
    step: int,
    scored: Mapping[str, float],
) -> Path:
    """Write `<run's folder>/<name>`, each file whole or not at all; returns the folder.

    Raises:
        NoRoom: the disk is full.
    """
    folder = run.folder / name
    try:
        checkpoints.save(model, folder)
        processor.save_pretrained(folder)
        with written_whole(folder) as staging:
            (staging / CARD).write_text(card(run, step, scored), encoding="utf-8")
    except OSError as full:
        shutil.rmtree(folder.with_name(f".{name}"), ignore_errors=True)
        raise NoRoom(
            f"{folder} cannot be written ({full.strerror}); the run's state is whole: make room "
            "and run the same command again."
        ) from full
    return folder
