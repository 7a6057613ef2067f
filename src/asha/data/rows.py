"""Sets of samples that can be asked for any row: what a mixture draws from."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Protocol

from asha.core.audio import Clip
from asha.core.errors import BadInput, BadSound, NotFound
from asha.data.folder import Reading, listed, opened
from asha.data.layouts import SOUND_SUFFIXES, Row, cells_of
from asha.data.problem import Problem
from asha.data.sample import Sample, read_clip

Kept = Callable[[str], bool]  # whether a row is meant, by its speaker, else its name


class Rows(Protocol):
    """So many rows, each read when it is asked for."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def read(self, index: int) -> Sample | Problem:
        """Row `index`, with its sound."""
        ...


@dataclass(frozen=True, slots=True)
class FolderRows:
    """A folder of recordings; `problems` are the rows that its list already shows to be broken."""

    rows: Sequence[Row]
    how: Reading
    problems: Sequence[Problem]

    @classmethod
    def of(cls, folder: Path, how: Reading, kept: Kept = lambda _: True) -> "FolderRows":
        """List `folder`; no sound is opened."""
        found = listed(folder, how)
        return cls(
            [it for it in found if isinstance(it, Row) and kept(it.speaker or it.name)],
            how,
            [it for it in found if isinstance(it, Problem)],
        )

    def __len__(self) -> int:
        return len(self.rows)

    def read(self, index: int) -> Sample | Problem:
        """Row `index`, its sound decoded."""
        return opened(self.rows[index], self.how)


@dataclass(frozen=True, slots=True)
class NoiseRows:
    """Sounds in which nobody says a word: every sound file of a folder, in any depth."""

    files: Sequence[Path]
    folder: Path

    @classmethod
    def of(cls, folder: Path, kept: Kept = lambda _: True) -> "NoiseRows":
        """List `folder`.

        Raises:
            NotFound: there is no such folder.
        """
        if not folder.is_dir():
            raise NotFound(f"There is no folder {folder}; give one that holds sounds.")
        files = sorted(it for it in folder.rglob("*") if it.suffix.lower() in SOUND_SUFFIXES)
        return cls([it for it in files if kept(it.name)], folder)

    def __len__(self) -> int:
        return len(self.files)

    def read(self, index: int) -> Sample | Problem:
        """Row `index`: sound without text."""
        path = self.files[index]
        name = path.relative_to(self.folder).as_posix()
        try:
            return Sample(name, read_clip(path), "", "zxx")
        except BadSound as broken:
            return Problem("broken sound", name, broken.message)


class StreamedRows:
    """A source that can only be read from its start, as if any row could be asked for.

    Rows are asked for in rising order for the most part (a mixture draws a stream in blocks): what
    was read stays in memory until the reading has gone `window` rows past it. Asking for an earlier
    row starts the stream again.
    """

    def __init__(
        self, start: Callable[[], Iterator[Sample | Problem]], num_rows: int, *, window: int
    ) -> None:
        self._start, self._num_rows, self.window = start, num_rows, window
        self._stream = start()
        self._next = 0
        self._seen: dict[int, Sample | Problem] = {}
        self._one_at_a_time = Lock()

    def __len__(self) -> int:
        return self._num_rows

    def read(self, index: int) -> Sample | Problem:
        """Row `index`; a stream that ends early says so in its place."""
        with self._one_at_a_time:
            return self._read(index)

    def _read(self, index: int) -> Sample | Problem:
        if index < self._next and index not in self._seen:
            self._stream, self._next, self._seen = self._start(), 0, {}
        while self._next <= index:
            row = next(self._stream, None)
            if row is None:
                promised = f"row {index:,} of {self._num_rows:,}"
                return Problem("text without sound", promised, "the source ends before it")
            self._seen[self._next] = row
            self._seen.pop(self._next - 2 * self.window, None)
            self._next += 1
        return self._seen[index]


def held_out(share: float, *, wanted: bool) -> Kept:
    """Keeps the rows that are held out (`wanted`), or the others: by speaker where there is one.

    Which these are follows from the names alone, so a set that grows keeps its division.
    """

    def kept(name: str) -> bool:
        digest = hashlib.sha256(name.encode()).digest()
        is_out = int.from_bytes(digest[:4], "big") < share * 2**32
        return is_out == wanted

    return kept


def read_answers(table: Path, column: str) -> dict[str, str]:
    """The texts of one column of a .csv or .tsv by its first column (a clip's file or name).

    Raises:
        BadInput: the file or the column is not there.
    """
    if not table.is_file():
        raise BadInput(f"There is no {table}; give the answers as a .csv, .tsv or .jsonl.")
    rows = [row for row in cells_of(table) if row]
    if not rows or column not in rows[0]:
        raise BadInput(
            f"{table} has no column {column!r}; make one (asha data make), or name another with "
            "`answer_column`."
        )
    place = rows[0].index(column)
    return {row[0]: row[place] for row in rows[1:] if place < len(row) and row[place]}


def answer_of(sample: Sample, answers: Mapping[str, str]) -> str:
    """A sample's answer: by its name, or by its file's without the suffix."""
    return answers.get(sample.name) or answers.get(str(Path(sample.name).with_suffix("")), "")


def as_clip(sample: Sample) -> Clip:
    """The sound of a sample that was read."""
    assert isinstance(sample.sound, Clip)
    return sample.sound
