"""Corpora in archives: downloaded with resume, checked, unpacked, then read as folders."""

import shutil
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from asha.core.errors import BadInput
from asha.data.fetch import NotFetched
from asha.data.folder import read_folder, split_folders
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.sources.part import Part, Progress, Shelf
from asha.data.sources.remote import Line, checksum, download
from asha.data.spec import Corpus

TARS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
SUFFIXES = (*TARS, ".zip")


def read(part: Part, shelf: Shelf) -> Iterator[Sample | Problem]:
    """Every row of a part of archives that `get` brought.

    Raises:
        NotFetched: they were not fetched yet, or cannot be.
    """
    for where, pin in part.places:
        folder = _folder(shelf, part.corpus, where, pin)
        if not folder.exists():
            check_address(part.corpus, where)
            raise NotFetched(
                f"{part.corpus.name} is not on this machine: `asha data get {part.corpus.name}` "
                f"fetches it from {where}."
            )
        for found in _split_folders(part, folder):
            yield from read_folder(found, part.how)


def get(part: Part, shelf: Shelf, progress: Progress | None = None) -> list[Path]:
    """Fetch and unpack a part's archives; what is here stays.

    Raises:
        NotFetched: no archive at that address, a gate, a dead link, no network.
        WrongPin: another file than the pinned one.
        BadInput: it is no whole archive, or would write outside of its folder.
    """
    folders = []
    for where, pin in part.places:
        folder = _folder(shelf, part.corpus, where, pin)
        if not folder.exists():
            unpack(fetched(part.corpus, where, pin, shelf, progress), folder)
        folders.append(folder)
    return folders


def fetched(
    corpus: Corpus, where: str, pin: str, shelf: Shelf, progress: Progress | None = None
) -> Path:
    """The archive itself, on the shelf."""
    check_address(corpus, where)
    path = shelf.folder / "archives" / corpus.name / Path(urlsplit(where).path).name
    with closing(Line(shelf, remedy_for(corpus))) as line:
        return download(line, where, path, sha256=pin, progress=progress)


def checksum_of(corpus: Corpus, where: str, shelf: Shelf, progress: Progress | None = None) -> str:
    """The checksum to pin; fetches the archive."""
    return checksum(fetched(corpus, where, "", shelf, progress))


def check_address(corpus: Corpus, where: str) -> None:
    """Whether `where` is an archive, not the page that leads to it.

    Raises:
        NotFetched: says what to do by hand.
    """
    if corpus.source.gated or not urlsplit(where).path.endswith(SUFFIXES):
        terms = f"accept the terms at {corpus.homepage}, then " if corpus.source.gated else ""
        raise NotFetched(
            f"{corpus.name}: {where} is a page, not an archive: {terms}download it from {where} "
            "and read its folder with `asha data count FOLDER`, or set `where` to the archive's "
            "own address (https://...tar.gz or .zip)."
        )


def unpack(archive: Path, folder: Path) -> None:
    """Into `folder`, whole or not at all; nothing is written outside of it.

    Raises:
        BadInput: it is no whole archive.
    """
    partial = folder.with_name(folder.name + ".part")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        if archive.name.endswith(".zip"):
            with zipfile.ZipFile(archive) as zipped:
                for name in zipped.namelist():
                    _check_inside(archive, name)
                zipped.extractall(partial)
        else:
            with tarfile.open(archive) as tar:
                tar.extractall(partial, filter="data")
    except (tarfile.TarError, zipfile.BadZipFile, EOFError) as broken:
        shutil.rmtree(partial, ignore_errors=True)
        raise BadInput(
            f"{archive.name} cannot be unpacked ({broken}); delete {archive} and fetch it again."
        ) from broken
    except OSError as failed:
        shutil.rmtree(partial, ignore_errors=True)
        raise BadInput(f"{folder} cannot be written: {failed.strerror or failed}.") from failed
    partial.rename(folder)


def _check_inside(archive: Path, name: str) -> None:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise BadInput(f"{archive.name} would write to {name}, outside of its folder; left alone.")


def _folder(shelf: Shelf, corpus: Corpus, where: str, pin: str) -> Path:
    stem = Path(urlsplit(where).path).name
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    return shelf.folder / "unpacked" / corpus.name / f"{stem}-{pin[:12] or 'unpinned'}"


def _split_folders(part: Part, root: Path) -> list[Path]:
    """Where a part's rows lie in what was unpacked: archives often hold one folder in which all
    the rest lies.
    """
    for subset in part.subsets:
        base = root
        while not subset or not (base / subset).is_dir():
            inner = list(base.iterdir())
            if len(inner) != 1 or not inner[0].is_dir() or inner[0].name == subset:
                break
            base = inner[0]
        base = base / subset
        if not base.is_dir():
            raise BadInput(f"{part}: the archive holds no folder {subset!r}; mend `subset`.")
        own = [base / it for it in part.own_splits]
        named = [it for it in own if it.exists()]
        if named:
            return named
        found = split_folders(base)
        if part.split in found:
            return [found[part.split]]
    raise BadInput(f"{part}: the archive holds no {' or '.join(part.own_splits)}; mend `splits`.")


def remedy_for(corpus: Corpus) -> Callable[[int, str, str], str]:
    def remedy(status: int, code: str, url: str) -> str:
        del code
        if status in (401, 403):
            return (
                f"{corpus.name}: {url} is not open ({status}): look at {corpus.homepage} for the "
                "terms, download it by hand and read its folder with `asha data count FOLDER`."
            )
        if status in (404, 410):
            return (
                f"{corpus.name} is no longer at {url} ({status}): look at {corpus.homepage} and "
                "mend `source.where` in its catalog file."
            )
        return f"{corpus.name}: {url} answers {status}; try again later."

    return remedy
