"""A recipe: where rows come from, the steps each goes through, and the most that it may cost."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.data.effects import Effect
from asha.data.spec import Closed, Split, Task
from asha.data.templates import Written
from asha.data.toml_file import checked, read_toml


class BadRecipe(BadInput):
    """A recipe that does not follow the schema: names key and remedy."""

    code = "bad_recipe"


class Rows(Closed):
    """Where rows come from: texts alone, or sound (with or without its words)."""

    # grammar: the everyday requests of the tracks; lines: a text file, a row a line;
    # folder: recordings; corpus: of the registry or a corpus file; noise: sounds without words.
    kind: Literal["grammar", "lines", "folder", "corpus", "noise"]
    languages: list[str] = Field(min_length=1)
    where: str = ""  # file, folder or corpus; {language} in it is the tag
    split: Split = "train"
    rows: int = Field(0, ge=0)  # of each language, at most; 0: all

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.kind != "grammar" and not self.where:
            raise ValueError("where: name the file, folder or corpus")
        if self.kind == "grammar" and not self.rows:
            raise ValueError("rows: the grammar never ends, say how many of each language")
        if self.kind == "grammar" and (wrong := [it for it in self.languages if it not in TAGS]):
            raise ValueError(f"languages: the grammar has {', '.join(TAGS)}, not {wrong[0]!r}")
        return self


class Priced(Closed):
    """What a paid part costs; unset where the program knows it, or it is free."""

    usd_per_million_in: float | None = Field(None, ge=0)
    usd_per_million_out: float | None = Field(None, ge=0)
    usd_per_1000_characters: float | None = Field(None, ge=0)
    usd_per_hour: float | None = Field(None, ge=0)

    @property
    def has_prices(self) -> bool:
        """Whether the recipe names any."""
        return any(getattr(self, name) is not None for name in Priced.model_fields)


class Speak(Priced):
    """Speech from the row's text, by one of the language's voices at random."""

    do: Literal["speak"]
    # Provider, or provider:voice ("espeak:any" is one of eSpeak NG's variants at random).
    voices: list[str] = Field(default=["espeak:any"], min_length=1)
    voices_of: dict[str, list[str]] = Field(default_factory=dict)  # of one language, in their place


class Write(Priced):
    """Words by a language model: a task's template, or one of the recipe's own."""

    do: Literal["write"]
    task: Written = "continue"
    column: str = Field(
        "", pattern=r"^[a-z_]*$"
    )  # of the result; by default "continuation", "answer" or "translation"
    template: str = ""  # {text} is the row's; else the track's own template is taken
    into: str = "en-IN"  # of translations
    model: str = "openai"
    max_tokens: int = Field(80, ge=1)


class Hear(Priced):
    """The row's text from its sound."""

    do: Literal["hear"]
    ears: str = "embedded"


class Cut(Closed):
    """Long recordings in pieces, at their quietest places; a piece has lost its text."""

    do: Literal["split"]
    min_s: float = Field(2.0, gt=0)
    max_s: float = Field(15.0, gt=0)

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.max_s < 2 * self.min_s:
            raise ValueError("max_s: must be at least twice min_s, or no place to cut is left")
        return self


class Deduplicate(Closed):
    """Rows whose text (or sound) was there before go; `alike`: share of three-letter runs."""

    do: Literal["deduplicate"]
    by: Literal["text", "sound"] = "text"
    alike: float = Field(1.0, gt=0, le=1)  # 1: only what is the same but for signs and case


class Disturb(Closed):
    """Effects on the sound; `copies` disturbed rows beside each clean one, or in its place."""

    do: Literal["disturb"]
    effects: list[Effect] = Field(min_length=1)
    copies: int = Field(0, ge=0)  # 0: in place


Step = Annotated[Speak | Write | Hear | Cut | Deduplicate | Disturb, Field(discriminator="do")]


class Recipe(Closed):
    """What `asha data make` reads."""

    name: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str
    license: str  # of what is made; of made speech often the voice's terms
    folder: str  # where it is made
    seed: int = 1
    budget_usd: float = Field(0.0, ge=0)  # for all runs of the recipe together
    at_once: int = Field(4, ge=1, le=64)  # rows on their way at a time
    validation: float = Field(0.0, ge=0, lt=1)  # share of texts held out
    rate_hz: int = 16_000  # of the clips that are written
    tasks: list[Task] = Field(default=["transcribe"])
    note: str = ""
    source: Rows
    steps: list[Step] = Field(min_length=1)


def load_recipe(path: Path) -> Recipe:
    """A recipe file, checked.

    Raises:
        BadRecipe: it cannot be read, or names a key that is not known (with the nearest that is).
    """
    table = read_toml(path, "recipe", like="runs/data/hinglish_small.toml", error=BadRecipe)
    return checked(table, Recipe, path, error=BadRecipe)
