"""Where the cases of a part come from: a folder, a corpus of the registry, or the bench."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.data.catalog import corpus
from asha.data.fetch import NotFetched
from asha.data.folder import Reading, read_folder, split_folders
from asha.data.problem import Problem, Tally
from asha.data.sample import Sample
from asha.data.source import read
from asha.data.sources.part import Part as CorpusPart
from asha.data.sources.part import Shelf, shelf_of
from asha.data.spec import Split
from asha.evaluation.bench import Bench
from asha.evaluation.case import Case
from asha.evaluation.suite import Part

Rows = Iterator[Sample | Problem]
COLUMN = re.compile(r"\{(\w+)\}")  # in a prompt: filled from the row


@dataclass(slots=True)
class Sources:
    """`data`: copies of corpora, as DATA/corpus/language/split; all others are read from the shelf,
    or streamed from where they lie. What was wrong is in `tallies`.
    """

    data: Path | None = None
    shelf: Shelf = field(default_factory=lambda: shelf_of(Settings()))
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
        for sample in islice(tally.good(self._rows(part, tag)), most or None):
            yield case_of(part, tag, sample)

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

    def _rows(self, part: Part, tag: str) -> Rows:
        if part.folder:
            yield from _folder_rows(Path(part.folder), part, Reading(tag), "test")
            return
        entry = corpus(part.corpus)
        split = part.split or entry.scored_split(tag)
        if split is None:
            raise BadInput(
                f"{entry.name} has no split of {tag} that scores are reported on; name one with "
                f"`split` in the suite's part {part.name!r}.",
                param="split",
            )
        there = CorpusPart(entry, tag, split, part.subset, part.into, _wanted(part))
        copy = Path(entry.name) / tag / part.subset
        if self.data and (self.data / copy).is_dir():
            yield from _folder_rows(self.data / copy, part, there.how, split)
            return
        try:
            yield from read(there, self.shelf)
        except NotFetched as missing:
            raise NotFetched(
                f"{missing.message} A copy is read with --data DIR from DIR/{copy}/{split}."
            ) from missing


def _wanted(part: Part) -> tuple[str, ...]:
    """The columns that the part's cases are made of, beside sound and text."""
    told = "translation" if part.task == "translate" and not part.reference else part.reference
    named = (told, part.choices, *COLUMN.findall(part.prompt))
    return tuple(dict.fromkeys(filter(None, named)))


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


def _folder_rows(folder: Path, part: Part, how: Reading, split: Split) -> Rows:
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
    return read_folder(found, how)


def case_of(part: Part, tag: str, sample: Sample) -> Case:
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
        reference=_column(part, sample, wanted) if wanted else _own(part, sample),
        choices=tuple(it.strip() for it in _column(part, sample, part.choices).split("|"))
        if part.choices
        else (),
        prompt=COLUMN.sub(lambda found: _column(part, sample, found[1]), part.prompt),
        sound=sample.clip,
    )


def _own(part: Part, sample: Sample) -> str:
    """What is right where no column says so: of a transcript the text, of a question nothing."""
    return "" if part.task == "answer" else sample.text


def _column(part: Part, sample: Sample, name: str) -> str:
    if name not in sample.others:
        raise BadInput(
            f"{part.name}: {sample.name} has no column {name!r}; there are "
            f"{', '.join(sorted(sample.others)) or 'none'}: correct `reference` or `choices`.",
            param=name,
        )
    return sample.others[name]
