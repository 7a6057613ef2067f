"""Tasks apart from corpora, asked in the track's own language."""

from random import Random

import pytest

from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.data.templates import asked, beside_sound, templates
from asha.data.writing import in_native_script

TASKS = ("transcribe", "continue", "answer", "translate")


@pytest.mark.parametrize("tag", TAGS)
def test_every_track_asks_in_its_own_script(tag: str) -> None:
    assert templates(tag).reviewer
    for task in TASKS:
        line = beside_sound(task, tag, Random(1), into="")
        words = line.replace("{sound}", "")
        assert not words.strip() or in_native_script(words, tag), (task, line)
        if task != "transcribe":
            told = asked(task, tag, "", Random(1), into="").replace("Roman script", "")
            assert in_native_script(told, tag), (task, told)


def test_a_translation_names_its_language() -> None:
    assert asked("translate", "en-IN", "good {morning}", Random(1), into="gu").endswith(
        "Write only the translation.\n\ngood {morning}"
    )
    assert "ગુજરાતી" in asked("translate", "en-IN", "x", Random(1), into="gu")
    assert "{sound}" in beside_sound("translate", "mr", Random(1), into="ta")


def test_other_languages_are_asked_in_english() -> None:
    assert asked("answer", "fr", "bonjour", Random(1)).startswith("Answer what is said")


def test_a_template_without_a_place_is_refused() -> None:
    with pytest.raises(BadInput, match=r"must hold \{text\}"):
        asked("answer", "hi", "x", Random(1), own="no place")
