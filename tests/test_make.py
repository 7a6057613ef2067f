"""The Makefile: what `make run` does with a terminal and without, and which benches are run."""

import os
import pty
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The Makefile beside an installation that is up to date, whose `asha` notes its words."""
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    asha = tmp_path / ".venv" / "bin" / "asha"
    asha.parent.mkdir(parents=True)
    asha.write_text('#!/bin/sh\necho "$@" >> asha.log\n')
    asha.chmod(0o755)
    (asha.parent / "uv").touch()
    (tmp_path / ".venv" / "service").touch()
    return tmp_path


def ran(clone: Path, stdin: int, stdout: int) -> list[str]:
    subprocess.run(["make", "run"], cwd=clone, stdin=stdin, stdout=stdout, check=True)
    return (clone / "asha.log").read_text().splitlines()


def test_at_a_terminal_make_run_ends_in_a_running_service(clone: Path) -> None:
    keyboard, terminal = pty.openpty()
    try:
        assert ran(clone, terminal, terminal) == ["hello", "talk", "serve --open"]
    finally:
        os.close(terminal)
        os.close(keyboard)


def test_without_a_terminal_make_run_ends_after_the_answer(clone: Path) -> None:
    assert ran(clone, subprocess.DEVNULL, subprocess.PIPE) == ["hello", "talk"]


def test_every_bench_is_run_by_make_or_said_to_be_run_by_hand() -> None:
    """A program of benches/ is in the Makefile, or docs/speed.md says what it is for."""
    table = (ROOT / "docs" / "speed.md").read_text(encoding="utf-8")
    for file in sorted((ROOT / "benches").glob("*.py")):
        text = file.read_text(encoding="utf-8")
        assert text.count("\n") <= 300, f"{file.name}: split it by nouns"
        if '__name__ == "__main__"' in text:
            assert f"`benches/{file.name}`" in table, file.name
    for name in re.findall(r"benches/\w+\.py", table + MAKEFILE):
        assert (ROOT / name).exists(), name
    for target in ("bench", "bench-service"):
        recipe = MAKEFILE.split(f"\n{target}: ")[1].split("\n\n")[0]
        for name in re.findall(r"benches/\w+\.py", recipe):
            row = next(line for line in table.splitlines() if f"`{name}`" in line)
            assert f"`make {target}`" in row, name
