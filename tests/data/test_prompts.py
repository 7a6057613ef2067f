"""What is said beside a sound: one place for training and for scoring."""

from random import Random

import pytest

from asha.core.errors import BadInput
from asha.data.catalog import catalog
from asha.data.prompts import SOUND, Prompts, english_name, scored_line


def test_prompts_name_the_language_only_while_they_are_aware() -> None:
    aware = Prompts({}, is_aware=True).line("translate", "gu", "en", Random(1))
    plain = Prompts({}, is_aware=False).line("translate", "gu", "en", Random(1))
    assert "Gujarati" in aware and "English" in aware
    assert "Gujarati" not in plain and "English" in plain
    assert aware.count(SOUND) == plain.count(SOUND) == 1


def test_the_lines_of_a_run_file_must_hold_the_sound_once() -> None:
    with pytest.raises(BadInput, match=r"must hold \{sound\} once"):
        Prompts({"transcribe": ("Write it down.",)}, is_aware=True)


def test_a_language_without_a_name_is_told() -> None:
    assert english_name("kn") == "Kannada"
    with pytest.raises(BadInput, match="language_aware = false"):
        english_name("tlh")


def test_every_language_of_the_registry_can_be_named() -> None:
    tags = {
        tag
        for corpus in catalog().values()
        for key, table in corpus.languages.items()
        for tag in (key, *table.into)
    }
    assert all(english_name(tag) for tag in tags - {"zxx"})


def test_a_model_is_scored_with_a_line_that_it_may_have_learnt() -> None:
    assert scored_line("transcribe", "hi") == (
        "Write down exactly what is said in Hindi, and nothing else:"
    )
    assert scored_line("translate", "ta", "ta").startswith("Translate into Tamil")
    assert scored_line("answer", "gu") == ""
