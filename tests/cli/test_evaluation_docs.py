"""Every `asha eval` and `asha infer` of README and docs runs, in the order of the pages."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "docs" / "evaluation.md", ROOT / "README.md"]
COMMAND = re.compile(r"^ {4}\.venv/bin/asha (?P<rest>(?:eval|infer) .*)$", re.MULTILINE)
QUESTION = ROOT / "src" / "asha" / "cli" / "clips" / "question.wav"


def test_the_commands_of_the_docs_run_one_after_the_other(tmp_path: Path) -> None:
    (tmp_path / "suites").symlink_to(ROOT / "suites")
    shutil.copy(QUESTION, tmp_path / "question.wav")
    told = {}
    for page in PAGES:
        for match in COMMAND.finditer(page.read_text(encoding="utf-8")):
            rest = match["rest"].split("   #")[0].strip()
            done = subprocess.run(
                [sys.executable, "-m", "asha.cli", *shlex.split(rest)],
                capture_output=True,
                text=True,
                cwd=tmp_path,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            assert done.returncode == 0, (rest, done.stderr)
            told[rest] = done.stdout
    assert any(rest.startswith("infer") and "time" in out for rest, out in told.items())
    compared = next(out for rest, out in told.items() if rest.startswith("eval compare"))
    assert "same" in compared
    assert "better" not in compared
    _is_whole(tmp_path / "out" / "evals" / "short")


def _is_whole(run: Path) -> None:
    """The bench, offline, on Nano, in all its parts."""
    figures = json.loads((run / "metrics.json").read_text(encoding="utf-8"))
    assert set(figures["parts"]) == {
        *("answer", "digits", "hesitation", "backchannel", "interruption", "switch")
    }
    assert (figures["num_cases"], figures["num_failed"]) == (6, 0)
    assert "held" in figures["parts"]["backchannel"]["figures"]
    assert json.loads((run / "run.json").read_text())["is_done"]
    assert (run / "report.html").stat().st_size > 3_000
