"""What a language model that makes data is asked, in the track's own language.

templates/<tag>.toml; languages without a file of their own are asked in English.
"""

import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from asha.core.errors import BadInput, BadLanguageFile
from asha.core.language import TAGS, language
from asha.data.spec import Closed

Written = Literal["continue", "answer", "translate"]
# What the column of a task's texts is called, in corpora, in what is made, and in training.
COLUMNS: dict[str, str] = {
    "continue": "continuation",
    "answer": "answer",
    "translate": "translation",
}
TEXT, INTO = "{text}", "{into}"
OTHERWISE = "en-IN"


class Templates(Closed):
    """What a writer is told for each task, in one language; {text} is the row's."""

    reviewer: str
    continue_: str = Field(alias="continue")
    answer: str
    translate: str

    @model_validator(mode="after")
    def _has_its_places(self) -> "Templates":
        for task in COLUMNS:
            if self.of(task).count(TEXT) != 1:
                raise ValueError(f"{task} must hold {TEXT} once")
        return self

    def of(self, task: str) -> str:
        """What a writer is told for a task."""
        line: str = getattr(self, "continue_" if task == "continue" else task)
        return line


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


def asked(task: Written, tag: str, text: str, *, into: str = OTHERWISE, own: str = "") -> str:
    """What a model that writes is asked for a row. `own` is a template of a recipe.

    Raises:
        BadInput: the template has no place for the text.
    """
    template = own or templates(tag).of(task)
    if TEXT not in template:
        raise BadInput(f"The template {template!r} must hold {TEXT}, where the row's text stands.")
    # Not str.format: braces in a text are letters.
    before, _, after = template.replace(INTO, name_of(into)).partition(TEXT)
    return f"{before}{text}{after}"


def name_of(tag: str) -> str:
    """A language as a prompt names it: its own name, or its tag."""
    return language(tag).name if tag in TAGS else tag
