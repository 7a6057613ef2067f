"""Archives: fetched with resume, checked, unpacked, read."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from corpora import entry, tar, tone

from asha.core.errors import BadInput
from asha.data.fetch import NotFetched
from asha.data.sample import Sample
from asha.data.source import get, pin_of, read
from asha.data.sources.part import Part, Shelf, WrongPin
from asha.doubles.downloads import Downloads, serving

MEMBERS = {
    "toy/gujarati/train/a.wav": tone(),
    "toy/gujarati/train/a.txt": "હા".encode(),
    "toy/gujarati/test/b.wav": tone(),
    "toy/gujarati/test/b.txt": "ના".encode(),
}


@pytest.fixture
def web() -> Iterator[Downloads]:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as file:
        for name, content in MEMBERS.items():
            file.writestr(name, content)
    files = {
        "/toy.tar.gz": tar(MEMBERS, mode="w:gz"),
        "/toy.zip": zipped.getvalue(),
        "/evil.tar": tar({"../escaped.txt": b"x"}),
        "/half.zip": zipped.getvalue()[:300],
    }
    with serving(Downloads(files=files)) as made:
        yield made


def part_of(url: str, pin: str = "", **more: object) -> Part:
    source = {"pin": pin, **more}
    made = entry("archive", url, source=source, languages={"gu": {"subset": "gujarati"}})
    return Part(made, "gu", "train")


@pytest.mark.parametrize("name", ["toy.tar.gz", "toy.zip"])
def test_an_archive_is_fetched_unpacked_and_read(web: Downloads, tmp_path: Path, name: str) -> None:
    shelf = Shelf(tmp_path, pause_s=0.0)
    part = part_of(f"{web.url}/{name}")
    with pytest.raises(NotFetched, match="`asha data get toy` fetches it from"):
        list(read(part, shelf))
    web.cut_after[:] = [20]
    get(part, shelf)
    get(part, shelf)
    assert [asked for _, asked in web.asked] == ["", "bytes=20-"]
    [row] = list(read(part, shelf))
    assert isinstance(row, Sample)
    assert (row.name, row.text) == ("a", "હા")


def test_another_file_than_the_pinned_one_is_refused(web: Downloads, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, pause_s=0.0)
    url = f"{web.url}/toy.tar.gz"
    pin = pin_of(part_of(url).corpus, url, shelf)
    assert pin == hashlib.sha256(web.files["/toy.tar.gz"]).hexdigest()
    get(part_of(url, pin), shelf)
    other = Shelf(tmp_path / "other", pause_s=0.0)
    with pytest.raises(WrongPin, match="its owners changed it; look at what changed"):
        get(part_of(url, "0" * 64), other)


def test_an_archive_writes_nothing_outside_of_its_folder(web: Downloads, tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", pause_s=0.0)
    with pytest.raises(BadInput, match="cannot be unpacked"):
        get(part_of(f"{web.url}/evil.tar"), shelf)
    assert not list(tmp_path.rglob("escaped.txt"))


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("/half.zip", "half.zip cannot be unpacked .* delete .* and fetch it again"),
        ("/gone.zip", r"no longer at .*/gone.zip \(404\): look at https://example.org/toy"),
        ("/page", "is a page, not an archive: download it from .* and read its folder"),
    ],
)
def test_what_cannot_be_had_is_a_sentence(
    web: Downloads, tmp_path: Path, path: str, sentence: str
) -> None:
    with pytest.raises((BadInput, NotFetched), match=sentence):
        get(part_of(web.url + path), Shelf(tmp_path, pause_s=0.0))


def test_terms_have_to_be_accepted_by_a_person(web: Downloads, tmp_path: Path) -> None:
    with pytest.raises(NotFetched, match=r"accept the terms at https://example.org/toy, then"):
        get(part_of(f"{web.url}/toy.zip", gated=True), Shelf(tmp_path, pause_s=0.0))
