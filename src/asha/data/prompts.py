"""What is said beside a sound, in training and in scoring: lines kept as data, one for each row."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import Any, Literal

from asha.core.errors import BadInput, UnknownLanguage
from asha.core.language import language

Speech = Literal["transcribe", "continue", "answer", "translate", "noise"]
SOUND = "{sound}"
# Names of languages that have no track of ours, as the prompts say them (CLDR's English names).
OTHER_NAMES = {
    "ar": "Arabic", "as": "Assamese", "be": "Belarusian", "bg": "Bulgarian", "bn": "Bengali",
    "br": "Breton", "brx": "Bodo", "ca": "Catalan", "cs": "Czech", "cy": "Welsh", "da": "Danish",
    "de": "German", "doi": "Dogri", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "gl": "Galician",
    "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ka": "Georgian",
    "kn": "Kannada", "kok": "Konkani", "ks": "Kashmiri", "lt": "Lithuanian", "lv": "Latvian",
    "mai": "Maithili", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian",
    "mni": "Manipuri", "mul": "several languages", "ne": "Nepali", "nl": "Dutch", "oc": "Occitan",
    "or": "Odia", "pa": "Punjabi", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian",
    "ru": "Russian", "sa": "Sanskrit", "sat": "Santali", "sd": "Sindhi", "sk": "Slovak",
    "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "th": "Thai",
    "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Prompts:
    """The lines of every task; `own` are the run file's, in place of ours."""

    own: Mapping[Speech, tuple[str, ...]]
    is_aware: bool

    def __post_init__(self) -> None:
        for task, lines in self.own.items():
            for line in lines:
                if line.count(SOUND) != 1:
                    raise BadInput(f"prompts.{task}: {line!r} must hold {SOUND} once.")

    def line(self, task: Speech, tag: str, into: str, chance: Random) -> str:
        """A user's message, {sound} where its clip stands."""
        lines = self.own.get(task) or _ours()[task]["aware" if self.is_aware else "plain"]
        text = str(chance.choice(list(lines)))
        return _filled(text, tag, into)


def scored_line(task: str, tag: str, into: str = "") -> str:
    """What a model is asked when it is scored, without a place for the sound: always the same.

    Transcripts name the language, as its script may be meant by it.
    """
    lines = _ours()[task]["aware" if task == "transcribe" else "plain"]
    return _filled(str(lines[0]), tag, into).replace(SOUND, "").strip()


def _filled(text: str, tag: str, into: str) -> str:
    # Not str.format: braces in a line are letters.
    for name, value in (("{language}", tag), ("{into}", into)):
        if name in text:
            text = text.replace(name, english_name(value))
    return text


def noise_in_words() -> str:
    """What the teacher reads in place of a sound without words."""
    return str(_ours()["noise"]["teacher"])


def english_name(tag: str) -> str:
    """A language as a prompt names it.

    Raises:
        BadInput: nobody has told us its name.
    """
    if tag in OTHER_NAMES:
        return OTHER_NAMES[tag]
    try:
        return language(tag).english_name
    except UnknownLanguage as unknown:
        raise BadInput(
            f"The prompts have no English name for {tag!r}; set language_aware = false, or add it "
            "to data/prompts.py."
        ) from unknown


@cache
def _ours() -> dict[str, Any]:
    text = (
        resources.files("asha.data").joinpath("templates", "beside_sound.toml").read_text("utf-8")
    )
    return tomllib.loads(text)
