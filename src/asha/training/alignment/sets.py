"""From a run file's sets to rows that can be drawn, each with the answers it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.data.catalog import corpus
from asha.data.fetch import not_fetched
from asha.data.folder import Reading, split_folders
from asha.data.mixture import BadMixture, MixedSet, Mixture
from asha.data.problem import Problem
from asha.data.rows import FolderRows, Kept, NoiseRows, Rows, StreamedRows, held_out, read_answers
from asha.data.source import SOURCES, read
from asha.data.sources.part import Part, shelf_of
from asha.data.spec import Corpus, Split
from asha.training.alignment.recipe import NEEDS_ANSWERS, AlignmentRun, SetTable

STREAM_WINDOW = 256  # rows of a stream that a mixture may draw in any order


@dataclass(frozen=True, slots=True)
class OpenSet:
    """A set that can be read. `answers` are empty where the task needs none."""

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
    if table.corpus and table.folder is None and corpus(table.corpus).source.kind in SOURCES:
        return OpenSet(table, streamed_rows(table, scored=scored), _answers_of_stream(table))
    if table.corpus:
        folder, how = corpus_folder(table, scored=scored)
    else:
        assert table.folder is not None
        folder, how = _split_of(table.folder, table.split or "train"), Reading(table.language)
    if table.task == "noise":
        return OpenSet(table, NoiseRows.of(folder, kept), {})
    rows = FolderRows.of(folder, how, kept)
    return OpenSet(table, rows, _answers(table, folder))


def streamed_rows(table: SetTable, *, scored: bool = False) -> Rows:
    """The rows of a corpus that is read where it lies, or from the shelf once it was fetched.

    Raises:
        BadInput: it may not be trained on, nobody has counted it, or a share of it is held out.
    """
    entry = corpus(table.corpus)
    check_may_train(entry, table, scored=scored)
    split = table.split or "train"
    num_rows = entry.languages[table.language].rows.get(split) or table.rows
    if not num_rows:
        raise BadInput(
            f"{entry.name}: nobody has counted {table.language} {split}: run `asha data count "
            f"{entry.name} --language {table.language} --write`."
        )
    if table.hold_out:
        raise BadInput(
            f"The set {table.name} is read as a stream, of which nothing can be held out; name its "
            "own validation split, or fetch it and give its folder."
        )
    part, shelf = Part(entry, table.language, split), shelf_of(Settings())
    return StreamedRows(lambda: read(part, shelf), num_rows, window=STREAM_WINDOW)


def _answers_of_stream(table: SetTable) -> Mapping[str, str]:
    if table.task not in NEEDS_ANSWERS:
        return {}
    if table.answers is None:
        raise BadInput(f"The set {table.name} needs answers: set `answers` to a table of them.")
    return read_answers(table.answers, table.answer_column)


def corpus_folder(table: SetTable, *, scored: bool = False) -> tuple[Path, Reading]:
    """Where a corpus lies on this machine, and how it is read.

    Raises:
        BadInput: it may not be trained on, has no such language or split, or is not here.
        NotFetched: says how it is had.
    """
    entry = corpus(table.corpus)
    check_may_train(entry, table, scored=scored)
    how = Reading(table.language, entry.columns, tuple(entry.clean))
    if table.folder is not None:
        return _split_of(table.folder, table.split or "train"), how
    if entry.source.kind != "folder":
        raise not_fetched(entry)
    split = table.split or "train"
    named = entry.languages[table.language]
    folder = Path(entry.source.where) / named.subset
    names = named.splits or entry.splits
    return (folder / names[split] if split in names else _split_of(folder, split)), how


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


def _answers(table: SetTable, folder: Path) -> Mapping[str, str]:
    if table.task not in NEEDS_ANSWERS:
        return {}
    if table.answers is not None:
        return read_answers(table.answers, table.answer_column)
    tables = (
        [folder] if folder.is_file() else sorted([*folder.glob("*.csv"), *folder.glob("*.tsv")])
    )
    if len(tables) != 1:
        raise BadInput(
            f"The set {table.name} needs answers: set `answers` to a table of them, or give the "
            f"folder's own table a column {table.answer_column!r}."
        )
    return read_answers(tables[0], table.answer_column)


def _problems(rows: Rows) -> tuple[Problem, ...]:
    return tuple(rows.problems) if isinstance(rows, FolderRows) else ()
