"""A suite: which corpora are asked for what, and what is counted. One TOML file, checked."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from asha.core.errors import AshaError
from asha.core.language import TAGS
from asha.data.catalog import corpus
from asha.data.spec import Closed, Split
from asha.data.toml_file import checked, read_toml
from asha.evaluation.metrics import metrics_of
from asha.evaluation.prediction import Task

BenchPart = Literal["answer", "digits", "hesitation", "backchannel", "interruption", "switch"]


class Part(Closed):
    """One corpus (or folder, or part of asha-bench) under one task, in some languages."""

    name: str = Field(pattern=r"^[a-z0-9_-]+$")
    task: Task
    corpus: str = ""  # of the registry
    folder: str = ""  # of recordings, or a table of texts; relative to the suite's file
    bench: BenchPart | None = None
    languages: list[str] = Field(min_length=1)
    subset: str = ""  # of a corpus that consists of several: DATA/CORPUS/LANGUAGE/SUBSET/SPLIT
    into: str = ""  # the language to translate into
    split: Split | None = None  # None: the one that the corpus is scored on
    metrics: list[str] = Field(min_length=1)
    prompt: str = ""  # written beside the sound; {column} is the row's
    reference: str = ""  # the column that is right, where it is not the text
    choices: str = ""  # the column of choices, separated by |
    rows: int = Field(0, ge=0)  # of each language, at most; 0: all
    words: str = ""  # of the bench: the folder of requests, relative to the suite's file
    fillers: dict[str, list[str]] = Field(default_factory=dict)  # of the bench: hesitations

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(map(bool, (self.corpus, self.folder, self.bench))) != 1:
            raise ValueError("give one of corpus, folder and bench")
        if self.bench and (unknown := [it for it in self.languages if it not in TAGS]):
            raise ValueError(f"languages: the bench has {', '.join(TAGS)}, not {unknown[0]!r}")
        try:
            entry = corpus(self.corpus) if self.corpus else None
            metrics_of(tuple(self.metrics))
        except AshaError as unknown:
            raise ValueError(unknown.message) from unknown
        known = entry.languages if entry else self.languages
        if unheard := [it for it in self.languages if it not in known]:
            raise ValueError(f"languages: {self.corpus} has {', '.join(known)}, not {unheard[0]!r}")
        if self.task == "speak" and not self.folder:
            raise ValueError("folder: a part that speaks needs one with a LANGUAGE.txt for each")
        if (self.task == "translate") != bool(self.into):
            raise ValueError("into: name the language to translate into, and only for that task")
        return self


class Suite(Closed):
    """Parts that are scored together."""

    name: str = Field(pattern=r"^[a-z0-9_-]+$")
    title: str
    note: str = ""
    parts: list[Part] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [part.name for part in self.parts]
        if twice := next((it for it in names if names.count(it) > 1), None):
            raise ValueError(f"parts: two are called {twice!r}")
        return self


def load_suite(path: Path) -> Suite:
    """The suite in `path`; its relative folders are taken from where the file lies.

    Raises:
        BadInput: no such file, no TOML, or a wrong key or value; names the remedy.
    """
    suite = checked(read_toml(path, "suite", like="suites/fleurs.toml"), Suite, path)
    return suite.model_copy(update={"parts": [_placed(it, path.parent) for it in suite.parts]})


def _placed(part: Part, beside: Path) -> Part:
    """The part with its folders found from anywhere."""
    found: dict[str, Any] = {}
    for name in ("folder", "words"):
        if given := getattr(part, name):
            found[name] = str((beside / given).resolve())
    return part.model_copy(update=found)
