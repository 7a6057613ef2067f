"""Tasks, apart from corpora: what is asked, in the track's own language (templates/<tag>.toml).

`hear` lines are said beside a sound, `write` lines are given to a language model that makes data.
Languages without a file of their own are asked in English.
"""

import tomllib
from functools import cache
from importlib import resources
from random import Random
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from asha.core.errors import BadInput, BadLanguageFile
from asha.core.language import TAGS, language
from asha.data.spec import Closed

Asked = Literal["transcribe", "continue", "answer", "translate"]
SOUND, TEXT, INTO = "{sound}", "{text}", "{into}"
OTHERWISE = "en-IN"


class Lines(Closed):
    """One task: what is said beside a sound (one at random), and what a writer is told."""

    hear: list[str] = Field(min_length=1)
    write: str = ""


class Templates(Closed):
    """All tasks in one language."""

    reviewer: str
    transcribe: Lines
    continue_: Lines = Field(alias="continue")
    answer: Lines
    translate: Lines

    @model_validator(mode="after")
    def _has_its_places(self) -> "Templates":
        for task in ("transcribe", "continue", "answer", "translate"):
            lines = self.of(task)
            for line in lines.hear:
                if line.count(SOUND) != 1:
                    raise ValueError(f"{task}.hear: {line!r} must hold {SOUND} once")
            if task != "transcribe" and lines.write.count(TEXT) != 1:
                raise ValueError(f"{task}.write must hold {TEXT} once")
        return self

    def of(self, task: str) -> Lines:
        """The lines of a task."""
        lines: Lines = getattr(self, "continue_" if task == "continue" else task)
        return lines


@cache
def templates(tag: str) -> Templates:
    """The templates of a language.

    Raises:
        BadLanguageFile: its file does not follow the schema.
    """
    name = f"{tag if tag in TAGS else OTHERWISE}.toml"
    text = resources.files("asha.data").joinpath("templates", name).read_text(encoding="utf-8")
    try:
        return Templates.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as wrong:
        raise BadLanguageFile(f"templates/{name}: {wrong}") from wrong


def beside_sound(task: Asked, tag: str, chance: Random, *, into: str = OTHERWISE) -> str:
    """What is said beside a sound, with {sound} where the sound stands."""
    line = chance.choice(templates(tag).of(task).hear)
    return line.replace(INTO, name_of(into))


def asked(
    task: Asked, tag: str, text: str, chance: Random, *, into: str = OTHERWISE, own: str = ""
) -> str:
    """What a model that writes is asked for a row. `own` is a template of a recipe.

    Raises:
        BadInput: the template has no place for the text.
    """
    del chance  # there is one way to ask, so that a kept answer is found again
    template = own or templates(tag).of(task).write
    if TEXT not in template:
        raise BadInput(f"The template {template!r} must hold {TEXT}, where the row's text stands.")
    # Not str.format: braces in a text are letters.
    before, _, after = template.replace(INTO, name_of(into)).partition(TEXT)
    return f"{before}{text}{after}"


def name_of(tag: str) -> str:
    """A language as a prompt names it: its own name, or its tag."""
    return language(tag).name if tag in TAGS else tag
