"""What a corpus says of itself: one TOML file, a table per language, validated when loaded."""

import re
from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from asha.data.sample import CLEANERS

# "identify": name the language or the intent. "text": there is no sound, only text.
Task = Literal[
    "transcribe", "continue", "answer", "translate", "speak", "noise", "identify", "text"
]
Split = Literal["train", "validation", "test"]
SourceKind = Literal["huggingface", "archive", "webdataset", "folder", "on_request", "unlocated"]
# native: each language in its own script; romanised: in Latin letters; mixed: word by word.
Writing = Literal["native", "romanised", "mixed"]
Refusal = Literal[
    "scored only", "unlocated", "unverified", "none stated", "closed", "non-commercial", "no pin"
]
REFUSALS: dict[Refusal, str] = {
    "scored only": "it is kept for scoring",
    "unlocated": "nobody has found where it can be had: set `source` when you have",
    "unverified": "nobody has read its licence yet: read it, then set `license`",
    "none stated": "no licence is stated: ask its owners, then set `license`",
    "closed": "it is closed: only its owners can use it",
    "non-commercial": "its licence {license} forbids it: use it for scoring only",
    "no pin": "its source has no pin: set `source.pin` to a commit or checksum",
}
# Two or three letters, then script and region: BCP 47 as far as speech needs it. zxx: no language.
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


class Closed(BaseModel):
    """Unknown keys are refused: a typo must not pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Closed):
    """Where a corpus comes from. `pin` is a commit (hub) or a SHA-256 (all others).

    `on_request` is had from its owners; `unlocated` is known by name, and nobody has found it.
    """

    kind: SourceKind
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

    subset: str = ""  # + joins two
    # Sources of this language alone, each with its own pin: "owner/name@commit".
    where: list[str] = Field(default_factory=list)
    rows: dict[Split, int] = Field(default_factory=dict)  # counted; `note` says by whom
    hours: float | None = None
    counted_on: date | None = None  # by `asha data count --write`; else `note` says by whom
    splits: dict[Split, str] = Field(default_factory=dict)  # in place of the corpus's
    train_on: list[Split] = Field(default_factory=list)  # empty: train alone
    mixes: list[str] = Field(default_factory=list)  # languages within one utterance
    into: list[str] = Field(default_factory=list)  # translated into; the key is what is spoken
    # What {into} in `subset` is for a language, where it is not its tag.
    into_names: dict[str, str] = Field(default_factory=dict)
    keep: dict[str, str] = Field(default_factory=dict)  # only rows where column = value
    writing: Writing | None = None  # in place of the corpus's
    note: str = ""


class Corpus(Closed):
    """One corpus. The loader refuses to train without a licence and a pin."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    homepage: str
    license: str  # SPDX where there is one, or "unverified", "none stated", "closed"
    source: Source
    columns: Columns = Columns()
    splits: dict[Split, str] = Field(default_factory=dict)  # the source's own names; + joins two
    scripts: list[str] = Field(default_factory=list)
    script_policy: str = ""  # how mixed speech is written down
    writing: Writing | None = None  # the same in a word; a language may differ
    spoken_form: bool = False  # digits and signs are read as words by the text front end
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
            names = table.splits or self.splits
            for split in table.train_on:
                if names and split not in names:
                    raise ValueError(f"languages.{tag}.train_on: there is no split {split!r}")
        return self

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        tags = {t for key, it in self.languages.items() for t in (key, *it.mixes, *it.into)}
        for tag in sorted(tags):
            if not LANGUAGE_TAG.fullmatch(tag):
                raise ValueError(f"languages: {tag!r} is no tag such as hi, hi-Latn or en-IN")
        if self.source.kind == "folder" and any(it.keep for it in self.languages.values()):
            raise ValueError("keep: a folder is read whole; leave out the rows in its table")
        for name in self.clean:
            if name not in CLEANERS:
                raise ValueError(f"clean: there is no {name!r}; known are {', '.join(CLEANERS)}")
        return self

    @property
    def refused_for(self) -> Refusal | None:
        """Why it may not be trained on, in a word or two."""
        if self.scored_only:
            return "scored only"
        if self.source.kind == "unlocated":
            return "unlocated"
        for word in ("unverified", "none stated", "closed"):
            if self.license == word:
                return word
        if re.search(r"(^|-)(NC|ND)(-|$)", self.license):
            return "non-commercial"
        own = [where for table in self.languages.values() for where in table.where or [""]]
        if not self.source.pin and not all("@" in where for where in own):
            return "no pin"
        return None

    @property
    def refusal(self) -> str | None:
        """Why it may not be trained on and what to do, or None."""
        reason = self.refused_for
        return reason and REFUSALS[reason].format(license=self.license)

    def scored_split(self, tag: str) -> Split | None:
        """The split that scores are reported on: test, else a validation nobody trains on."""
        table = self.languages[tag]
        names = table.splits or self.splits
        if "test" in names:
            return "test"
        return (
            "validation" if "validation" in names and "validation" not in table.train_on else None
        )
