"""States of runs: written whole or not at all."""

import resource
from pathlib import Path

import pytest
import torch

from asha.core.errors import BadCheckpoint
from asha.training.checkpoint import NoRoom, read_state, write_state


def test_a_full_disk_leaves_the_state_before_it_whole(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    write_state(path, {"step": 1, "weights": torch.ones(10)})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, limits[1]))
    try:
        with pytest.raises(NoRoom, match=r"cannot be written .*make room and run the same command"):
            write_state(path, {"step": 2, "weights": torch.ones(2_000_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    state = read_state(path)
    assert state is not None
    assert state["step"] == 1
    assert [it.name for it in tmp_path.iterdir()] == ["state.pt"]


def test_a_broken_state_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state.pt"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(BadCheckpoint, match="is broken; remove it"):
        read_state(path)
    assert read_state(tmp_path / "none.pt") is None
