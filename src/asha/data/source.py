"""The one port of the lab's sources: a part of a corpus in, its samples and problems out."""

from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Protocol

from asha.core.errors import BadInput, NotFound
from asha.data.fetch import not_fetched
from asha.data.folder import folders_of, read_folder
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.sources.part import Part, Progress, Shelf, place
from asha.data.sources.remote import checksum
from asha.data.spec import Corpus, SourceKind

# kind -> the module with `read` and `get`. A new kind is its file and a line here.
SOURCES: dict[SourceKind, str] = {
    "huggingface": "asha.data.sources.hub",
    "archive": "asha.data.sources.archive",
    "webdataset": "asha.data.sources.webdataset",
}


class Source(Protocol):
    """A kind of source."""

    def read(self, part: Part, shelf: Shelf) -> Iterator[Sample | Problem]:
        """Every row of a part, its sound decoded, and every problem where it stands.

        Raises:
            AshaError: the part cannot be had; one sentence with the way out.
        """
        ...

    def get(self, part: Part, shelf: Shelf, progress: Progress | None = None) -> list[Path]:
        """Bring a part onto the shelf; an earlier call that was cut is gone on from."""
        ...


def read(part: Part, shelf: Shelf) -> Iterator[Sample | Problem]:
    """Every row of a part, wherever it comes from."""
    if part.corpus.source.kind == "folder":
        for _, split, folder, how in folders_of(part.corpus, part.tag):
            if split == part.split:
                yield from read_folder(folder, how)
        return
    yield from _source(part.corpus).read(part, shelf)


def get(part: Part, shelf: Shelf, progress: Progress | None = None) -> list[Path]:
    """Bring a part onto this machine; where it lies."""
    if part.corpus.source.kind == "folder":
        found = [it for _, _, it, _ in folders_of(part.corpus, part.tag)]
        if pin := part.corpus.source.pin:
            check_folder(part.corpus, pin)
        return found
    return _source(part.corpus).get(part, shelf, progress)


def pin_of(corpus: Corpus, where: str, shelf: Shelf, progress: Progress | None = None) -> str:
    """What pins `where` today: the hub's commit, an archive's or a folder's SHA-256."""
    kind = corpus.source.kind
    if kind == "huggingface":
        from asha.data.sources import hub

        return hub.commit_of(corpus, where, shelf)
    if kind == "archive":
        from asha.data.sources import archive

        return archive.checksum_of(corpus, where, shelf, progress)
    if "://" not in where and kind in ("folder", "webdataset"):
        return folder_digest(Path(where))
    if kind == "webdataset":
        raise BadInput(
            f"{corpus.name}: {where} has no one checksum; fetch it with `asha data get`, then let "
            "`where` name the folder and pin that."
        )
    raise not_fetched(corpus)


def check_folder(corpus: Corpus, pin: str) -> None:
    """Whether a folder is what was pinned.

    Raises:
        BadInput: it is another; says what to do.
    """
    found = folder_digest(Path(corpus.source.where))
    if found != pin:
        raise BadInput(
            f"{corpus.name}: the folder has changed since it was pinned (now {found[:12]}..., "
            f"pinned {pin[:12]}...); look at what changed, then `asha data pin` it anew."
        )


def folder_digest(folder: Path) -> str:
    """One SHA-256 for the names and contents of all files of a folder (or of one file).

    A corpus file (.toml) in it does not count: it holds the pin. Nor does what is hidden.
    """
    if folder.is_file():
        return checksum(folder)
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}; mend `source.where`.")
    files = sorted(
        it
        for it in folder.rglob("*")
        if it.is_file()
        and it.suffix != ".toml"
        and not any(part.startswith(".") for part in it.relative_to(folder).parts)
    )
    whole = sha256()
    for file in files:
        whole.update(f"{file.relative_to(folder).as_posix()}\0{checksum(file)}\n".encode())
    return whole.hexdigest()


def places_of(corpus: Corpus) -> list[str]:
    """Every place that has to be pinned, without its pin."""
    own = [where for table in corpus.languages.values() for where in table.where]
    return list(dict.fromkeys(place(where)[0] for where in own)) or [corpus.source.where]


def _source(corpus: Corpus) -> Source:
    where = SOURCES.get(corpus.source.kind)
    if where is None:
        raise not_fetched(corpus)
    source: Source = import_module(where)
    return source
