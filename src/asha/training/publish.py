"""Checkpoints made ready for others: adapters folded in, and pushed to the hub with their card."""

import shutil
from pathlib import Path

from asha.core.errors import BadInput
from asha.model import bases
from asha.model import checkpoint as checkpoints
from asha.model.hub import upload
from asha.model.processor import AudioProcessor
from asha.model.source import locate
from asha.model.tensors import written_whole
from asha.training.folders import check_free

CARD = "README.md"


def merge(name: str, target: Path, *, is_whole: bool) -> None:
    """Write checkpoint `name` to `target` without adapters; `is_whole` stores both towers in it.

    Raises:
        BadInput: `target` holds something already.
        BadCheckpoint: the checkpoint or a base cannot be read.
    """
    check_free(target)
    folder = locate(name)
    model = checkpoints.load(folder).merge_and_unload()
    processor = AudioProcessor.from_pretrained(folder)
    if is_whole:
        model.config.text_model_id, model.config.text_model_lora_config = None, {}
        model.config.audio_model_id, model.config.audio_model_lora_config = None, {}
    checkpoints.save(model, target)
    processor.save_pretrained(target)
    if (folder / CARD).exists():
        with written_whole(target) as staging:
            shutil.copy(folder / CARD, staging / CARD)


def push(name: str, repo_id: str, *, is_private: bool, message: str = "") -> str:
    """Upload the checkpoint in the folder `name`; the commit's address.

    Raises:
        BadInput: it is no checkpoint, has no card, stands on a base that only this machine has, or
            the hub refuses.
    """
    folder = Path(name)
    config = checkpoints.read_config(folder)
    for model_id in (config.audio_model_id, config.text_model_id):
        if model_id is not None and bases.is_local(config, model_id):
            raise BadInput(
                f"{name} stands on a folder of this machine, which nobody else has; put all of it "
                f"into one checkpoint first: asha weights merge {name} NEW-FOLDER --whole"
            )
    if not (folder / CARD).is_file():
        raise BadInput(f"{name} has no {CARD}; write what it is and what it was trained on there.")

    def save(scratch: Path) -> None:
        shutil.copytree(folder, scratch, ignore=shutil.ignore_patterns(".*"))

    return upload(save, repo_id, private=is_private, message=message)
