"""asha data, as it is typed."""

import json
import sys
import wave
from pathlib import Path

import pytest

from asha.cli import main
from asha.data.catalog import catalog


def asha(*words: object) -> int:
    """The exit code of a command."""
    saved, sys.argv = sys.argv, ["asha", *(str(word) for word in words)]
    try:
        main()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.argv = saved
    return 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One good clip of a second, and one without text."""
    for name in ("a", "b"):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(16_000)
            file.writeframes(b"\x01\x10" * 16_000)
    (tmp_path / "a.txt").write_text("કેમ છો", encoding="utf-8")
    return tmp_path


def test_a_folder_is_counted_with_what_is_wrong(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "count", folder) == 0
    assert capsys.readouterr().out.splitlines() == [
        "und train: 1 clips, 0.00 h, 0 speakers, 1 problems",
        "  1 x sound without text: b: b.txt is not there.",
    ]


def test_counts_are_machine_readable(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asha("data", "count", folder, "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "language": "und",
            "split": "train",
            "clips": 1,
            "speech_s": 1.0,
            "speakers": 0,
            "problems": {"sound without text": [{"name": "b", "why": "b.txt is not there"}]},
        }
    ]


def test_get_shows_the_first_samples_of_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "get", folder) == 0
    assert capsys.readouterr().out.splitlines() == ["und train a  1.0 s", "  કેમ છો"]


def test_a_folder_without_a_good_clip_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a.txt").unlink()
    assert asha("data", "count", folder) == 2
    told = capsys.readouterr()
    assert "2 x sound without text" in told.out
    assert told.err.endswith("holds no clip that can be used.\n")


@pytest.mark.parametrize("command", ["get", "count"])
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("kathbath", "accept the terms at https://huggingface.co/datasets/ai4bharat/Kathbath"),
        ("kathbath", "pip install 'asha[lab]'"),
        ("openslr_78", "download it from https://www.openslr.org/78/"),
        ("voice_of_india", "ask at https://arxiv.org/abs/2604.19151"),
        ("limit", "nobody has found where it can be had"),
        ("kathbat", "did you mean kathbath"),
        ("no/such/folder", "There is no folder no/such/folder"),
    ],
)
def test_what_asha_does_not_fetch_is_said_in_one_sentence(
    command: str, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", command, name) == 2
    told = capsys.readouterr()
    assert words in told.err
    assert told.err.count("\n") == 1
    assert not told.out


def test_the_page_is_written_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "table", "--write", tmp_path / "corpora.md", "--json") == 0
    assert json.loads(capsys.readouterr().out)["corpora"] == len(catalog())
    assert (tmp_path / "corpora.md").read_text(encoding="utf-8").startswith("# Corpora\n")


def test_a_page_that_cannot_be_written_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asha("data", "table", "--write", tmp_path / "nowhere" / "corpora.md") == 2
    assert capsys.readouterr().err.endswith("cannot be written: No such file or directory.\n")


def test_every_command_on_the_registry_speaks_json(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["list"], ["show", "fleurs"], ["check"]):
        assert asha("data", *words, "--json") == 0
        assert json.loads(capsys.readouterr().out)
