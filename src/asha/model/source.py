"""Where checkpoints and their bases lie: a folder, a path beside the checkpoint, or a hub id."""

import os
import re
from pathlib import Path

from asha.core.errors import BadCheckpoint

# What a model is read from; weights in other formats and variants stay where they are.
WANTED = ["*.json", "*.safetensors", "*.jinja", "*.model", "*.txt"]
UNWANTED = ["*fp32*", "original/*", "onnx/*"]

HUB_ID = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")


def locate(name: str, *, beside: Path | None = None, revision: str | None = None) -> Path:
    """The folder that `name` means: relative to `beside`, else as it stands, else from the hub.

    With HF_HUB_OFFLINE set only the hub's local cache is looked into.

    Raises:
        BadCheckpoint: it is neither a folder nor a hub repository that can be reached.
    """
    for folder in ([beside / name] if beside is not None else []) + [Path(name).expanduser()]:
        if folder.is_dir():
            return folder.resolve()
    if HUB_ID.fullmatch(name) is None:
        raise BadCheckpoint(f"There is no folder {name!r}; give a folder or a hub id.")
    return _from_hub(name, revision)


def _from_hub(repo_id: str, revision: str | None) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    try:
        return Path(
            snapshot_download(
                repo_id,
                revision=revision,
                allow_patterns=WANTED,
                ignore_patterns=UNWANTED,
                local_files_only=is_offline(),
            )
        )
    except (HfHubHTTPError, OSError, ValueError) as unreachable:
        where = "in the hub's local cache" if is_offline() else "a hub repository in reach"
        raise BadCheckpoint(
            f"{repo_id!r} is neither a folder nor {where}; "
            "check its spelling, the connection and your access to it."
        ) from unreachable


def is_offline() -> bool:
    """Whether the hub's own switch forbids the network (read at each call, unlike the hub's)."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def relocated(name: str | None, *, old: str, new: Path) -> str | None:
    """`name`, if it is a relative path (beside the folder `old`, or as it stands), beside `new`."""
    if name is None or Path(name).is_absolute():
        return name
    for folder in ([Path(old) / name] if old else []) + [Path(name)]:
        if folder.is_dir():
            return os.path.relpath(folder.resolve(), new.resolve())
    return name
