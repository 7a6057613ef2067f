"""Corpora on the Hugging Face hub: parquet files, streamed piece by piece or kept on the shelf.

A repository whose main branch holds no parquet (sound in archives, a loader script) is read from
the branch into which the hub itself converts: refs/convert/parquet.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from asha.data.fetch import NotFetched
from asha.data.problem import Problem
from asha.data.sample import Sample
from asha.data.sources.parquet import parquet_rows
from asha.data.sources.part import Part, Progress, Shelf
from asha.data.sources.remote import Line, RemoteFile, download
from asha.data.spec import Corpus

REVISIONS = ("main", "refs/convert/parquet")
SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class HubFile:
    """One parquet file of a repository at a commit."""

    repository: str
    commit: str
    path: str
    num_bytes: int

    def url(self, shelf: Shelf) -> str:
        """Where it is read."""
        return (
            f"{shelf.hub_url}/datasets/{self.repository}/resolve/{self.commit}/{quote(self.path)}"
        )

    def kept(self, shelf: Shelf) -> Path:
        """Where it lies on this machine once it was fetched."""
        return shelf.folder / "hub" / self.repository / self.commit / self.path


def read(part: Part, shelf: Shelf) -> Iterator[Sample | Problem]:
    """Every row of a part: of the files on the shelf, else streamed.

    Raises:
        NotFetched: gate, account, dead link, no parquet, no network.
        ChangedColumns: the columns are called otherwise.
    """
    for files in _on_the_shelf(part, shelf):
        for path in files:
            yield from parquet_rows(path, part, path.stem)
        return
    with closing(_line(part.corpus, shelf)) as line:
        for file in files_of(part, shelf, line):
            kept = file.kept(shelf)
            whole = kept if kept.exists() else RemoteFile(line, file.url(shelf))
            yield from parquet_rows(whole, part, Path(file.path).stem)


def get(part: Part, shelf: Shelf, progress: Progress | None = None) -> list[Path]:
    """Fetch a part's files onto the shelf; what is there is not asked for again."""
    for here in _on_the_shelf(part, shelf):
        return here
    with closing(_line(part.corpus, shelf)) as line:
        files = files_of(part, shelf, line)
        paths = [download(line, it.url(shelf), it.kept(shelf), progress=progress) for it in files]
        _list_of(part, shelf, files)
        return paths


def commit_of(corpus: Corpus, where: str, shelf: Shelf) -> str:
    """The commit to pin: of the branch that holds the parquet files."""
    with closing(_line(corpus, shelf)) as line:
        for revision in REVISIONS:
            commit = _commit(line, shelf, where, revision)
            if commit and any(_tree(line, shelf, where, commit)):
                return commit
    raise _no_parquet(corpus.name, where)


def files_of(part: Part, shelf: Shelf, line: Line) -> list[HubFile]:
    """The parquet files of a part, at the pinned commits or else at the newest."""
    found: list[HubFile] = []
    for where, pin in part.places:
        for revision in (pin,) if pin else REVISIONS:
            commit = pin or _commit(line, shelf, where, revision)
            files = (
                [it for it in _tree(line, shelf, where, commit) if _is_of(part, Path(it.path))]
                if commit
                else []
            )
            if files:
                found += sorted(files, key=lambda it: it.path)
                break
        else:
            raise _no_parquet(str(part), where)
    return found


def _is_of(part: Part, path: Path) -> bool:
    """Whether a file's path names one of the part's subsets and one of its splits."""
    folders = path.parts[:-1]
    if not any(not it or it in folders or _begins(path.stem, it) for it in part.subsets):
        return False
    return any(it in folders or _begins(path.stem, it) for it in part.own_splits)


def _begins(stem: str, name: str) -> bool:
    rest = stem.removeprefix(name)
    return rest != stem and (not rest or not rest[0].isalnum())


def _commit(line: Line, shelf: Shelf, where: str, revision: str) -> str:
    """The commit of a branch; "" where there is no such branch."""
    try:
        told, _ = line.json(
            f"{shelf.hub_url}/api/datasets/{where}/revision/{quote(revision, safe='')}"
        )
    except NotFetched:
        if revision == REVISIONS[0]:
            raise
        return ""
    return str(told["sha"])


def _tree(line: Line, shelf: Shelf, where: str, commit: str) -> Iterator[HubFile]:
    page = f"{shelf.hub_url}/api/datasets/{where}/tree/{commit}?recursive=true"
    while page:
        entries, page = line.json(page)
        for entry in entries:
            if entry["type"] == "file" and entry["path"].endswith(SUFFIX):
                yield HubFile(where, commit, entry["path"], int(entry.get("size", 0)))


def _on_the_shelf(part: Part, shelf: Shelf) -> Iterator[list[Path]]:
    """The files that an earlier `get` of the same pins listed, if all are here."""
    listing = _listing(part, shelf)
    if listing and listing.exists():
        paths = [shelf.folder / line for line in listing.read_text("utf-8").splitlines()]
        if paths and all(it.exists() for it in paths):
            yield paths


def _list_of(part: Part, shelf: Shelf, files: list[HubFile]) -> None:
    listing = _listing(part, shelf)
    if listing:
        listing.parent.mkdir(parents=True, exist_ok=True)
        lines = [it.kept(shelf).relative_to(shelf.folder).as_posix() for it in files]
        listing.write_text("\n".join(lines), encoding="utf-8")


def _listing(part: Part, shelf: Shelf) -> Path | None:
    """Only pinned parts can be read without asking the hub: others may have changed there."""
    pins = [pin for _, pin in part.places]
    if not all(pins):
        return None
    names = [part.corpus.name, part.tag, part.split, part.subset, part.into, pins[0][:12]]
    return shelf.folder / "hub" / f"{'-'.join(filter(None, names))}.txt"


def _line(corpus: Corpus, shelf: Shelf) -> Line:
    has_token = bool(shelf.token)

    def remedy(status: int, code: str, url: str) -> str:
        if code == "GatedRepo" or (status == 403 and not code):
            first = "" if has_token else "log in with `hf auth login` (or set HF_TOKEN), "
            return (
                f"{corpus.name} is behind a gate: {first}accept the terms at {corpus.homepage}, "
                "then run the same command again."
            )
        if status == 401:
            what = "does not accept this token" if has_token else "wants an account"
            return (
                f"{corpus.name}: the hub {what}, or there is no such corpus; log in with `hf auth "
                f"login` (or set HF_TOKEN) and look at {corpus.homepage}."
            )
        if status == 404:
            return (
                f"{corpus.name} is no longer at {url}: look at {corpus.homepage} and mend "
                "`source` in its catalog file."
            )
        return f"{corpus.name}: the hub answers {status} to {url}; try again later."

    headers = {"authorization": f"Bearer {shelf.token}"} if has_token else {}
    return Line(shelf, remedy, headers)


def _no_parquet(what: str, where: str) -> NotFetched:
    return NotFetched(
        f"{what}: {where} holds no parquet file for it on the hub; run `hf download --repo-type "
        f"dataset {where}`, unpack it, and read the folder with `asha data count FOLDER`."
    )
