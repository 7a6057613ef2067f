"""WebDataset: tar files in which `key.wav` stands beside `key.txt` or `key.json`.

`where` is a folder of tar files, one tar file, or an address with a range in braces
(https://.../train-{000..009}.tar). Remote tars are read through once, nothing is kept.
"""

import io
import json
import re
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any

from asha.core.errors import BadInput, BadSound, NotFound
from asha.data.fetch import NotFetched
from asha.data.folder import Reading, written
from asha.data.layouts import SOUND_SUFFIXES, SPEAKER_COLUMNS, TEXT_COLUMNS
from asha.data.problem import Problem
from asha.data.sample import Sample, as_text
from asha.data.sources.archive import remedy_for
from asha.data.sources.part import Part, Progress, Shelf
from asha.data.sources.remote import BLOCK_BYTES, Line, RemoteFile, download
from asha.speech.sound_file import decode_clip

RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")


def read(part: Part, shelf: Shelf) -> Iterator[Sample | Problem]:
    """Every row of a part, in the order of its tar files."""
    for where, _ in part.places:
        for tar in tars_of(where, part):
            if isinstance(tar, Path):
                with tar.open("rb") as file:
                    yield from tar_rows(file, tar.name, part.how)
                continue
            kept = _kept(shelf, part, tar)
            if kept.exists():
                with kept.open("rb") as file:
                    yield from tar_rows(file, kept.name, part.how)
                continue
            with closing(Line(shelf, remedy_for(part.corpus))) as line:
                remote = io.BufferedReader(RemoteFile(line, tar), BLOCK_BYTES)
                yield from tar_rows(remote, kept.name, part.how)


def get(part: Part, shelf: Shelf, progress: Progress | None = None) -> list[Path]:
    """Fetch a part's tar files onto the shelf."""
    found: list[Path] = []
    for where, _ in part.places:
        with closing(Line(shelf, remedy_for(part.corpus))) as line:
            for tar in tars_of(where, part):
                if isinstance(tar, str):
                    tar = download(line, tar, _kept(shelf, part, tar), progress=progress)
                found.append(tar)
    return found


def tars_of(where: str, part: Part) -> list[Path | str]:
    """The tar files or addresses of a split: where files are named after splits, its own.

    Raises:
        NotFound: there is no such folder or file.
        NotFetched: no tar file for this split.
    """
    if "://" in where:
        addresses = expanded(where)
        return [it for it in addresses if _is_of(part, PurePosixPath(it).stem, addresses)]
    path = Path(where)
    if not path.exists():
        raise NotFound(f"There is no {path}; give a folder of .tar files, or one .tar file.")
    tars = [path] if path.is_file() else sorted(path.rglob("*.tar"))
    names = [it.relative_to(path).as_posix() if path.is_dir() else it.name for it in tars]
    found = [tar for tar, name in zip(tars, names, strict=True) if _is_of(part, name, names)]
    if not found:
        raise NotFetched(f"{part}: {where} holds no .tar file for it; mend `splits` or `where`.")
    return list(found)


def expanded(address: str) -> list[str]:
    """`train-{08..10}.tar` as its addresses; numbers keep their zeros."""
    found = RANGE.search(address)
    if not found:
        return [address]
    first, last = found.groups()
    return [
        address[: found.start()] + str(number).zfill(len(first)) + address[found.end() :]
        for number in range(int(first), int(last) + 1)
    ]


def tar_rows(file: IO[bytes], name: str, how: Reading) -> Iterator[Sample | Problem]:
    """Rows of one open tar file: members with one key follow one another.

    Raises:
        BadInput: it is no whole tar file.
    """
    key, members = "", dict[str, bytes]()
    try:
        with tarfile.open(fileobj=file, mode="r:*") as tar:
            for member in tar:
                if not member.isfile():
                    continue
                path = PurePosixPath(member.name)
                found = path.with_name(path.name.partition(".")[0]).as_posix()
                if found != key and members:
                    yield _sample(key, members, how)
                    members = {}
                key = found
                content = tar.extractfile(member)
                assert content
                members["." + path.name.partition(".")[2].lower()] = content.read()
    except (tarfile.TarError, EOFError) as broken:
        raise BadInput(f"{name} is no whole tar file ({broken}); fetch it again.") from broken
    if members:
        yield _sample(key, members, how)


def _sample(key: str, members: dict[str, bytes], how: Reading) -> Sample | Problem:
    sound = next((body for kind, body in members.items() if kind in SOUND_SUFFIXES), None)
    if sound is None:
        return Problem("text without sound", key, f"only {', '.join(sorted(members))} is there")
    try:
        told = _told(members)
    except ValueError:
        return Problem("unreadable line", key, "its text is not UTF-8, or its JSON is broken")
    text = written(_first(told, (how.columns.text, *TEXT_COLUMNS)), how)
    if not text:
        return Problem("sound without text", key, "no .txt or .json with a text beside it")
    try:
        clip = decode_clip(sound, what=key)
    except BadSound as broken:
        return Problem("broken sound", key, broken.message)
    speaker = _first(told, (how.columns.speaker, *SPEAKER_COLUMNS))
    ours = {theirs: name for name, theirs in how.columns.extra.items()}
    others = {ours.get(name, name): as_text(cell) for name, cell in told.items()}
    return Sample(key, clip, text, how.language, speaker, others)


def _told(members: dict[str, bytes]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if ".json" in members:
        body = json.loads(members[".json"])
        told |= body if isinstance(body, dict) else {}
    if ".txt" in members:
        told["text"] = members[".txt"].decode("utf-8-sig")
    return told


def _first(told: dict[str, Any], names: tuple[str, ...]) -> str:
    return next((str(told[name]) for name in names if name and told.get(name)), "")


def _is_of(part: Part, name: str, names: list[str]) -> bool:
    """Whether a tar is of the split; where no name tells of any split, all are."""
    words = [set(re.split(r"[^A-Za-z0-9]+", it)) for it in (name, *names)]
    tells = {"train", "valid", "validation", "dev", "test", *part.own_splits}
    if not any(it & tells for it in words[1:]):
        return True
    return any(it in words[0] for it in part.own_splits)


def _kept(shelf: Shelf, part: Part, address: str) -> Path:
    return shelf.folder / "tars" / part.corpus.name / PurePosixPath(address).name
