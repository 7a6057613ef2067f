"""What a run writes down while it goes: curve.jsonl always, and the boards one asks for."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from asha.core.errors import BadInput
from asha.training.alignment.events import EventFile
from asha.training.alignment.recipe import AlignmentRun
from asha.training.checkpoint import NoRoom

CURVE = "curve.jsonl"


class Board(Protocol):
    """One place where curves are drawn."""

    def note(self, step: int, values: Mapping[str, float]) -> None:
        """Draw the values of a step."""
        ...

    def close(self) -> None:
        """Write the rest."""
        ...


class Journal:
    """The curve in a file, and every board of the run file."""

    def __init__(self, run: AlignmentRun, first_step: int) -> None:
        """`first_step` is the first that is still to come: what an earlier try wrote of it goes."""
        self._path = run.folder / CURVE
        run.folder.mkdir(parents=True, exist_ok=True)
        kept = [it for it in read_curve(run.folder) if it["step"] < first_step]
        self._path.write_text("".join(map(_line, kept)), encoding="utf-8")
        self._boards: list[Board] = []
        if "tensorboard" in run.keep.journals:
            self._boards.append(EventFile(run.folder / "tensorboard"))
        if "wandb" in run.keep.journals:
            self._boards.append(_wandb(run))

    def note(self, step: int, values: Mapping[str, float]) -> None:
        """Write a step down.

        Raises:
            NoRoom: the disk is full.
        """
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(_line({"step": step, **values}))
            for board in self._boards:
                board.note(step, values)
        except OSError as full:
            raise NoRoom(
                f"{self._path} cannot be written ({full.strerror}); make room and run the same "
                "command again."
            ) from full

    def close(self) -> None:
        """Close every board."""
        for board in self._boards:
            board.close()


def read_curve(folder: Path) -> list[dict[str, Any]]:
    """The steps of curve.jsonl, oldest first; a last line that was cut off does not count."""
    path = folder / CURVE
    if not path.exists():
        return []
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
    return rows


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(dict(row)) + "\n"


class _WandbBoard:
    def __init__(self, run: Any) -> None:
        self._run = run

    def note(self, step: int, values: Mapping[str, float]) -> None:
        self._run.log(dict(values), step=step)

    def close(self) -> None:
        self._run.finish()


def _wandb(run: AlignmentRun) -> Board:
    """Weights & Biases; WANDB_MODE=offline writes into the run's folder alone."""
    try:
        import wandb
    except ImportError as missing:
        raise BadInput(
            "Weights & Biases is not installed: pip install 'asha[wandb]', or take it out of "
            "keep.journals."
        ) from missing
    return _WandbBoard(
        wandb.init(
            project=run.keep.wandb_project,
            name=run.name,
            id=f"{run.name}-{run.seed}",
            dir=str(run.folder),
            resume="allow",
            config=run.model_dump(mode="json"),
        )
    )
