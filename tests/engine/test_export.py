"""The export: small, whole, and clear about what it cannot take."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from tiny_nano import noise

from asha.core.errors import BadCheckpoint
from asha.engine.encoder import Hearing
from asha.engine.exported import FILES, Weights, load_weights
from asha.speech.letter_model import LetterModel


@pytest.fixture(scope="module")
def small(exported: Path) -> Path:
    from asha.model.export import quiet_exporter
    from asha.model.shrink import shrink

    folder = exported.parent / "int8"
    shutil.copytree(exported, folder)
    with quiet_exporter():
        shrink(folder, "int8")
    return folder


@pytest.fixture(scope="module")
def halved(exported: Path) -> Path:
    from asha.model.shrink import shrink

    folder = exported.parent / "fp16"
    shutil.copytree(exported, folder)
    shrink(folder, "fp16")
    return folder


def test_fp16_is_half_as_big_and_hears_nearly_the_same(
    weights: Weights, exported: Path, halved: Path
) -> None:
    sound = noise(2)
    one, other = Hearing(weights).push(sound), Hearing(load_weights(halved)).push(sound)
    assert np.abs(one.embeds_KD - other.embeds_KD).max() < 0.01 * np.abs(one.embeds_KD).max()
    sizes = [(folder / "encoder.onnx").stat().st_size for folder in (exported, halved)]
    assert sizes[1] < 0.75 * sizes[0]  # the tiny graphs are mostly not weights


def test_int8_is_close_and_smaller(weights: Weights, exported: Path, small: Path) -> None:
    sound = noise(2)
    exact, rounded = Hearing(weights), Hearing(load_weights(small))
    one, other = exact.push(sound).embeds_KD, rounded.push(sound).embeds_KD
    assert np.abs(one - other).max() < 0.15 * np.abs(one).max()
    for name in ("encoder", "projector", "language_model"):
        sizes = [(folder / f"{name}.onnx").stat().st_size for folder in (exported, small)]
        assert sizes[1] < sizes[0], name


def test_what_the_tools_say_goes_along(exported: Path) -> None:
    say = json.loads((exported / "say.json").read_text())
    assert set(say["ta"]["tools"]) == set(load_weights(exported).facts.tools)


@pytest.mark.parametrize("file", [*FILES, "engine.json"])
def test_a_missing_or_broken_file_is_told_in_one_sentence(
    exported: Path, tmp_path: Path, file: str
) -> None:
    shutil.copytree(exported, tmp_path / "w")
    (tmp_path / "w" / file).unlink()
    with pytest.raises(BadCheckpoint):
        load_weights(tmp_path / "w")
    if file != "say.json":  # read by the tools, not by the engine
        (tmp_path / "w" / file).write_bytes(b"not this")
        with pytest.raises(BadCheckpoint):
            load_weights(tmp_path / "w")


def test_another_version_is_refused(exported: Path, tmp_path: Path) -> None:
    shutil.copytree(exported, tmp_path / "w")
    facts = json.loads((tmp_path / "w" / "engine.json").read_text())
    (tmp_path / "w" / "engine.json").write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(BadCheckpoint, match="another version"):
        load_weights(tmp_path / "w")


def test_a_checkpoint_that_is_no_nano_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    from asha.model.export import export

    stock = Path(__file__).parents[1] / "vectors" / "ultravox" / "checkpoint"
    with pytest.raises(BadCheckpoint, match=r"nano\.json"):
        export(stock, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_nothing(
    checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from asha.model import export as module

    def broken(*_: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(module, "_write_graph", broken)
    with pytest.raises(RuntimeError):
        module.export(checkpoint, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_no_graph_tells_where_it_was_made(exported: Path) -> None:
    import asha.engine

    shipped = Path(asha.engine.__file__).parent / "weights" / "nano"
    graphs = [*exported.glob("*.onnx"), *shipped.glob("*.onnx")]
    assert len(graphs) >= 6
    for graph in graphs:
        assert b'File "' not in graph.read_bytes(), graph.name


def test_the_letter_model_goes_along(checkpoint: Path, tmp_path: Path) -> None:
    from asha.data.letter_counts import letter_tables
    from asha.model.export import Beside, export

    tables = letter_tables(["what time is it", "कल सुबह"])
    export(checkpoint, tmp_path / "out", precision="fp32", beside=Beside(letters=tables))
    letters = load_weights(tmp_path / "out").letters
    assert letters
    assert letters.row(letters.start).argmax() == LetterModel(tables).row(letters.start).argmax()


def test_the_gist_goes_along(checkpoint: Path, tmp_path: Path) -> None:
    from asha.model.export import Beside, export
    from asha.training.gist import learned_gist

    gist = learned_gist(256)
    export(checkpoint, tmp_path / "out", precision="fp32", beside=Beside(gist=gist))
    leaning = load_weights(tmp_path / "out").leaning
    assert leaning
    np.testing.assert_allclose(leaning.gist.of("what time is it"), gist.of("what time is it"), 1e-2)


def test_a_broken_letter_model_is_told(exported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(exported, folder)
    (folder / "letters.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(BadCheckpoint, match=r"letters\.npz cannot be opened"):
        load_weights(folder)
