"""What is read at a time: one split of one language of a corpus, and the shelf it is kept on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.data.folder import Reading, split_folders
from asha.data.spec import Corpus, LanguageTable, Split

INTO = "{into}"  # in a subset's name: the language that is translated into
HUB_URL = "https://huggingface.co"
# What is being fetched, bytes that are here, bytes in all (0 where nobody says).
Progress = Callable[[str, int, int], None]


class ChangedColumns(BadInput):
    """The source calls its columns otherwise than the catalog file says."""

    code = "changed_columns"


class WrongPin(BadInput):
    """What was fetched is not what was pinned."""

    code = "wrong_pin"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where fetched files lie on this machine, and how the hub is reached."""

    folder: Path
    hub_url: str = HUB_URL
    token: str = ""  # of the hub; empty: only what is open can be had
    pause_s: float = 1.0  # before the second try of a request; it doubles


def shelf_of(settings: Settings, folder: Path | None = None) -> Shelf:
    """The shelf of the settings, or in `folder`; with the hub's token, where there is one."""
    return Shelf(
        folder or settings.shelf_dir,
        settings.hub_url,
        settings.hub_token.get_secret_value() if settings.hub_token else _saved_token(),
    )


def _saved_token() -> str:
    """The one that `hf auth login` saved."""
    try:
        from huggingface_hub import get_token
    except ImportError:  # comes with the extra `lab`
        return ""
    return get_token() or ""


@dataclass(frozen=True, slots=True)
class Part:
    """One split of one language of a corpus.

    `subset` narrows it to one of the source's, `into` to what is translated into one language;
    `also` are the columns that are wanted beside sound, text and speaker, by our names.
    """

    corpus: Corpus
    tag: str
    split: Split
    subset: str = ""
    into: str = ""
    also: tuple[str, ...] = ()

    @property
    def table(self) -> LanguageTable:
        """What the corpus says of the language."""
        return self.corpus.languages[self.tag]

    @property
    def how(self) -> Reading:
        """How its rows are read."""
        it = self.corpus
        return Reading(self.tag, it.columns, tuple(it.clean), spoken=it.spoken_form)

    @property
    def subsets(self) -> list[str]:
        """The source's own names of the language; one empty name where it has none."""
        whole = self.subset or self.table.subset
        names = [self.into] if self.into else self.table.into
        theirs = [self.table.into_names.get(it, it) for it in names]
        return [
            filled
            for name in whole.split("+")
            for filled in ([name.replace(INTO, it) for it in theirs] if INTO in name else [name])
        ]

    @property
    def own_splits(self) -> list[str]:
        """The source's own names of the split."""
        names = self.table.splits or self.corpus.splits
        return names.get(self.split, self.split).split("+")

    @property
    def places(self) -> list[tuple[str, str]]:
        """Each place it comes from, with its pin or an empty one."""
        own = self.table.where or [self.corpus.source.where]
        return [place(where, self.corpus.source.pin) for where in own]

    def __str__(self) -> str:
        """As messages name it."""
        return f"{self.corpus.name} {self.tag} {self.split}"


def place(where: str, pin: str = "") -> tuple[str, str]:
    """`where@pin` taken apart; an address may hold an @ of its own before its last slash."""
    head, at, tail = where.rpartition("@")
    return (head, tail) if at and "/" not in tail else (where, pin)


def parts_of(corpus: Corpus, tags: Iterable[str] = (), splits: Iterable[Split] = ()) -> list[Part]:
    """The parts of a corpus, or those of some languages and splits.

    Raises:
        BadInput: it has no such language or split.
    """
    wanted = list(tags) or list(corpus.languages)
    for tag in wanted:
        if tag not in corpus.languages:
            known = ", ".join(corpus.languages)
            raise BadInput(f"{corpus.name} has no {tag!r}; its languages are {known}.")
    asked = list(splits)
    found = [
        Part(corpus, tag, split)
        for tag in wanted
        for split in _splits(corpus, tag)
        if not asked or split in asked
    ]
    if not found:
        raise BadInput(f"{corpus.name} has no split {' or '.join(asked)}.", param="split")
    return found


def _splits(corpus: Corpus, tag: str) -> list[Split]:
    named = corpus.languages[tag].splits or corpus.splits
    if named:
        return list(named)
    if corpus.source.kind == "folder":
        return list(split_folders(Path(corpus.source.where) / corpus.languages[tag].subset))
    return ["train"]
