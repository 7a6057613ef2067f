"""docs/capabilities.md names only what exists, and what it calls done names a test."""

import re
from pathlib import Path

import pytest

from asha.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "capabilities.md").read_text(encoding="utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/.]+)::(\w+)`", PAGE)))
PATHS = sorted(set(re.findall(r"`((?:src|docs|runs|suites|benches|tests)/[^`:\s]+)`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("|") and "---" not in line]


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_a_named_test_exists(file: str, name: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE), f"{file}::{name}"


@pytest.mark.parametrize("path", PATHS)
def test_a_named_file_exists(path: str) -> None:
    assert (ROOT / path).exists(), path


def test_a_named_command_exists() -> None:
    for command in re.findall(r"`asha (\w+)", PAGE):
        assert command in COMMANDS, command


def test_what_is_done_names_its_test() -> None:
    done = [row for row in ROWS if row.rstrip(" |").rpartition("| ")[2].startswith("yes")]
    assert len(done) >= 30
    for row in done:
        assert "`tests/" in row, row


def test_every_defect_has_its_test() -> None:
    for number in range(1, 13):
        row = next(it for it in ROWS if it.startswith(f"| D{number} |"))
        assert "`tests/" in row, row
