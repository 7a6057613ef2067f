"""Answers: what counts as right, and what is only unreadable."""

import json
from typing import Any

import numpy as np
import pytest
from evaluation.rows import row

from asha.evaluation.metrics import METRICS
from asha.evaluation.metrics.answer import chosen_letter, speaks
from asha.evaluation.metrics.metric import figure

CITIES = ("Delhi", "Mumbai", "Navi Mumbai", "Pune")


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("B", "b"),
        ("(b)", "b"),
        ("B. Mumbai, because ...", "b"),
        ("The answer is C.", "c"),
        ("I think the correct option is (D), Pune", "d"),
        ("उत्तर B है", "b"),
        ("It must be Pune.", "d"),
        ("It is Navi Mumbai", "c"),
        ("B is correct", "b"),
    ],
)
def test_a_choice_is_read(text: str, letter: str) -> None:
    assert chosen_letter(text, CITIES) == letter


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I do not know",
        "Either Delhi or Pune",
        "The answer is A. No, the answer is B.",
        "A big city by the sea",
        "The answer is G",
    ],
)
def test_what_chooses_nothing_is_unreadable_and_never_guessed(text: str) -> None:
    assert chosen_letter(text, CITIES) is None
    said = row(text, "B", choices=CITIES, task="answer")
    assert METRICS["choice"].counts(said) == (0.0, 1.0)
    assert METRICS["unparsable"].counts(said) == (1.0, 1.0)


def test_the_right_choice_may_be_given_as_its_words() -> None:
    said = row("B", "Mumbai", choices=CITIES, task="answer")
    assert METRICS["choice"].counts(said) == (1.0, 1.0)


def test_exact_and_partial_match_ignore_case_and_signs() -> None:
    assert METRICS["exact"].counts(row("((noise))", "((noise))")) == (1.0, 1.0)
    assert METRICS["exact"].counts(row("Delhi!", "delhi")) == (1.0, 1.0)
    assert METRICS["partial"].counts(row("It is Delhi, I think", "delhi")) == (1.0, 1.0)
    assert METRICS["partial"].counts(row("Undelhied", "delhi")) == (0.0, 1.0)


def call(name: str, **arguments: Any) -> dict[str, Any]:
    return {"name": name, "arguments": arguments}


def test_a_call_is_right_with_all_its_arguments_and_no_others() -> None:
    reference = json.dumps(call("alarm_set", hour=7, minute=30))
    for given, right in (
        (call("alarm_set", hour=7, minute=30), 1.0),
        (call("alarm_set", hour="7", minute="30"), 1.0),
        (call("alarm_set", hour=7), 0.0),
        (call("timer_set", hour=7, minute=30), 0.0),
    ):
        assert METRICS["call"].counts(row("", reference, calls=(given,))) == (right, 1.0)
    assert METRICS["call"].counts(row("Done!", reference)) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "tag", "is_same"),
    [
        ("कल सुबह सात बजे का अलार्म लगा दिया है।", "hi", True),
        ("तुमचा अलार्म लावला आहे.", "hi", False),
        ("Kal subah saat baje ka alarm laga diya hai.", "hi-Latn", True),
        ("The alarm is set for seven tomorrow.", "hi-Latn", False),
        ("உங்கள் அலாரம் வைக்கப்பட்டது", "ta", True),
        ("మీ అలారం పెట్టాను", "ta", False),
    ],
)
def test_an_answer_keeps_to_the_language(text: str, tag: str, is_same: bool) -> None:
    assert speaks(text, tag) is is_same


def test_a_silent_answer_says_nothing_of_its_language() -> None:
    assert METRICS["language"].counts(row("")) is None


def test_a_failed_case_has_no_time_but_counts_as_failed() -> None:
    failed = row("", "x", error="openai: busy.", first_ms=12.0)
    assert METRICS["first_ms_p50"].counts(failed) is None
    assert METRICS["failed"].counts(failed) == (1.0, 1.0)
    assert METRICS["wer"].counts(failed) == (1.0, 1.0)


def test_percentiles_are_of_the_times() -> None:
    metric = METRICS["first_ms_p95"]
    counts = np.array([metric.counts(row(first_ms=float(ms))) for ms in range(1, 101)])
    assert figure(metric, counts) == pytest.approx(95.05)
