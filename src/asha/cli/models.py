"""asha models: open weights on this machine."""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asha.core.errors import BadInput
from asha.core.settings import Settings

if TYPE_CHECKING:
    from asha.providers.hub import Repository

DataDir = Annotated[Path | None, typer.Option(help="Weights lie in its folder `models`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
REPORT_S = 0.2  # on a terminal; into a file a line for each tenth

models = typer.Typer(
    help="Open weights: what is known, what is here, and bringing it.", no_args_is_help=True
)


@models.command("list")
def list_models(
    data_dir: DataDir = None,
    check: Annotated[bool, typer.Option("--check", help="Read and compare every file.")] = False,
    as_json: AsJson = False,
) -> None:
    """What is here, and what is known by a short name."""
    from asha.providers.open_weights import damaged, known, megabytes, present

    here = present(models_dir(data_dir))
    wrong = {it.hub_id: damaged(it) for it in here} if check else {}
    if as_json:
        rows = [
            {
                "id": it.hub_id,
                "license": it.license,
                "bytes": it.num_bytes,
                "folder": str(it.folder),
            }
            | ({"damaged": wrong[it.hub_id]} if check else {})
            for it in here
        ]
        typer.echo(json.dumps({"here": rows, "known": sorted(known())}, ensure_ascii=False))
        return
    for it in here:
        state = f"  DAMAGED: {', '.join(wrong[it.hub_id])}" if wrong.get(it.hub_id) else ""
        typer.echo(f"{it.hub_id}  {megabytes(it.num_bytes)}  {it.license}  {it.folder}{state}")
    ids = {it.hub_id for it in here}
    for entry in known().values():
        if entry.hub_id not in ids:
            size = megabytes(entry.about_mb * 1e6)
            typer.echo(f"{entry.name:<14} not here  about {size:<8} {entry.does}")
    if any(wrong.values()):
        raise BadInput("Some files have changed; `asha models get ID` brings them again.")


@models.command()
def get(
    name: Annotated[str, typer.Argument(help="A short name, or OWNER/NAME of the hub.")],
    revision: Annotated[str, typer.Option(help="Branch, tag or commit.")] = "main",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    allow_noncommercial: Annotated[
        bool, typer.Option("--allow-noncommercial", help="Also under restricted licences.")
    ] = False,
    data_dir: DataDir = None,
) -> None:
    """Bring weights: says weight and licence first, goes on where an earlier try broke off."""
    settings = Settings()
    restricted = allow_noncommercial or settings.allow_noncommercial
    asyncio.run(_get(name, revision, settings, models_dir(data_dir), (yes, restricted)))


@models.command()
def remove(
    name: Annotated[str, typer.Argument(help="A short name, or OWNER/NAME of the hub.")],
    data_dir: DataDir = None,
) -> None:
    """Delete weights from this machine."""
    from asha.providers.open_weights import hub_id_of
    from asha.providers.open_weights import remove as remove_weights

    folder = remove_weights(models_dir(data_dir), hub_id_of(name))
    typer.echo(f"{folder} is gone.")


def models_dir(data_dir: Path | None) -> Path:
    """Where weights lie."""
    return (data_dir or Settings().data_dir) / "models"


async def _get(
    name: str, revision: str, settings: Settings, folder: Path, may: tuple[bool, bool]
) -> None:
    from asha.providers.hub import Hub
    from asha.providers.open_weights import bring, hub_id_of, known

    is_agreed, may_be_restricted = may
    hub = Hub.from_settings(settings)
    try:
        repository = await hub.repository(hub_id_of(name), revision)
        _tell(repository)
        _check_licence(repository, may_be_restricted=may_be_restricted)
        if not is_agreed:
            _agree()
        where = await bring(hub, repository, folder, Progress())
    finally:
        await hub.close()
    typer.echo(f"{repository.id} is in {where}; every file has the hash the hub gives.")
    for entry in known().values():
        if entry.hub_id == repository.id:
            extra = f" and `pip install asha[{entry.extra}]`" if entry.extra else ""
            typer.echo(f"To use it: {entry.setting}={where}{extra}; `asha setup` writes it down.")


def _tell(repository: "Repository") -> None:
    from asha.providers.open_weights import megabytes

    gate = ", gated" if repository.is_gated else ""
    typer.echo(
        f"{repository.id}: {megabytes(repository.num_bytes)} in {len(repository.files)} files, "
        f"licence {repository.license}{gate}, commit {repository.commit[:12]}."
    )


def _check_licence(repository: "Repository", *, may_be_restricted: bool) -> None:
    from asha.providers.open_weights import refusal

    reason = refusal(repository.license)
    if reason and not may_be_restricted:
        raise BadInput(
            f"{repository.id} is not brought: {reason}; if that is all right for you, add "
            "--allow-noncommercial."
        )


def _agree() -> None:
    if not sys.stdin or not sys.stdin.isatty():
        raise BadInput("Nobody is there to agree; add --yes.")
    if not typer.confirm("Bring it?"):
        raise BadInput("Nothing was brought.")


class Progress:
    """A line that counts on a terminal; elsewhere one line for each tenth of a file."""

    def __init__(self) -> None:
        self._told_s, self._tenth = 0.0, (("", -1))

    def __call__(self, path: str, num_bytes: int, total: int) -> None:
        """So much of `path` is here."""
        percent = 100 * num_bytes // max(1, total)
        line = f"{path}: {percent} % of {total / 1e6:.1f} MB"
        if sys.stderr.isatty():
            if num_bytes == total or time.monotonic() - self._told_s > REPORT_S:
                self._told_s = time.monotonic()
                typer.echo(f"\r{line:<78}", err=True, nl=num_bytes == total)
        elif (path, percent // 10) != self._tenth:
            self._tenth = (path, percent // 10)
            typer.echo(line, err=True)
