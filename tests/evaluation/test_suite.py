"""Suites: every one of ours is valid, and a mistake is told with its remedy."""

import re
from pathlib import Path

import pytest

from asha.core.errors import BadInput
from asha.data.catalog import catalog
from asha.evaluation.suite import load_suite

SUITES = sorted((Path(__file__).parents[2] / "suites").glob("*.toml"))
PART = """
[[parts]]
name      = "words"
task      = "transcribe"
corpus    = "fleurs"
languages = ["hi"]
metrics   = ["wer"]
"""
HEAD = 'name = "mine"\ntitle = "Mine"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("path", SUITES, ids=lambda path: path.stem)
def test_a_suite_of_ours_is_valid_and_named_as_its_file(path: Path) -> None:
    assert load_suite(path).name == path.stem


def test_the_suites_that_were_promised_are_there() -> None:
    corpora = {part.corpus for path in SUITES for part in load_suite(path).parts}
    assert corpora >= {
        *("fleurs", "common_voice", "kathbath", "indicvoices", "svarah", "lahaja"),
        *("mucs_hinglish", "covost2", "boolq", "voicebench", "bigbench_audio", "audiollm_evals"),
        "librispeech",
    }
    assert corpora - {""} <= set(catalog())


def test_a_suite_scores_its_corpora_on_splits_nobody_trains_on() -> None:
    for path in SUITES:
        for part in load_suite(path).parts:
            for tag in part.languages if part.corpus else ():
                split = part.split or catalog()[part.corpus].scored_split(tag)
                assert split in ("test", "validation"), (path.stem, tag)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (HEAD + PART.replace("metrics", "metricks"), "did you mean 'metrics'"),
        (HEAD + PART.replace('"wer"', '"werr"'), "did you mean 'wer'"),
        (HEAD + PART.replace('"fleurs"', '"fluers"'), "did you mean fleurs"),
        (HEAD + PART.replace('"hi"', '"xx"'), "fleurs has hi"),
        (HEAD + PART + 'folder = "x"', "give one of corpus, folder and bench"),
        (HEAD + PART + PART, "two are called 'words'"),
        (HEAD + PART.replace('"transcribe"', '"translate"'), "name the language to translate"),
        (HEAD + PART.replace('"transcribe"', '"guess"'), "parts.0.task"),
        ("name = ", "not valid TOML"),
        (HEAD, "parts"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(text: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=re.escape(complaint)) as told:
        load_suite(written(tmp_path, text))
    assert "\n" not in told.value.message


def test_a_suite_that_is_not_there_says_where_ours_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="ours are like suites/fleurs"):
        load_suite(tmp_path / "none.toml")
