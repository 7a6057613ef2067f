"""asha-bench: the same words and voices every time, and nothing from the training grammar."""

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from asha.core.errors import BadInput
from asha.core.language import language
from asha.data.intents import scope
from asha.evaluation.bench import Bench
from asha.evaluation.case import Held
from asha.evaluation.floor_score import floor_facts
from asha.evaluation.suite import BenchPart, Part

WORDS = Path(__file__).parents[1] / "heldout"


def part(what: str) -> Part:
    return Part(
        name=what,
        task="talk",
        bench=what,
        languages=["hi"],
        metrics=["held"],
        words=str(WORDS),
        fillers={"hi": ["मतलब"]},
    )


@pytest.fixture(scope="module")
def bench():
    made = Bench(WORDS)
    yield made
    made.close()


@pytest.mark.parametrize("what", get_args(BenchPart))
def test_a_part_asks_the_same_words_every_time(what: BenchPart, bench: Bench) -> None:
    first, second = (
        [(it.id, it.question, it.reference) for it in bench.cases(what, part(what), "hi", 3)]
        for _ in range(2)
    )
    assert len(first) == 3
    assert first == second


@pytest.mark.parametrize("tag", ["hi", "en-IN"])
def test_answers_are_calls_with_their_arguments_and_every_intent_once_first(
    tag: str, bench: Bench
) -> None:
    wanted = [json.loads(it.reference) for it in bench.cases("answer", part("answer"), tag, 12)]
    assert len({it["name"] for it in wanted}) == 12
    for it in wanted:
        assert set(it["arguments"]) == set(scope().intents[it["name"]].public_arguments)


def test_digits_are_said_in_the_words_of_the_track(bench: Bench) -> None:
    case = next(iter(bench.cases("digits", part("digits"), "ta", 1)))
    names = language("ta").numbers.digits
    assert case.question == " ".join(names[int(digit)] for digit in case.reference)


def test_a_hesitation_has_its_filler_and_a_pause_inside(bench: Bench) -> None:
    case = next(iter(bench.cases("hesitation", part("hesitation"), "hi", 1)))
    assert "मतलब ..." in case.question
    assert case.scene
    samples = case.scene.sound().samples
    quiet = np.abs(samples) < 1e-4
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    longest = max(
        end - start
        for start, end in zip(edges[::2], edges[1::2], strict=True)
        if start > 0 and end < len(samples)
    )
    assert longest >= 0.5 * 16_000


def test_a_backchannel_is_said_into_a_story_and_changes_nothing(bench: Bench) -> None:
    case = next(iter(bench.cases("backchannel", part("backchannel"), "hi", 1)))
    assert case.scene
    assert case.scene.story
    assert case.question in language("hi").talk.backchannels
    assert floor_facts(case.reference, Held(is_cancelled=False))["held"] == 1.0
    assert floor_facts(case.reference, Held(is_cancelled=True))["held"] == 0.0


def test_an_interruption_is_a_stop_word_or_a_new_request(bench: Bench) -> None:
    stop, request = bench.cases("interruption", part("interruption"), "hi", 2)
    assert stop.question in language("hi").talk.stop_words
    assert request.question not in language("hi").talk.stop_words
    facts = floor_facts(stop.reference, Held(is_cancelled=True, yield_ms=100.0))
    assert facts == {"held": 1.0, "yield_ms": 100.0}


def test_a_switch_has_another_track_before_it(bench: Bench) -> None:
    case = next(iter(bench.cases("switch", part("switch"), "hi", 1)))
    before = [make() for make in case.history]
    assert [it.role for it in before] == ["user", "assistant"]
    assert before[1].language != "hi"
    assert case.is_auto


def test_a_turn_that_was_cut_in_two_is_not_held() -> None:
    call = json.dumps({"name": "time", "arguments": {}})
    assert floor_facts(call, Held(num_turns=2, is_early=True, commit_ms=700.0)) == {
        "early": 1.0,
        "held": 0.0,
        "commit_ms": 700.0,
    }
    assert floor_facts(call, Held(num_turns=1, is_early=True))["held"] == 1.0


def test_missing_words_say_where_they_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="tests/heldout"):
        next(iter(Bench(tmp_path).cases("answer", part("answer"), "hi", 1)))
