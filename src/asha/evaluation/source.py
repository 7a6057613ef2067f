"""Where the cases of a part come from: a folder, a corpus of the registry, or the bench."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from asha.core.errors import BadInput
from asha.data.catalog import corpus
from asha.data.fetch import NotFetched, not_fetched
from asha.data.folder import Reading, folders_of, read_folder, split_folders
from asha.data.problem import Problem, Tally
from asha.data.sample import Sample
from asha.data.spec import Columns, Corpus, Split
from asha.evaluation.bench import Bench
from asha.evaluation.case import Case
from asha.evaluation.suite import Part

Rows = Iterator[Sample | Problem]
# Reads a corpus that is no folder here: corpus, language, split. None where nothing can.
Fetch = Callable[[Corpus, str, Split], Rows]
Extras = Mapping[str, Mapping[str, str]]  # sample's name -> its other columns
TABLES = (".csv", ".tsv", ".jsonl")


@dataclass(slots=True)
class Sources:
    """`data`: copies of corpora, as DATA/corpus/language/split. What was wrong is in `tallies`."""

    data: Path | None = None
    fetch: Fetch | None = None
    tallies: dict[str, Tally] = field(default_factory=dict)
    benches: dict[str, Bench] = field(default_factory=dict)

    def cases(self, part: Part, tag: str, *, rows: int) -> Iterator[Case]:
        """The cases of a part in one language, at most `rows` (0: all).

        Raises:
            NotFetched: the corpus is not on this machine; says how it is had.
            BadInput, NotFound: the folder is none, or lacks a column.
        """
        most = min((it for it in (rows, part.rows) if it), default=0)
        if part.bench:
            bench = self.benches.setdefault(part.words, Bench(Path(part.words)))
            yield from bench.cases(part.bench, part, tag, most or 10)
            return
        if part.task == "speak":
            yield from _lines(part, tag, most)
            return
        tally = self.tallies.setdefault(f"{part.name}/{tag}", Tally())
        extras, found = self._rows(part, tag)
        for sample in islice(tally.good(found), most or None):
            yield case_of(part, tag, sample, extras.get(sample.name, {}))

    def problems(self) -> list[str]:
        """What could not be used, in sentences."""
        return [
            f"{where}: {sentence}"
            for where, tally in self.tallies.items()
            for sentence in tally.sentences()
        ]

    def close(self) -> None:
        """End the synthesiser's process."""
        for bench in self.benches.values():
            bench.close()

    def _rows(self, part: Part, tag: str) -> tuple[Extras, Rows]:
        if part.folder:
            return _folder_rows(Path(part.folder), part, Reading(tag, Columns()), "test")
        entry = corpus(part.corpus)
        split = part.split or entry.scored_split(tag)
        if split is None:
            raise BadInput(
                f"{entry.name} has no split of {tag} that scores are reported on; name one with "
                f"`split` in the suite's part {part.name!r}.",
                param="split",
            )
        if entry.source.kind == "folder":
            for found_tag, found_split, folder, how in folders_of(entry):
                if (found_tag, found_split) == (tag, split):
                    return extras_of(folder, how.columns), read_folder(folder, how)
        copy = Path(entry.name) / tag / part.subset
        if self.data and (self.data / copy).is_dir():
            how = Reading(tag, entry.columns, tuple(entry.clean))
            return _folder_rows(self.data / copy, part, how, split)
        if self.fetch is None:
            missing = not_fetched(entry)
            raise NotFetched(
                f"{missing.message} To score it, give --data DIR with DIR/{copy}/{split}."
            )
        return {}, self.fetch(entry, tag, split)


def _lines(part: Part, tag: str, most: int) -> Iterator[Case]:
    """What a voice is to say: the lines of FOLDER/LANGUAGE.txt."""
    path = Path(part.folder) / f"{tag}.txt"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as broken:
        raise BadInput(
            f"{path} cannot be read: a part that speaks needs a text file for each language, "
            "one line for each utterance."
        ) from broken
    texts = [line.strip() for line in lines if line.strip()]
    for number, text in enumerate(texts[: most or None]):
        yield Case(
            f"{part.name}/{tag}/{number:03}",
            part.name,
            tag,
            "speak",
            question=text,
            reference=text,
        )


def _folder_rows(folder: Path, part: Part, how: Reading, split: Split) -> tuple[Extras, Rows]:
    """The wanted split, else all of a folder without splits."""
    splits = split_folders(folder)
    found = splits.get(part.split or split)
    if found is None:
        if set(splits) != {"train"} or splits["train"] != folder:
            raise BadInput(
                f"{folder} has no {part.split or split}, only {', '.join(splits)}; name one with "
                f"`split` in the suite's part {part.name!r}.",
                param="split",
            )
        found = folder
    return extras_of(found, how.columns), read_folder(found, how)


def extras_of(folder: Path, columns: Columns) -> Extras:
    """The other columns of a folder's table, by the name of each sample."""
    tables = (
        [folder]
        if folder.suffix in TABLES
        else sorted(it for it in folder.glob("*") if it.suffix in TABLES)
    )
    renamed = {theirs: ours for ours, theirs in columns.extra.items()}
    found: dict[str, dict[str, str]] = {}
    for table in tables:
        for row in _table(table):
            name = next(
                (row[it] for it in (columns.audio, "file", "path", "audio") if it in row), ""
            )
            found[name] = {renamed.get(key, key): value for key, value in row.items() if key}
    return found


def _table(path: Path) -> list[dict[str, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as broken:
        raise BadInput(f"{path} cannot be read as UTF-8; save it as UTF-8.") from broken
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if path.suffix == ".tsv":  # quotes are letters in .tsv files
        rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    else:
        rows = csv.DictReader(io.StringIO(text, newline=""))
    return [{key: value or "" for key, value in row.items() if key} for row in rows]


def case_of(part: Part, tag: str, sample: Sample, extra: Mapping[str, str]) -> Case:
    """A sample under the part's task.

    Raises:
        BadInput: the row lacks a column that the part names.
    """
    wanted = part.reference or ("translation" if part.task == "translate" else "")
    return Case(
        id=f"{part.name}/{tag}/{sample.name}",
        part=part.name,
        language=part.into or tag,
        task=part.task,
        question=sample.text,
        reference=_column(part, sample, extra, wanted) if wanted else _own(part, sample),
        choices=tuple(it.strip() for it in _column(part, sample, extra, part.choices).split("|"))
        if part.choices
        else (),
        prompt=_filled(part.prompt, extra),
        sound=sample.clip,
    )


def _own(part: Part, sample: Sample) -> str:
    """What is right where no column says so: of a transcript the text, of a question nothing."""
    return "" if part.task == "answer" else sample.text


def _column(part: Part, sample: Sample, extra: Mapping[str, str], name: str) -> str:
    if name not in extra:
        raise BadInput(
            f"{part.name}: {sample.name} has no column {name!r}; there are "
            f"{', '.join(sorted(extra)) or 'none'}: correct `reference` or `choices`.",
            param=name,
        )
    return str(extra[name])


def _filled(prompt: str, extra: Mapping[str, str]) -> str:
    for name, value in extra.items():
        prompt = prompt.replace("{" + name + "}", str(value))
    return prompt
