"""Weights on disk: one safetensors file or several with an index, written whole or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from torch import Tensor

from asha.core.errors import BadCheckpoint

SINGLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
SHARDS = "model-*-of-*.safetensors"
LARGEST_SHARD = "5GB"


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object.

    Raises:
        BadCheckpoint: the file is missing or holds anything else.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise BadCheckpoint(
            f"{path.parent} has no {path.name}; give the folder of a whole checkpoint."
        ) from missing
    except (OSError, ValueError) as broken:
        raise BadCheckpoint(f"{path} is not readable JSON; fetch the file again.") from broken
    if not isinstance(table, dict):
        raise BadCheckpoint(f"{path} does not hold a JSON object; fetch the file again.")
    return table


def read_tensors(
    folder: Path, is_wanted: Callable[[str], bool] = lambda _: True
) -> dict[str, Tensor]:
    """The tensors of `folder` whose names are wanted, on the CPU, in their own type.

    Raises:
        BadCheckpoint: no weights, a shard that is missing, or a file that is cut short.
    """
    tensors: dict[str, Tensor] = {}
    for path, names in _files(folder).items():
        tensors.update(_read_file(path, names, is_wanted))
    return tensors


def _files(folder: Path) -> dict[Path, set[str] | None]:
    """Each file with the names the index promises of it (None: no index)."""
    if (folder / SINGLE).is_file():
        return {folder / SINGLE: None}
    if not (folder / INDEX).is_file():
        raise BadCheckpoint(
            f"{folder} has neither {SINGLE} nor {INDEX}; give a checkpoint in safetensors."
        )
    weight_map = read_json(folder / INDEX).get("weight_map")
    if not isinstance(weight_map, dict):
        raise BadCheckpoint(f"{folder / INDEX} has no weight_map; fetch the file again.")
    files: dict[Path, set[str] | None] = {}
    for name, file in weight_map.items():
        names = files.setdefault(folder / str(file), set())
        if names is not None:
            names.add(name)
    return files


def _read_file(
    path: Path, promised: set[str] | None, is_wanted: Callable[[str], bool]
) -> dict[str, Tensor]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            held = set(file.keys())
            if promised is not None and (missing := promised - held):
                raise BadCheckpoint(
                    f"{path} lacks {min(missing)}, which the index promises; fetch it again."
                )
            return {name: file.get_tensor(name) for name in sorted(held) if is_wanted(name)}
    except FileNotFoundError as missing_file:
        raise BadCheckpoint(f"The shard {path} is missing; fetch it again.") from missing_file
    except (SafetensorError, OSError) as broken:
        raise BadCheckpoint(
            f"{path} is cut short or no safetensors file; fetch it again."
        ) from broken


def write_tensors(
    tensors: Mapping[str, Tensor], folder: Path, *, largest_shard: str = LARGEST_SHARD
) -> None:
    """One file, or shards of at most `largest_shard` with an index."""
    from huggingface_hub import split_torch_state_dict_into_shards
    from safetensors.torch import save_file

    plan = split_torch_state_dict_into_shards(dict(tensors), max_shard_size=largest_shard)
    for file, names in plan.filename_to_tensors.items():
        part = {name: tensors[name].detach().cpu().contiguous() for name in names}
        save_file(part, folder / file, metadata={"format": "pt"})
    if plan.is_sharded:
        index = {"metadata": plan.metadata, "weight_map": plan.tensor_to_filename}
        (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A temporary folder that becomes `folder` at the end; after an error nothing is left of it.

    Where `folder` exists already its other files stay, except weights that the new ones replace.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield staging
        if folder.is_dir():
            _move_into(staging, folder)
        else:
            staging.chmod(0o755)  # mkdtemp's folders are private
            staging.rename(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _move_into(staging: Path, folder: Path) -> None:
    fresh = {path.name for path in staging.iterdir()}
    for path in staging.iterdir():
        os.replace(path, folder / path.name)
    if fresh & {SINGLE, INDEX}:
        for old in [folder / SINGLE, folder / INDEX, *folder.glob(SHARDS)]:
            if old.name not in fresh:
                old.unlink(missing_ok=True)


def write_json(path: Path, fields: Mapping[str, Any]) -> None:
    """Write `fields` as people can read them."""
    path.write_text(json.dumps(fields, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
