"""The tiny Nano, exported once in both precisions."""

from pathlib import Path

import pytest
from tiny_nano import write_tiny_checkpoint

from asha.engine.exported import Weights, load_weights


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "checkpoint"
    write_tiny_checkpoint(folder)
    return folder


@pytest.fixture(scope="session")
def exported(checkpoint: Path) -> Path:
    from asha.core.language import TAGS
    from asha.data.sayings import sayings
    from asha.model.export import Beside, export

    folder = checkpoint.parent / "fp32"
    export(checkpoint, folder, precision="fp32", beside=Beside(say=sayings(TAGS)))
    return folder


@pytest.fixture(scope="session")
def weights(exported: Path) -> Weights:
    return load_weights(exported)
