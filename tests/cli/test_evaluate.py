"""asha eval and asha infer, as people run them."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import soundfile
from corpora import entry_file

ROOT = Path(__file__).parents[2]
QUESTION = ROOT / "src" / "asha" / "cli" / "clips" / "question.wav"
CHECKPOINT = ROOT / "tests" / "vectors" / "ultravox" / "checkpoint"
BENCH = ROOT / "suites" / "asha-bench.toml"


def asha(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "asha.cli", *map(str, words)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_ENDPOINT": "http://127.0.0.1:9"},
    )


def corpus(folder: Path, num_clips: int) -> Path:
    """Recordings with text, and a suite that asks for transcripts of them."""
    home = folder / "clips"
    home.mkdir()
    for number in range(num_clips):
        noise = np.random.default_rng(number).normal(0, 0.1, 8_000).astype(np.float32)
        soundfile.write(home / f"{number:03}.wav", noise, 16_000)
        (home / f"{number:03}.txt").write_text("एक दो", encoding="utf-8")
    suite = folder / "mine.toml"
    suite.write_text(
        'name = "mine"\ntitle = "Mine"\n[[parts]]\nname = "words"\ntask = "transcribe"\n'
        'folder = "clips"\nlanguages = ["hi"]\nmetrics = ["wer", "cer"]\n',
        encoding="utf-8",
    )
    return suite


def test_a_run_that_is_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "asha.cli", "eval", str(corpus(tmp_path, 12))]
    words += ["--model", str(CHECKPOINT), "--out", "run"]
    env = {**os.environ, "HF_HUB_OFFLINE": "1"}
    running = subprocess.Popen(words, cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    lines = tmp_path / "run" / "predictions.jsonl"
    waiting = threading.Event()
    while running.poll() is None and (not lines.exists() or lines.read_bytes().count(b"\n") < 2):
        waiting.wait(0.02)  # killed as soon as two answers stand there, long before the end
    running.send_signal(signal.SIGKILL)
    running.wait()
    before = lines.read_bytes().split(b"\n")[:-1]
    assert not (tmp_path / "run" / "metrics.json").exists()
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = lines.read_bytes().split(b"\n")[:-1]
    assert after[: len(before)] == before
    assert len({json.loads(line)["id"] for line in after}) == len(after) == 12


def test_two_runs_are_compared(tmp_path: Path) -> None:
    suite = corpus(tmp_path, 2)
    for name in ("a", "b"):
        done = asha("eval", suite, "--model", "nano", "--out", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    done = asha("eval", "compare", "a", "b", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "2 cases in both" in done.stdout
    assert "same" in done.stdout


def test_mistakes_are_told_in_one_sentence(tmp_path: Path) -> None:
    for words, complaint in (
        (["eval", "none.toml"], "ours are like suites/fleurs.toml"),
        (["eval", BENCH, "--languages", "xx"], "it has hi"),
        (["eval", BENCH, "--rows", "-1"], "0 or more"),
        (["eval", BENCH, "--model", "llm:openai"], "OPENAI_API_KEY"),
        (["eval", BENCH, "--model", "voice:nobody"], "There is no voice:nobody; there are"),
        (["eval", ROOT / "suites" / "fleurs.toml", "--languages", "hi"], "--data DIR"),
        (["eval", "compare", "a"], "asha eval compare RUN RUN"),
        (["infer", "none.wav"], "There is no none.wav"),
        (["infer", QUESTION, "--batch", "2"], "batches need one"),
        (["infer", QUESTION, "--history", "--batch", "2"], "not both"),
    ):
        done = asha(*words, cwd=tmp_path)
        assert done.returncode == 2, (words, done.stderr)
        assert complaint in done.stderr, (words, done.stderr)
        assert "Traceback" not in done.stderr


def test_a_recording_is_answered_by_nano(tmp_path: Path) -> None:
    done = asha("infer", QUESTION, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["calls"]


def test_a_corpus_is_answered_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    home = corpus(tmp_path, 2).parent / "clips"
    (home / "001.wav").write_bytes(b"no sound")
    entry_file(tmp_path, "folder", home.as_posix())
    entry = (tmp_path / "toy.toml").read_text(encoding="utf-8")
    plain = [line for line in entry.splitlines() if not line.startswith(("splits", "subset"))]
    (tmp_path / "toy.toml").write_text("\n".join(plain), encoding="utf-8")
    words = ["infer", "toy.toml", "--language", "hi", "--model", CHECKPOINT, "--max-tokens", "2"]
    done = asha(*words, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line)["name"] for line in done.stdout.splitlines()] == ["000"]
    assert "toy hi train: left out 1 x broken sound: 001" in done.stderr


def test_a_folder_is_answered_in_batches_as_one_by_one(tmp_path: Path) -> None:
    corpus(tmp_path, 3)
    words = ["infer", "clips", "--model", CHECKPOINT, "--max-tokens", "6"]
    texts = []
    for more in (["--json"], ["--batch", "2", "--json"]):
        done = asha(*words, *more, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        texts.append([json.loads(line)["text"] for line in done.stdout.splitlines()])
    assert texts[0] == texts[1]
    done = asha(*words, "--history", "--out", "told.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "told.jsonl").read_text().splitlines()) == 3
