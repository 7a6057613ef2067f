"""docs/training.md, command by command, in order, at toy size."""

import asyncio
import re
import shlex
import shutil
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from typer.testing import CliRunner

from asha.cli import build_app
from asha.doubles.hub_models import TOKEN, serving_hub
from asha.training.alignment.recipe import AlignmentRun

from .conftest import CHECKPOINT, SAID, VECTORS, run_file

# The hub's client hands a file to its HTTP library in a way that the library has begun to frown at.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")

ROOT = Path(__file__).parents[3]
SUITE = re.compile(r"^ {4}# mine\.toml\n(?:.+\n)+", re.MULTILINE)
COMMAND = re.compile(r"^ {4}\.venv/bin/asha (?P<rest>.*)$", re.MULTILINE)
# What stands for the models of the page.
LOCAL = {
    "meta-llama/Llama-3.2-1B-Instruct": str(VECTORS / "llama-nano128"),
    "meta-llama/Llama-3.1-8B-Instruct": str(CHECKPOINT),
    "OWNER/asha-gu": "me/asha-gu",
}


def commands() -> list[list[str]]:
    page = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    lines = [match["rest"].split("   #")[0] for match in COMMAND.finditer(page)]
    return [[LOCAL.get(word, word) for word in shlex.split(line)] for line in lines]


def toy_world(folder: Path, recordings: Path) -> None:
    """What the page begins with: recordings, sentences, and the run file, in small."""
    shutil.copytree(recordings, folder / "recordings" / "gu")
    (folder / "sentences.txt").write_text("\n".join(SAID) + "\n", encoding="utf-8")
    shutil.copytree(recordings, folder / "recordings" / "gu-test")
    suite = SUITE.search((ROOT / "docs" / "training.md").read_text(encoding="utf-8"))
    assert suite
    (folder / "mine.toml").write_text(textwrap.dedent(suite[0]), encoding="utf-8")
    table: dict[str, Any] = tomllib.loads((ROOT / "runs" / "align_gu.toml").read_text("utf-8"))
    table["start"] = {"checkpoint": str(CHECKPOINT), "dtype": "float32"}
    table["pace"] |= {"steps": 4, "rows_per_step": 4, "rows_at_once": 2, "warmup": 1, "readers": 1}
    table["validation"] |= {"every_steps": 2, "rows": 4}
    for it in table["mixture"]:
        it["hold_out"] = 0.3
    (folder / "runs").mkdir()
    run_file(AlignmentRun.model_validate(table), folder / "runs" / "align_gu.toml")


async def test_the_page_leads_from_recordings_to_a_pushed_model(
    tmp_path: Path, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toy_world(tmp_path, recordings)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    said = {}
    async with serving_hub() as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        for words in commands():
            # The names of commands come first; the app knows all of them.
            done = await asyncio.to_thread(CliRunner().invoke, build_app(words[0]), words)
            assert done.exit_code == 0, (words, done.output, done.exception)
            said[" ".join(words[:2])] = done.output
        assert "model.safetensors" in hub.repositories["me/asha-gu"].files
        card = hub.repositories["me/asha-gu"].files["README.md"].decode()
    assert "30 clips" in said["data count"]
    assert "4 of 4 steps, done." in said["train runs/align_gu.toml"]
    assert said["weights words"].count("(n = ") == 2
    assert "- gu" in card and "# align_gu" in card
    assert "30 cases, 0 failed" in said["eval mine.toml"]
    assert len(commands()) == 8
