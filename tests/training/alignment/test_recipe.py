"""Run files of Ultravox-format models: what is refused, and how it is said."""

from pathlib import Path

import pytest

from asha.core.errors import BadInput
from asha.training.alignment.recipe import AlignmentRun, load_alignment
from asha.training.run_file import ULTRAVOX, kind_of

GOOD = """
kind = "ultravox"
name = "small"
folder = "var/small"
[start]
checkpoint = "base"
[pace]
steps = 10
rows_per_step = 4
rows_at_once = 2
rate = 1e-3
[learn]
loss = "kl"
[[mixture]]
folder = "rec"
language = "gu"
"""
OURS = [path for path in sorted(Path("runs").glob("*.toml")) if kind_of(path) == ULTRAVOX]


def loaded(tmp_path: Path, text: str) -> AlignmentRun:
    path = tmp_path / "run.toml"
    path.write_text(text, encoding="utf-8")
    return load_alignment(path)


def test_a_run_file_says_what_differs_and_keeps_the_rest(tmp_path: Path) -> None:
    run = loaded(tmp_path, GOOD)
    assert (run.learn.temperature, run.learn.end_weight, run.learn.max_answer_tokens) == (2, 1, 50)
    assert run.mixture[0].name == "rec gu transcribe"


def test_the_repository_has_the_runs_that_its_docs_speak_of() -> None:
    assert [path.stem for path in OURS] == [
        "align_gu",
        "asha_1b_indic",
        "asha_8b_indic",
        "ultravox_v0_5_like",
        "ultravox_v0_6_like",
    ]


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_every_run_of_the_repository_is_good(path: Path) -> None:
    assert load_alignment(path).name == path.stem


@pytest.mark.parametrize(
    ("right", "typo", "told"),
    [
        ("rows_at_once", "row_at_once", "no key 'pace.row_at_once'; did you mean 'rows_at_once'"),
        ('language = "gu"', 'langauge = "gu"', "no key 'mixture.0.langauge'; did you mean 'langu"),
        ("[pace]", "[pacce]", "no key 'pacce'; did you mean 'pace'"),
        ("[start]", "[start]\nstepps = 3", "no key 'start.stepps'; did you mean 'steps'"),
    ],
)
def test_a_typo_names_the_key_and_the_nearest_right_one(
    tmp_path: Path, right: str, typo: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        loaded(tmp_path, GOOD.replace(right, typo))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('loss = "kl"', 'loss = "kl"\nlabels = "all"', '"all" has no teacher; use loss = "ce"'),
        ('loss = "kl"', "language_model = true", "cannot learn from itself"),
        ('loss = "kl"', "text_only = true", "without sound there is nothing to distil"),
        ('loss = "kl"', "projector = false", "nothing would learn"),
        ('checkpoint = "base"', "", "give either checkpoint, or text and audio"),
        ("steps = 10", "steps = 10\nepochs = 1", "give either steps or epochs"),
        ('folder = "rec"', "", "a set needs corpus or folder"),
        ('language = "gu"', "", "a set needs its language"),
        ('language = "gu"', 'language = "gu"\ntask = "translate"', "into goes with task"),
        ('language = "gu"', 'language = "gu"\nweight = -1', "mixture.0.weight: .*greater than 0"),
        (
            'language = "gu"',
            'language = "gu"\n[[mixture]]\nfolder = "rec"\nlanguage = "gu"\ntask = "continue"\n'
            "hold_out = 0.1",
            "must hold out the same share",
        ),
        (
            'language = "gu"',
            'language = "gu"\n[validation]\nsets = [{ folder = "rec", language = "gu" }]',
            "the mixture learns rec gu transcribe already",
        ),
        (
            "[[mixture]]",
            '[[mixture]]\nfolder = "rec"\nlanguage = "gu"\n[[mixture]]',
            "twice: raise its weight",
        ),
    ],
)
def test_settings_that_do_not_fit_together_are_refused(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        loaded(tmp_path, GOOD.replace(old, new))


def test_a_kind_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text('kind = "ultravoks"\n', encoding="utf-8")
    with pytest.raises(BadInput, match="use nano or ultravox"):
        kind_of(path)


def test_an_epoch_is_as_many_steps_as_its_rows_need(tmp_path: Path) -> None:
    run = loaded(tmp_path, GOOD.replace("steps = 10", "epochs = 1.5"))
    assert run.pace.num_steps(33) == 13  # 49.5 rows, 4 a step
