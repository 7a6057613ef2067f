"""A small Hinglish set spoken by eSpeak NG, and runs on it from the reference's tiny checkpoint."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
import soundfile

from asha.data.synthesis import Synthesiser, any_speaker
from asha.training.alignment.recipe import AlignmentRun

VECTORS = Path(__file__).parents[2] / "vectors" / "ultravox"
CHECKPOINT = VECTORS / "checkpoint"
SAID = (
    "kal subah alarm laga do",
    "aaj mausam kaisa hai",
    "light band kar do please",
    "meeting ka time kya hai",
    "doctor ka number batao",
    "train kitne baje hai",
)
SPEAKERS = 5


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of 30 clips with a table of text, speaker and continuation."""
    folder = tmp_path_factory.mktemp("hinglish") / "recordings"
    folder.mkdir()
    synthesiser, chance = Synthesiser(), Random(7)
    lines = ["file,text,speaker,continuation"]
    voices = [any_speaker("hi-Latn", ("", "f1", "m1", "f2"), chance) for _ in range(SPEAKERS)]
    for number in range(30):
        text, speaker = SAID[number % len(SAID)], number % SPEAKERS
        soundfile.write(folder / f"{number}.wav", synthesiser.speak(text, voices[speaker]), 16_000)
        lines.append(f"{number}.wav,{text},speaker{speaker},aur phir {text}")
    synthesiser.close()
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def toy_run(tmp_path: Path, recordings: Path) -> Callable[..., AlignmentRun]:
    """A run of a few steps; keywords are tables that are laid over it."""

    def make(**tables: Any) -> AlignmentRun:
        table: dict[str, Any] = {
            "kind": "ultravox",
            "name": "toy",
            "folder": str(tmp_path / "out"),
            "start": {"checkpoint": str(CHECKPOINT), "dtype": "float32"},
            "pace": {
                "steps": 6,
                "rows_per_step": 4,
                "rows_at_once": 2,
                "rate": 3e-3,
                "warmup": 2,
                "readers": 1,
            },
            "learn": {},
            "keep": {"save_steps": 2, "log_steps": 1},
            "validation": {"every_steps": 3, "rows": 4},
            "mixture": [
                {"folder": str(recordings), "language": "hi-Latn", "hold_out": 0.3},
                {
                    "folder": str(recordings),
                    "language": "hi-Latn",
                    "task": "continue",
                    "weight": 0.5,
                    "hold_out": 0.3,
                },
            ],
        }
        for name, over in tables.items():
            table[name] = table[name] | over if isinstance(table.get(name), dict) else over
        return AlignmentRun.model_validate(table)

    return make


def run_file(run: AlignmentRun, path: Path) -> Path:
    """A run as a file, for a process of its own."""

    def lines(table: dict[str, Any], name: str) -> list[str]:
        inner = {key: it for key, it in table.items() if it is not None}
        return [f"[{name}]"] + [f"{key} = {_toml(it)}" for key, it in inner.items()]

    table = run.model_dump(mode="json")
    top = [f"{key} = {_toml(it)}" for key, it in table.items() if not isinstance(it, dict)]
    parts = [line for key, it in table.items() if isinstance(it, dict) for line in lines(it, key)]
    path.write_text("\n".join(top + parts) + "\n", encoding="utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        known = {key: it for key, it in value.items() if it is not None}
        return "{ " + ", ".join(f"{key} = {_toml(it)}" for key, it in known.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)  # text, numbers and truth are written the same in both
