"""WebDataset: tar files on this machine or another."""

import json
from pathlib import Path

import pytest
from corpora import entry, tar, tone

from asha.core.errors import BadInput, NotFound
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.source import get, read
from asha.data.sources.part import Part, Shelf
from asha.data.sources.webdataset import expanded
from asha.doubles.downloads import Downloads, serving

FIRST = tar(
    {
        "0001.wav": tone(),
        "0001.txt": "હા".encode(),
        "0002.json": json.dumps({"sentence": "ના", "speaker": "meera"}).encode(),
        "0002.wav": tone(),
        "0003.wav": tone(),
        "0004.txt": "કોઈ નહીં".encode(),
        "0005.wav": b"RIFF but not really",
        "0005.txt": "હા".encode(),
        "0006.wav": tone(),
        "0006.json": b"{",
    }
)
SECOND = tar({"0007.wav": tone(), "0007.txt": "બસ".encode()})


def part_of(where: object, **more: object) -> Part:
    return Part(entry("webdataset", str(where), **more), "gu", "train")


def texts(part: Part, shelf: Shelf) -> list[str]:
    return [it.text for it in read(part, shelf) if isinstance(it, Sample)]


def test_rows_and_everything_wrong_with_them(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(FIRST)
    rows = list(read(part_of(tmp_path), Shelf(tmp_path)))
    good = [it for it in rows if isinstance(it, Sample)]
    assert [(it.name, it.text, it.speaker) for it in good] == [
        ("0001", "હા", ""),
        ("0002", "ના", "meera"),
    ]
    assert [(it.name, it.fault) for it in rows if isinstance(it, Problem)] == [
        ("0003", "sound without text"),
        ("0004", "text without sound"),
        ("0005", "broken sound"),
        ("0006", "unreadable line"),
    ]


def test_tars_named_after_splits_are_splits(tmp_path: Path) -> None:
    (tmp_path / "train-000.tar").write_bytes(SECOND)
    (tmp_path / "test-000.tar").write_bytes(FIRST)
    assert texts(part_of(tmp_path), Shelf(tmp_path)) == ["બસ"]


def test_addresses_are_read_through_and_fetched_with_resume(tmp_path: Path) -> None:
    files = {"/t-000.tar": FIRST, "/t-001.tar": SECOND}
    with serving(Downloads(files=files)) as web:
        part = part_of(f"{web.url}/t-{{000..001}}.tar")
        shelf = Shelf(tmp_path, pause_s=0.0)
        assert texts(part, shelf) == ["હા", "ના", "બસ"]
        assert not list(tmp_path.iterdir())
        web.cut_after[:] = [500]
        assert len(get(part, shelf)) == 2
        web.asked.clear()
        assert texts(part, shelf) == ["હા", "ના", "બસ"]
        assert not web.asked


def test_ranges_keep_their_zeros() -> None:
    assert expanded("a-{08..10}.tar") == ["a-08.tar", "a-09.tar", "a-10.tar"]
    assert expanded("a.tar") == ["a.tar"]


def test_what_is_not_there_or_broken_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no"):
        list(read(part_of(tmp_path / "nowhere"), Shelf(tmp_path)))
    (tmp_path / "x.tar").write_bytes(b"no tar at all" * 100)
    with pytest.raises(BadInput, match="no whole tar file"):
        list(read(part_of(tmp_path), Shelf(tmp_path)))
