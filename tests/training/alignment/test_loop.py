"""Runs in small: the loss falls, a killed run goes on exactly, and what stops one is said."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from asha.core.errors import BadInput, Conflict
from asha.data.mixture import BadMixture
from asha.model import AudioLLM, AudioProcessor
from asha.model.encoder import num_frames
from asha.training.alignment.journal import read_curve
from asha.training.alignment.loop import Diverged, rate_share, train_alignment
from asha.training.alignment.recipe import AlignmentRun, Pace
from asha.training.alignment.start import starting_model, trained_parameters
from asha.training.alignment.state import FILE as STATE

from .conftest import CHECKPOINT, VECTORS, run_file

Toy = Callable[..., AlignmentRun]
ADAPTERS = {"encoder_lora": {"rank": 4}, "text_lora": {"rank": 2}}


def losses(run: AlignmentRun) -> list[float]:
    return [row["loss"] for row in read_curve(run.folder)]


def alone(run: AlignmentRun) -> dict[str, Any]:
    """The mixture's first set, with nothing held out."""
    return run.mixture[0].model_dump(mode="json") | {"hold_out": 0.0}


def trained(run: AlignmentRun) -> None:
    assert train_alignment(run, minutes=60, device="cpu")


def test_a_killed_run_goes_on_where_it_was_saved_and_its_curve_is_the_unbroken_one(
    toy_run: Toy, tmp_path: Path
) -> None:
    run = toy_run(learn=ADAPTERS, pace={"steps": 8, "rows_per_step": 4, "rows_at_once": 2})
    trained(run)
    unbroken = losses(run)
    assert len(unbroken) == 8
    assert sum(unbroken[-2:]) < sum(unbroken[:2])
    again = run.model_copy(update={"folder": tmp_path / "killed"})
    killed_after("saved at step 2", run_file(again, tmp_path / "run.toml"))
    assert (again.folder / STATE).exists()
    assert len(losses(again)) < 8
    trained(again)
    assert losses(again) == unbroken
    first, second = (
        AudioLLM.from_pretrained(it.folder / "checkpoint").state_dict() for it in (run, again)
    )
    assert all(torch.equal(first[name], second[name]) for name in first)


def killed_after(words: str, file: Path) -> None:
    """Start a run in a process of its own and kill it as soon as it says `words`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "asha.cli", "train", str(file), "--device", "cpu"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = []
    for line in process.stdout:
        said.append(line)
        if words in line:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL, "".join(said)


def test_a_run_scores_each_language_and_keeps_its_best_checkpoint(
    toy_run: Toy, capsys: pytest.CaptureFixture[str], recordings: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(recordings, tmp_path / "recordings")
    (folder / "4.wav").write_bytes(b"RIFF....")
    (folder / "9.wav").unlink()
    run = toy_run(mixture=[{"folder": str(folder), "language": "hi-Latn", "hold_out": 0.3}])
    trained(run)
    curve = read_curve(run.folder)
    scored = [row for row in curve if "validation" in row]
    assert [row["step"] for row in scored] == [2, 5]
    assert {"validation/hi-Latn", "validation"} < set(scored[0])
    kinds = {key.rpartition("/")[2] for key in scored[0] if key.count("/") > 1}
    assert {"loss", "ce"} <= kinds
    card = (run.folder / "best" / "README.md").read_text(encoding="utf-8")
    assert "hi-Latn, transcribe" in card and "| validation |" in card
    assert str(tmp_path) not in card  # a card says nothing of the machine
    model = AudioLLM.from_pretrained(run.folder / "best")
    processor = AudioProcessor.from_pretrained(run.folder / "best")
    text = processor.apply_chat_template(
        [{"role": "user", "content": "<|audio|>"}], add_generation_prompt=True
    )
    asked = processor(text=text, audios=[torch.zeros(16_000).numpy() + 0.01])
    assert model.generate(**asked, max_new_tokens=2).shape[1] > asked["input_ids"].shape[1]
    told = capsys.readouterr().out
    assert "9.wav" in told
    assert "6 of 6 steps, done." in told


def test_a_run_can_be_given_minutes_and_goes_on_later(toy_run: Toy) -> None:
    run = toy_run(pace={"steps": 2}, mixture=[alone(toy_run())])
    assert not train_alignment(run, minutes=1e-9, device="cpu")
    assert losses(run) == []
    trained(run)
    assert len(losses(run)) == 2
    trained(run)  # what is done is done
    assert len(losses(run)) == 2


def test_the_block_of_a_run_file_reaches_the_encoder_and_the_checkpoint(toy_run: Toy) -> None:
    run = toy_run(start={"block_frames": 100}, pace={"steps": 1}, mixture=[alone(toy_run())])
    trained(run)
    config = json.loads((run.folder / "checkpoint" / "config.json").read_text())
    assert config["audio_latency_block_size"] == 100
    model = AudioLLM.from_pretrained(run.folder / "checkpoint")
    mel = torch.randn(1, 128, 400, generator=torch.Generator().manual_seed(1))
    later = mel.clone()
    later[:, :, 202:] += 1  # 100 frames of 20 ms are 2 s, not 1; and one frame of look-ahead
    with torch.no_grad():
        first, second = (model.audio_tower(it, block_frames=100) for it in (mel, later))
    assert torch.equal(first[:, :100], second[:, :100])
    assert num_frames(400) == 200
    assert not torch.allclose(first[:, 100:], second[:, 100:])


@pytest.mark.parametrize(
    ("learn", "wanted"),
    [
        ({}, {"multi_modal_projector"}),
        ({"projector": False, "encoder_lora": {"rank": 2}}, {"audio_tower"}),
        ({"text_lora": {"rank": 2}}, {"multi_modal_projector", "language_model"}),
        (
            {"loss": "ce", "language_model": True, "projector": False},
            {"language_model"},
        ),
    ],
)
def test_only_what_the_run_file_names_learns(
    toy_run: Toy, learn: dict[str, Any], wanted: set[str]
) -> None:
    model, _ = starting_model(toy_run(learn=learn))
    names = trained_parameters(model)
    assert {name.partition(".")[0] for name in names} == wanted
    if "lora" in str(learn):
        assert all(".lora_" in name for name in names if "projector" not in name)


def test_a_run_can_start_from_towers_in_bfloat16(
    toy_run: Toy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(VECTORS)
    towers = {"checkpoint": "", "audio": "whisper-nano128", "text": "llama-nano128"}
    run = toy_run(
        start=towers | {"hidden": 160, "dtype": "bfloat16"},
        pace={"steps": 1},
        mixture=[alone(toy_run())],
    )
    model, _ = starting_model(run)
    assert model.dtype == torch.bfloat16
    assert {it.dtype for it in trained_parameters(model).values()} == {torch.float32}
    trained(run)
    saved = AudioLLM.from_pretrained(run.folder / "checkpoint")
    assert saved.multi_modal_projector.linear_1.weight.dtype == torch.bfloat16
    assert losses(run)[0] > 0


def test_a_language_model_alone_learns_from_words(toy_run: Toy) -> None:
    run = toy_run(
        start={"checkpoint": "", "text": str(VECTORS / "llama-nano128")},
        learn={"text_only": True, "loss": "ce", "text_lora": {"rank": 4}},
        pace={"steps": 3},
        mixture=[alone(toy_run())],
    )
    trained(run)
    model = AudioLLM.from_pretrained(run.folder / "checkpoint")
    assert model.config.llm_only_training
    assert any(".lora_" in name for name in model.state_dict())


def test_a_loss_that_is_no_number_stops_the_run_and_says_what_to_do(toy_run: Toy) -> None:
    run = toy_run(
        pace={"rate": 1e30, "warmup": 0}, mixture=[alone(toy_run())], keep={"save_steps": 100}
    )
    with pytest.raises(Diverged, match=r"Step 1: the loss is nan.*Lower pace.rate"):
        train_alignment(run, minutes=60, device="cpu")
    assert not (run.folder / STATE).exists()


def test_a_state_of_another_mixture_is_not_gone_on_with(toy_run: Toy, recordings: Path) -> None:
    run = toy_run(pace={"steps": 1}, mixture=[alone(toy_run())])
    trained(run)
    other = toy_run(pace={"steps": 2})
    with pytest.raises(Conflict, match="belongs to another mixture"):
        train_alignment(other, minutes=60, device="cpu")
    wider = toy_run(pace={"steps": 2}, mixture=[alone(run)], learn={"text_lora": {"rank": 2}})
    with pytest.raises(Conflict, match="when other weights learnt"):
        train_alignment(wider, minutes=60, device="cpu")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ({"corpus": "svarah", "language": "en-IN"}, "svarah may not be trained on: it is kept"),
        ({"corpus": "kathbath", "language": "gu"}, "its source has no pin"),
        ({"corpus": "kathbath", "language": "fr"}, "kathbath has no language 'fr'"),
        ({"corpus": "kathbat", "language": "gu"}, "did you mean kathbath"),
        ({"folder": "no/such", "language": "gu"}, "There is no folder no/such"),
    ],
)
def test_a_set_that_may_not_or_cannot_be_read_stops_the_run_before_it_begins(
    toy_run: Toy, table: dict[str, str], told: str
) -> None:
    from asha.core.errors import AshaError

    with pytest.raises(AshaError, match=told):
        train_alignment(toy_run(mixture=[table]), minutes=60, device="cpu")


def test_a_set_without_its_answers_says_where_they_belong(toy_run: Toy, recordings: Path) -> None:
    table = {"folder": str(recordings), "language": "hi-Latn", "task": "answer"}
    with pytest.raises(BadInput, match="a column 'reply'"):
        train_alignment(
            toy_run(mixture=[table | {"answer_column": "reply"}]), minutes=60, device="cpu"
        )
    tiny = alone(toy_run()) | {"hold_out": 1e-6}
    with pytest.raises(BadMixture, match="keeps nothing for validation"):
        train_alignment(toy_run(mixture=[tiny]), minutes=60, device="cpu")


def test_the_boards_of_a_run_file_are_written(
    toy_run: Toy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "wandb.py").write_text(STAND_IN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "modules")
    run = toy_run(
        pace={"steps": 2},
        mixture=[alone(toy_run())],
        keep={"journals": ["tensorboard", "wandb"]},
    )
    trained(run)
    (events,) = (run.folder / "tensorboard").iterdir()
    assert b"gradient_norm" in events.read_bytes()
    noted = [json.loads(line) for line in (run.folder / "wandb.log").read_text().splitlines()]
    assert [it["step"] for it in noted] == [0, 1]
    assert noted[0]["loss"] == losses(run)[0]


STAND_IN = '''
"""Keeps what a run logs, as the client does offline."""
import json, pathlib

class Run:
    def __init__(self, folder):
        self.path = pathlib.Path(folder) / "wandb.log"
    def log(self, values, step):
        with self.path.open("a") as file:
            file.write(json.dumps({"step": step, **values}) + "\\\\n")
    def finish(self):
        pass

def init(*, project, name, id, dir, resume, config):
    return Run(dir)
'''.replace("\\\\n", "\\n")


def test_the_rate_rises_in_a_line_and_falls_along_a_cosine() -> None:
    pace = Pace(steps=100, rows_per_step=1, rows_at_once=1, rate=1.0, warmup=10)
    shares = [rate_share(step, 100, pace) for step in range(100)]
    assert shares[0] == pytest.approx(0.1)
    assert shares[10] == pytest.approx(1.0)
    assert shares[55] == pytest.approx(0.55)
    assert shares[99] == pytest.approx(0.1, abs=1e-3)
    assert CHECKPOINT.is_dir()
