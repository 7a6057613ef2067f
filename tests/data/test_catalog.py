"""The registry of corpora."""

import subprocess
import sys
from pathlib import Path

import pytest

from asha.core.errors import NotFound
from asha.data.catalog import BadCorpusFile, catalog, corpus, read_catalog

TOY = """
name = "toy"
title = "A toy"
homepage = "https://example.org"
license = "CC0-1.0"
source = { kind = "folder", where = "toy", pin = "1" }
tasks = ["transcribe"]
checked_on = 2026-11-22

[languages.gu]
rows = { train = 3 }
train_on = ["train"]
"""


def test_every_file_is_valid() -> None:
    assert len(catalog()) >= 3


def test_a_new_corpus_is_one_file(tmp_path: Path) -> None:
    """docs/adding/dataset.md: a file, and nothing else."""
    (tmp_path / "toy.toml").write_text(TOY)
    entry = read_catalog(tmp_path)["toy"]
    assert entry.refusal is None
    assert entry.languages["gu"].rows == {"train": 3}


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("license", "licence", r"toy.toml: licen.*"),
        ('["transcribe"]', '["transcrib"]', r"toy.toml: tasks.0: Input should be"),
        ('train_on = ["train"]', 'train_on = ["test"]', "a test split is never trained on"),
        ('name = "toy"', 'name = "tox"', "must be the file's name"),
        ('title = "A toy"', "title = ", "toy.toml is not valid TOML"),
    ],
)
def test_a_typo_names_the_file_and_the_key(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    (tmp_path / "toy.toml").write_text(TOY.replace(old, new, 1))
    with pytest.raises(BadCorpusFile, match=sentence):
        read_catalog(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("CC0-1.0", "unverified", "nobody has read its licence"),
        ("CC0-1.0", "CC-BY-NC-4.0", "forbids"),
        (', pin = "1"', "", "no pin"),
        ('train_on = ["train"]', "", None),
    ],
)
def test_training_needs_a_licence_and_a_pin(
    tmp_path: Path, old: str, new: str, reason: str | None
) -> None:
    (tmp_path / "toy.toml").write_text(TOY.replace(old, new, 1))
    refusal = read_catalog(tmp_path)["toy"].refusal
    assert refusal is None if reason is None else reason in str(refusal)


def test_an_unknown_corpus_is_told_with_the_nearest_name() -> None:
    with pytest.raises(NotFound, match="did you mean fleurs"):
        corpus("flurs")


def test_data_check_validates_offline() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "asha.cli", "data", "check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "files are valid" in done.stdout
