"""Two processes of torchrun learn what one learns."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from asha.core.errors import BadInput
from asha.model import AudioLLM
from asha.training.alignment.journal import read_curve
from asha.training.alignment.loop import train_alignment
from asha.training.alignment.ranks import joined
from asha.training.alignment.recipe import AlignmentRun

from .conftest import CHECKPOINT, run_file


def test_two_processes_give_the_curve_and_the_weights_of_one(
    toy_run: Callable[..., AlignmentRun], tmp_path: Path
) -> None:
    run = toy_run(
        learn={"encoder_lora": {"rank": 2}},
        pace={"steps": 4, "rows_per_step": 5, "rows_at_once": 2},  # three rows and two
        validation={"every_steps": 2, "rows": 3},
    )
    assert train_alignment(run, minutes=60, device="cpu")
    shared = run.model_copy(update={"folder": tmp_path / "shared"})
    file = run_file(shared, tmp_path / "run.toml")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run", "--standalone"),
            *("--nproc-per-node", "2", "-m", "asha.cli", "train", str(file), "--device", "cpu"),
        ],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    assert done.stdout.count("4 of 4 steps, done.") == 1  # only one process speaks
    one, two = read_curve(run.folder), read_curve(shared.folder)
    assert [row["step"] for row in one] == [row["step"] for row in two] == [0, 1, 2, 3]
    for first, second in zip(one, two, strict=True):
        assert set(first) == set(second)
        for name in set(first) - {"rows_per_s", "speech_s_per_s", "tokens_per_s"}:
            assert first[name] == pytest.approx(second[name], rel=1e-4), name
    # Not weight by weight: Adam divides a gradient by its own size, so where it is nearly nothing
    # the rounding of a sum decides whether that weight moves a whole rate up or down. All in all
    # both moved alike, to 1e-5 of the way; processes that do not add their gradients up, to 0.5.
    begin, alone, together = (
        projector(AudioLLM.from_pretrained(folder))
        for folder in (CHECKPOINT, run.folder / "checkpoint", shared.folder / "checkpoint")
    )
    assert torch.dist(alone, begin) > 0.1
    assert torch.dist(alone, together) < 0.02 * torch.dist(alone, begin)


def projector(model: AudioLLM) -> Tensor:
    """All that the projector has learned, in a row."""
    return torch.cat([it.detach().flatten() for it in model.multi_modal_projector.parameters()])


def test_a_device_that_is_not_there_is_told() -> None:
    with (
        pytest.raises(BadInput, match="There is no device 'abacus' here; use cpu"),
        joined("abacus"),
    ):
        pass
