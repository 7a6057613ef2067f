"""Open weights: the ones we know by a short name, and those that are on this machine."""

import json
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from asha.core.errors import BadInput, NotFound
from asha.providers.hub import BadDownload, Hub, HubFile, OnBytes, Repository, digest_fits

RECEIPT = "asha-receipt.json"
NONCOMMERCIAL = ("-nc", "noncommercial", "cpml", "research")
UNTOLD = ("unknown", "other")


@dataclass(frozen=True, slots=True)
class Known:
    """Weights that are known to work here; `setting` is what makes use of them."""

    name: str
    hub_id: str
    does: str
    setting: str
    extra: str  # of pip, "" for none
    about_mb: int  # before the hub is asked; what it says then counts


@dataclass(frozen=True, slots=True)
class Present:
    """Weights on this machine."""

    hub_id: str
    commit: str
    license: str
    num_bytes: int
    folder: Path


@cache
def known() -> Mapping[str, Known]:
    """open_weights.toml by name."""
    text = resources.files("asha.providers").joinpath("open_weights.toml").read_text("utf-8")
    return {name: Known(name, **table) for name, table in tomllib.loads(text).items()}


def hub_id_of(name: str) -> str:
    """The hub's id of a short name; other ids as they are. Raises NotFound."""
    if entry := known().get(name):
        return entry.hub_id
    if "/" not in name:
        raise NotFound(
            f"No weights are called {name!r}; there are {', '.join(known())}, or any OWNER/NAME "
            "of the hub."
        )
    return name


def refusal(license_id: str) -> str | None:
    """Why weights under this licence are not brought without a word, or None."""
    lower = license_id.lower()
    if any(part in lower for part in NONCOMMERCIAL):
        return f"their licence ({license_id}) forbids commercial use"
    if lower in UNTOLD:
        return f"their licence is {license_id!r}: read it at the model's page"
    return None


def folder_of(models_dir: Path, hub_id: str) -> Path:
    """Where weights lie: owner--name, since names alone repeat."""
    return models_dir / hub_id.replace("/", "--")


def present(models_dir: Path) -> list[Present]:
    """Everything that was brought completely, by id."""
    found = []
    for receipt in sorted(models_dir.glob(f"*/{RECEIPT}")):
        row = _read(receipt)
        num_bytes = sum(file["num_bytes"] for file in row["files"])
        found.append(Present(row["id"], row["commit"], row["license"], num_bytes, receipt.parent))
    return found


async def bring(hub: Hub, repository: Repository, models_dir: Path, on_bytes: OnBytes) -> Path:
    """All files of `repository`, each checked; the folder. Can be stopped and called again.

    Raises:
        BadInput: the disk has no room for it.
        AshaError: see Hub.fetch.
    """
    folder = folder_of(models_dir, repository.id)
    folder.mkdir(parents=True, exist_ok=True)
    have = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(folder).free
    if repository.num_bytes - have > free:
        raise BadInput(
            f"{repository.id} needs {megabytes(repository.num_bytes)} and {folder} has "
            f"{megabytes(free)} left; make room or give another --data-dir."
        )
    (folder / RECEIPT).unlink(missing_ok=True)
    for file in repository.files:
        await hub.fetch(repository, file, folder, on_bytes)
    row = {
        "id": repository.id,
        "commit": repository.commit,
        "license": repository.license,
        "files": [asdict(file) for file in repository.files],
    }
    (folder / RECEIPT).write_text(json.dumps(row, indent=1), encoding="utf-8")
    return folder


def damaged(weights: Present) -> list[str]:
    """Files that are missing or have changed since they were brought."""
    files = [HubFile(**row) for row in _read(weights.folder / RECEIPT)["files"]]
    return [
        file.path
        for file in files
        if not (weights.folder / file.path).is_file()
        or not digest_fits(weights.folder / file.path, file)
    ]


def remove(models_dir: Path, hub_id: str) -> Path:
    """Delete weights, complete or not; the folder that was theirs. Raises NotFound."""
    folder = folder_of(models_dir, hub_id)
    if not folder.is_dir():
        raise NotFound(f"{hub_id} is not on this machine; `asha models list` shows what is.")
    shutil.rmtree(folder)
    return folder


def megabytes(num_bytes: float) -> str:
    """For people."""
    return f"{num_bytes / 1e9:.1f} GB" if num_bytes >= 1e9 else f"{num_bytes / 1e6:.1f} MB"


def _read(receipt: Path) -> dict[str, Any]:
    try:
        row: dict[str, Any] = json.loads(receipt.read_text(encoding="utf-8"))
        return row
    except ValueError as broken:
        raise BadDownload(f"{receipt} is broken; delete its folder and get it again.") from broken
