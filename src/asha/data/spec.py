"""What a corpus says of itself: one TOML file, a table per language, validated when loaded."""

import re
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Task = Literal["transcribe", "continue", "answer", "translate", "speak", "noise"]
Split = Literal["train", "validation", "test"]
SOURCE_KINDS = ("huggingface", "archive", "folder", "on_request")
UNVERIFIED = "unverified"  # a licence nobody has read: listed, but refused for training


class Closed(BaseModel):
    """Unknown keys are refused: a typo must not pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Closed):
    """Where a corpus comes from. `pin` is a commit or a checksum."""

    kind: Literal["huggingface", "archive", "folder", "on_request"]
    where: str
    pin: str = ""
    gated: bool = False  # terms must be accepted with an account first


class Columns(Closed):
    """What the columns are called in the source."""

    audio: str = ""
    text: str = ""
    speaker: str = ""
    extra: dict[str, str] = Field(default_factory=dict)


class LanguageTable(Closed):
    """One language of a corpus."""

    subset: str = ""
    rows: dict[Split, int] = Field(default_factory=dict)  # counted by a command, never typed
    hours: float | None = None
    splits: dict[Split, str] = Field(default_factory=dict)  # the source's own names
    train_on: list[Split] = Field(default_factory=list)
    mixes: list[str] = Field(default_factory=list)  # languages within one utterance
    note: str = ""


class Corpus(Closed):
    """One corpus. The loader refuses to train without a licence and a pin."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    homepage: str
    license: str  # SPDX where there is one, or "unverified"
    source: Source
    columns: Columns = Columns()
    scripts: list[str] = Field(default_factory=list)
    script_policy: str = ""  # how mixed speech is written down
    tasks: list[Task]
    clean: list[str] = Field(default_factory=list)  # names of pure functions in data/sample.py
    rate_hz: int | None = None
    scored_only: bool = False
    commonly_trained_on: bool = False  # models have likely seen its test split
    checked_on: date
    note: str = ""
    languages: dict[str, LanguageTable]

    @model_validator(mode="after")
    def _scored_is_not_trained(self) -> Self:
        for tag, table in self.languages.items():
            if "test" in table.train_on:
                raise ValueError(f"languages.{tag}.train_on: a test split is never trained on")
            if self.scored_only and table.train_on:
                raise ValueError(f"languages.{tag}.train_on: the corpus is scored only")
        return self

    @property
    def refusal(self) -> str | None:
        """Why it may not be trained on, or None."""
        if self.scored_only:
            return "it is kept for scoring"
        if self.license == UNVERIFIED:
            return "nobody has read its licence yet: read it, then set `license`"
        if re.search(r"(^|-)(NC|ND)(-|$)", self.license):
            return f"its licence {self.license} forbids it: use it for scoring only"
        if not self.source.pin:
            return "its source has no pin: set `source.pin` to a commit or checksum"
        return None
