"""What commands write into a corpus file, and that all else stays."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from corpora import entry_file

from asha.core.errors import BadInput, NotFound
from asha.data.catalog import read_corpus
from asha.data.catalog_file import Count, corpus_named, file_of, write_counts, write_pin

DAY = date(2026, 11, 22)


def test_counts_are_written_and_all_else_stays(tmp_path: Path) -> None:
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    before = tomllib.loads(file.read_text())
    write_counts(file, {"gu": Count({"train": 12_345}, 1.23456, DAY)})
    write_counts(file, {"gu": Count({"test": 7}, 1.5, DAY), "hi": Count({"test": 1}, 0.0, DAY)})
    after = tomllib.loads(file.read_text())
    assert after["languages"]["gu"] == {
        "subset": "gujarati",
        "rows": {"train": 12_345, "test": 7},
        "hours": 1.5,
        "counted_on": DAY,
    }
    assert after["languages"]["hi"]["note"] == "stays"
    assert {**after, "languages": 0} == {**before, "languages": 0}
    assert read_corpus(file).languages["hi"].rows == {"test": 1}


def test_a_pinned_corpus_may_be_trained_on(tmp_path: Path) -> None:
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    assert corpus_named(str(file)).refused_for == "no pin"
    write_pin(file, "asha/toy", "a" * 40)
    write_pin(file, "asha/toy", "b" * 40)
    assert read_corpus(file).source.pin == "b" * 40
    assert read_corpus(file).refused_for is None


def test_each_of_several_places_is_pinned(tmp_path: Path) -> None:
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    text = file.read_text().replace("[languages.gu]", '[languages.gu]\nwhere = ["a/one", "a/two"]')
    file.write_text(text.replace("[languages.hi]", '[languages.hi]\nwhere = ["a/three"]'))
    for where in ("a/one", "a/two", "a/three", "a/one"):
        write_pin(file, where, "c" * 40)
    assert read_corpus(file).languages["gu"].where == [
        f"a/{it}@{'c' * 40}" for it in ("one", "two")
    ]
    assert read_corpus(file).refused_for is None


def test_what_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    file = entry_file(tmp_path, "huggingface", "asha/toy")
    file.write_text(file.read_text().replace("source = {", "[source]  # {"))
    with pytest.raises(Exception, match=r"write pin|valid|Expected"):
        write_pin(file, "asha/toy", "d" * 40)
    with pytest.raises(NotFound, match="There is no corpus file"):
        corpus_named(str(tmp_path / "none.toml"))
    with pytest.raises(BadInput, match="cannot be opened"):
        write_pin(tmp_path / "none.toml", "x", "y")


def test_the_registrys_files_are_found_by_name() -> None:
    assert file_of("fleurs").name == "fleurs.toml"
    assert file_of("fleurs").is_file()
