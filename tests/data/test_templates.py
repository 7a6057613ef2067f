"""Tasks apart from corpora, asked in the track's own language."""

import pytest

from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.data.templates import COLUMNS, asked, templates
from asha.data.writing import in_native_script


@pytest.mark.parametrize("tag", TAGS)
def test_every_track_asks_in_its_own_script(tag: str) -> None:
    assert templates(tag).reviewer
    for task in COLUMNS:
        told = asked(task, tag, "", into="").replace("Roman script", "")
        assert in_native_script(told, tag), (task, told)


def test_a_translation_names_its_language() -> None:
    assert asked("translate", "en-IN", "good {morning}", into="gu").endswith(
        "Write only the translation.\n\ngood {morning}"
    )
    assert "ગુજરાતી" in asked("translate", "en-IN", "x", into="gu")


def test_other_languages_are_asked_in_english() -> None:
    assert asked("answer", "fr", "bonjour").startswith("Answer what is said")


def test_a_template_without_a_place_is_refused() -> None:
    with pytest.raises(BadInput, match=r"must hold \{text\}"):
        asked("answer", "hi", "x", own="no place")
