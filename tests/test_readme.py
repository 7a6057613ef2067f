"""Every command of the README and of docs/ that starts with asha runs as it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COMMAND = re.compile(r"^ {4}(?:echo (?P<stdin>\"[^\"]*\") \| )?\.venv/bin/asha (?P<rest>.*)$", re.M)
SERVERS = {"serve", "coqui"}  # run by their own tests: they do not end
LONG = {"train"}
OWN = {
    "training.md"
}  # pages whose commands need one another: tests/training/alignment/test_docs.py
IN_ORDER = {"eval", "infer"}  # tests/cli/test_evaluation_docs.py: one builds on the other


def _commands() -> list[tuple[str, str]]:
    found = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if page.name in OWN:
            continue
        for match in COMMAND.finditer(page.read_text(encoding="utf-8")):
            rest = match["rest"].split("   #")[0].strip()
            if rest.split()[0] not in SERVERS | LONG | IN_ORDER:
                found.append((match["stdin"] or "", rest))
    return sorted(set(found))


def test_there_are_commands_to_run() -> None:
    assert len(_commands()) >= 3


@pytest.mark.parametrize(("stdin", "rest"), _commands())
def test_a_command_of_the_docs_runs(stdin: str, rest: str, tmp_path: Path) -> None:
    (tmp_path / "runs").symlink_to(ROOT / "runs")  # recipes are named as they lie in a clone
    done = subprocess.run(
        [sys.executable, "-m", "asha.cli", *shlex.split(rest)],
        input=shlex.split(stdin)[0] if stdin else None,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_file_of_the_readme_exists() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in re.findall(r"`(src/[^`]+|docs/[^`]+|tests/[^`]+)`", text):
        assert (ROOT / path).exists(), path
    for path in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / path).exists(), path
