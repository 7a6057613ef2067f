"""From a run file's sets to rows that can be drawn, each with the answers it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.data.catalog_file import corpus_named
from asha.data.fetch import not_fetched
from asha.data.folder import Reading, folders_of, split_folders
from asha.data.mixture import BadMixture, MixedSet, Mixture
from asha.data.problem import Problem
from asha.data.rows import FolderRows, Kept, NoiseRows, Rows, StreamedRows, held_out, read_answers
from asha.data.source import SOURCES, read
from asha.data.sources.part import Part, shelf_of
from asha.data.spec import Corpus, Split
from asha.training.alignment.recipe import AlignmentRun, SetTable

STREAM_WINDOW = 256  # rows of a stream that a mixture may draw in any order


@dataclass(frozen=True, slots=True)
class OpenSet:
    """A set that can be read. `answers` are those of a table beside it, by name."""

    table: SetTable
    rows: Rows
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sets:
    """All that a run reads. `mixture.sets[i]` is `train[i]`; `problems` are the rows that the
    lists already show to be unusable.
    """

    train: tuple[OpenSet, ...]
    mixture: Mixture
    validation: tuple[OpenSet, ...]
    problems: tuple[Problem, ...]


def open_sets(run: AlignmentRun) -> Sets:
    """List every set; no sound is opened.

    Raises:
        BadInput: a set may not be trained on, is not there, is empty, or lacks its answers.
    """
    train = tuple(open_set(it, held_out(it.hold_out, wanted=False)) for it in run.mixture)
    mixture = Mixture([MixedSet(it.table.name, it.rows, it.table.weight) for it in train], run.seed)
    validation = [open_set(it, lambda _: True, scored=True) for it in run.validation.sets]
    for table in run.mixture:
        if table.hold_out:
            kept = open_set(table, held_out(table.hold_out, wanted=True))
            if not len(kept.rows):
                raise BadMixture(
                    f"The set {table.name} is so small that hold_out = {table.hold_out:g} keeps "
                    "nothing for validation; raise it."
                )
            validation.append(kept)
    for it in validation:
        if not len(it.rows):
            raise BadMixture(f"The validation set {it.table.name} is empty; take it out.")
    listed = tuple(problem for it in train for problem in _problems(it.rows))
    return Sets(train, mixture, tuple(validation), listed)


def open_set(table: SetTable, kept: Kept, *, scored: bool = False) -> OpenSet:
    """One set; `scored` ones may be of a corpus that is not for training."""
    answers = read_answers(table.answers, table.column) if table.answers else {}
    entry = corpus_named(table.corpus) if table.corpus else None
    if entry is not None:
        check_may_train(entry, table, scored=scored)
        if table.folder is None and entry.source.kind in SOURCES:
            return OpenSet(table, streamed_rows(entry, table), answers)
    folder, how = _folder_of(entry, table)
    if table.task == "noise":
        return OpenSet(table, NoiseRows.of(folder, kept), {})
    rows = FolderRows.of(folder, how, kept)
    if table.column and not table.answers and rows.rows:
        _check_column(table, rows.rows[0].others)
    return OpenSet(table, rows, answers)


def streamed_rows(entry: Corpus, table: SetTable) -> Rows:
    """The rows of a corpus that is read where it lies, or from the shelf once it was fetched.

    Raises:
        BadInput: nobody has counted it, or a share of it is held out.
    """
    tag, split = table.language or next(iter(entry.languages)), table.split or "train"
    num_rows = entry.languages[tag].rows.get(split) or table.rows
    if not num_rows:
        raise BadInput(
            f"{entry.name}: nobody has counted {tag} {split}: run `asha data count "
            f"{table.corpus} --language {tag} --write`."
        )
    if table.hold_out:
        raise BadInput(
            f"The set {table.name} is read as a stream, of which nothing can be held out; name its "
            "own validation split, or fetch it and give its folder."
        )
    also = (table.column,) if table.column and table.answers is None else ()
    part, shelf = Part(entry, tag, split, into=table.into, also=also), shelf_of(Settings())
    return StreamedRows(lambda: read(part, shelf), num_rows, window=STREAM_WINDOW)


def _folder_of(entry: Corpus | None, table: SetTable) -> tuple[Path, Reading]:
    """Where the recordings lie on this machine, and how they are read.

    Raises:
        BadInput: there is no such split.
        NotFetched: the corpus is not here; says how it is had.
    """
    split = table.split or "train"
    if entry is None:
        assert table.folder is not None
        return _split_of(table.folder, split), Reading(table.language)
    if table.folder is not None:
        return _split_of(table.folder, split), Part(entry, table.language, split).how
    if entry.source.kind != "folder":
        raise not_fetched(entry)
    found = {it: (folder, how) for _, it, folder, how in folders_of(entry, table.language)}
    if split not in found:
        raise BadInput(f"{entry.name} has no split {split!r}; it has {', '.join(found)}.")
    return found[split]


def _check_column(table: SetTable, others: Mapping[str, str]) -> None:
    if table.column not in others:
        raise BadInput(
            f"The set {table.name} needs answers: set `answers` to a table of them, or give the "
            f"folder's own table a column {table.column!r} (asha data make writes it)."
        )


def check_may_train(entry: Corpus, table: SetTable, *, scored: bool = False) -> None:
    """Refuse what its owners, its licence or the registry's rules forbid.

    Raises:
        BadInput: names corpus, reason and remedy.
    """
    if table.language not in entry.languages and table.task != "noise":
        known = ", ".join(entry.languages)
        raise BadInput(f"{entry.name} has no language {table.language!r}; it has {known}.")
    if scored:
        return
    if entry.refusal is not None:
        raise BadInput(f"{entry.name} may not be trained on: {entry.refusal}.")
    split = table.split or "train"
    allowed = entry.languages[table.language].train_on if table.language in entry.languages else []
    if split not in (allowed or ["train"]):
        raise BadInput(f"{entry.name}: {split} is scored, so it is never trained on; use train.")


def _split_of(folder: Path, split: Split) -> Path:
    found = split_folders(folder)
    if split not in found:
        raise BadInput(f"{folder} has no split {split!r}; it has {', '.join(found)}.")
    return found[split]


def _problems(rows: Rows) -> tuple[Problem, ...]:
    return tuple(rows.problems) if isinstance(rows, FolderRows) else ()
