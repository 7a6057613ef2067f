"""A folder of recordings as a corpus: nothing is downloaded, nothing needs a catalog file.

Layouts, found by what lies in the folder:
    Kaldi    `wav.scp` and `text`, with `segments` and `utt2spk` where they exist
    table    one .csv, .tsv or .jsonl: a column of files, a column of text, perhaps one of speakers
    pairs    `x.wav` beside `x.txt`, in any depth

Folders named train, valid(ation), dev or test inside it are splits, each with a layout of its own;
so are tables named train.tsv, dev.tsv, test.tsv (Common Voice: their sounds lie in `clips`).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from asha.core.audio import Clip
from asha.core.errors import BadInput, BadSound, NotFound
from asha.core.language import TAGS, language
from asha.data.layouts import (
    SOUND_SUFFIXES,
    Row,
    kaldi_rows,
    pair_rows,
    table_rows,
    unnamed_sounds,
)
from asha.data.problem import Problem
from asha.data.sample import Sample, cleaned, read_clip
from asha.data.spec import Columns, Corpus, Split

SPLIT_FOLDERS: dict[str, Split] = {
    "train": "train",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "test": "test",
}


class NoCorpusHere(BadInput):
    """A folder without recordings and text in a layout that is known."""

    code = "no_corpus_here"


@dataclass(frozen=True, slots=True)
class Reading:
    """How a folder is read: what its language is, and what its columns are called."""

    language: str
    columns: Columns = field(default_factory=Columns)
    clean: tuple[str, ...] = ()
    spoken: bool = False  # digits and signs become words, as the text front end reads them


def folders_of(corpus: Corpus, only: str = "") -> list[tuple[str, Split, Path, Reading]]:
    """Language (`only` one), split, folder and way of reading, for a corpus of folders.

    A language's `subset` is a folder in it; `splits` name folders in that.

    Raises:
        NotFound: there is no such folder.
    """
    found: list[tuple[str, Split, Path, Reading]] = []
    for tag, table in corpus.languages.items():
        if only not in ("", tag):
            continue
        folder = Path(corpus.source.where) / table.subset
        how = Reading(tag, corpus.columns, tuple(corpus.clean), spoken=corpus.spoken_form)
        names = table.splits or corpus.splits
        splits = {it: folder / name for it, name in names.items()} or split_folders(folder)
        found += [(tag, split, it, how) for split, it in splits.items()]
    return found


def split_folders(folder: Path) -> dict[Split, Path]:
    """Each split's folder or table; a folder without any is all for training.

    Raises:
        NotFound: there is no such folder.
        NoCorpusHere: two claim one split, or recordings lie outside of the splits.
    """
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}; give one that holds sound and text.")
    inner = sorted(folder.iterdir())
    tables = _by_split([it for it in inner if _is_table(it)])
    if tables:
        return tables
    found = _by_split([it for it in inner if it.is_dir()])
    for loose in inner if found else ():
        if _is_table(loose) or loose.name == "wav.scp" or loose.suffix.lower() in SOUND_SUFFIXES:
            raise NoCorpusHere(
                f"{folder}: {loose.name} lies beside the splits; move it into one of them."
            )
    return found or {"train": folder}


def _by_split(paths: list[Path]) -> dict[Split, Path]:
    found: dict[Split, Path] = {}
    for path in paths:
        split = SPLIT_FOLDERS.get(path.stem)
        if split in found:
            raise NoCorpusHere(f"{found[split]} and {path.name} are both {split}; join them.")
        if split:
            found[split] = path
    return found


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in (".csv", ".tsv", ".jsonl") and path.is_file()


def written(text: str, how: Reading) -> str:
    """The text of a row after the repairs and, where it is wanted, in its spoken form."""
    repaired = cleaned(text, clean=how.clean)
    if not how.spoken or how.language not in TAGS:
        return repaired
    from asha.speech.normalize import normalize

    return normalize(repaired, language(how.language))


def read_folder(folder: Path, how: Reading) -> Iterator[Sample | Problem]:
    """Every sample of one split, its sound read, and every problem in the place where it stands.

    Raises:
        NotFound: there is no such folder.
        NoCorpusHere: it has none of the layouts.
        BadTable: its table cannot be read.
    """
    long_file = _LastFile()
    for row in _rows(folder, how.columns):
        yield row if isinstance(row, Problem) else _opened(row, how, long_file)


def _rows(folder: Path, columns: Columns) -> Iterator[Row | Problem]:
    if _is_table(folder):  # one table of several: what it does not name belongs to the others
        return table_rows(folder, columns)
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}; give one that holds sound and text.")
    if (folder / "wav.scp").exists():
        return kaldi_rows(folder)
    tables = sorted(it for it in folder.iterdir() if _is_table(it))
    if len(tables) > 1:
        names = ", ".join(it.name for it in tables)
        raise NoCorpusHere(f"{folder} holds several tables ({names}): keep one, or make splits.")
    if tables:
        return chain(table_rows(tables[0], columns), unnamed_sounds(tables[0], columns))
    rows = list(pair_rows(folder))
    if not rows:
        raise NoCorpusHere(
            f"{folder} holds no recordings: put x.wav beside x.txt, or add a .csv with the columns "
            "file and text, or Kaldi's wav.scp and text."
        )
    return iter(rows)


class _LastFile:
    """The file read last, or its error: segments of one long recording follow one another."""

    def __init__(self) -> None:
        self._path: Path | None = None
        self._clip: Clip | BadSound = BadSound("nothing was read yet")

    def clip(self, path: Path) -> Clip:
        if path != self._path:
            self._path = path
            try:
                self._clip = read_clip(path)
            except BadSound as broken:
                self._clip = broken
        if isinstance(self._clip, BadSound):
            raise self._clip
        return self._clip


def _opened(row: Row, how: Reading, long_file: _LastFile) -> Sample | Problem:
    text = written(row.text, how)
    if not row.sound.exists():
        return Problem("text without sound", row.name, f"{row.sound.name} is not there")
    if not text:
        return Problem("sound without text", row.name, "its text is empty")
    try:
        clip = long_file.clip(row.sound)
    except BadSound as broken:
        return Problem("broken sound", row.name, broken.message)
    if row.end_s is not None:
        start, end = round(row.start_s * clip.rate_hz), round(row.end_s * clip.rate_hz)
        if not 0 <= start < end:
            return Problem("broken sound", row.name, "its segment ends before it begins")
        if start >= len(clip.samples):
            return Problem("broken sound", row.name, "its segment begins after the recording ends")
        clip = Clip(clip.samples[start:end], clip.rate_hz)
    if not clip.samples.any():
        return Problem("text without sound", row.name, "its sound is nothing but zeros")
    return Sample(row.name, clip, text, how.language, row.speaker, row.others)


def listed(folder: Path, how: Reading) -> list[Row | Problem]:
    """What `read_folder` would read, in its order, without opening a sound."""
    return list(_rows(folder, how.columns))


def opened(row: Row, how: Reading) -> Sample | Problem:
    """One listed row with its sound read."""
    return _opened(row, how, _LastFile())
