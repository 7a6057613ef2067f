"""Checkpoint folders as wholes: read with all their tensors, written anew with their files."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from asha.core.errors import BadInput
from asha.model.config import MODEL_TYPE
from asha.model.source import locate, relocated
from asha.model.tensors import INDEX, SHARDS, SINGLE, read_json, read_tensors, write_tensors
from asha.model.tensors import written_whole as _written_whole

BASES = ("audio_model_id", "text_model_id")


@dataclass(frozen=True, slots=True)
class CheckpointFolder:
    """A checkpoint as it lies on the disk: config fields and tensors by name."""

    folder: Path
    fields: dict[str, Any]
    tensors: dict[str, Tensor]


def read_folder(name: str) -> CheckpointFolder:
    """The checkpoint `name`, a folder or a hub id.

    Raises:
        BadCheckpoint: it is not there or not whole.
        BadInput: it is no checkpoint of the format.
    """
    folder = locate(name)
    fields = read_json(folder / "config.json")
    if fields.get("model_type") != MODEL_TYPE:
        raise BadInput(f"{name} is no Ultravox-format checkpoint; give one.")
    return CheckpointFolder(folder, fields, read_tensors(folder))


def write_folder(
    like: CheckpointFolder,
    target: Path,
    *,
    tensors: Mapping[str, Tensor],
    fields: Mapping[str, Any] | None = None,
) -> None:
    """Write `tensors` with the other files of `like`; the folder appears whole or not at all.

    Raises:
        BadInput: `target` holds something already.
    """
    check_free(target)
    made = {**like.fields, **(fields or {})}
    for key in BASES:
        made[key] = relocated(made.get(key), old=str(like.folder), new=target)
    with _written_whole(target) as staging:
        for file in like.folder.iterdir():
            if file.is_file() and not _is_weights(file):
                shutil.copy(file, staging / file.name)
        write_tensors(tensors, staging)
        text = json.dumps(made, indent=2, ensure_ascii=False)
        (staging / "config.json").write_text(text + "\n", encoding="utf-8")


def check_free(target: Path) -> None:
    """Refuse to write over something.

    Raises:
        BadInput: `target` is a file, or a folder with something in it.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BadInput(f"{target} holds something already; give a new folder.")


def _is_weights(file: Path) -> bool:
    return file.name in (SINGLE, INDEX) or file.match(SHARDS)
