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
        ("tasks", 'clean = ["drop_tags"]\ntasks', "there is no 'drop_tags'; known are join_split"),
        ("languages.gu", "languages.gujarati", "'gujarati' is no tag such as hi, hi-Latn"),
        ("train_on", 'into = ["English"]\ntrain_on', "'English' is no tag"),
        ("train_on", 'splits = { test = "x" }\ntrain_on', "there is no split 'train'"),
        ("train_on", 'keep = { a = "b" }\ntrain_on', "a folder is read whole"),
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
        ("CC0-1.0", "none stated", "no licence is stated"),
        ("CC0-1.0", "closed", "only its owners"),
        ("CC0-1.0", "CC-BY-NC-4.0", "forbids"),
        ("CC0-1.0", "CC-BY-NC", "forbids"),
        ('"folder"', '"unlocated"', "nobody has found where"),
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


def test_a_language_with_sources_of_its_own_has_pins_of_its_own(tmp_path: Path) -> None:
    toy = TOY.replace(', pin = "1"', "") + 'where = ["owner/name@0123"]\n'
    (tmp_path / "toy.toml").write_text(toy)
    assert read_catalog(tmp_path)["toy"].refused_for is None
    (tmp_path / "toy.toml").write_text(toy.replace("@0123", ""))
    assert read_catalog(tmp_path)["toy"].refused_for == "no pin"


@pytest.mark.parametrize(
    ("splits", "scored"),
    [
        ('{ train = "train", test = "eval" }', "test"),
        ('{ train = "train", validation = "valid" }', "validation"),
        ('{ train = "train" }', None),
    ],
)
def test_scores_are_reported_on_test_else_on_validation(
    tmp_path: Path, splits: str, scored: str | None
) -> None:
    (tmp_path / "toy.toml").write_text(TOY.replace("tasks", f"splits = {splits}\ntasks"))
    assert read_catalog(tmp_path)["toy"].scored_split("gu") == scored


def test_a_validation_that_is_trained_on_is_not_scored(tmp_path: Path) -> None:
    splits = 'splits = { train = "train", validation = "valid" }\ntasks'
    toy = TOY.replace("tasks", splits).replace('["train"]', '["train", "validation"]')
    (tmp_path / "toy.toml").write_text(toy)
    assert read_catalog(tmp_path)["toy"].scored_split("gu") is None


def test_an_unknown_corpus_is_told_with_the_nearest_name() -> None:
    with pytest.raises(NotFound, match="did you mean fleurs"):
        corpus("flurs")


def test_data_check_validates_offline() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "asha.cli", "data", "check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "files are valid" in done.stdout
