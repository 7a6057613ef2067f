import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from asha.core.audio import Clip
from asha.core.language import TAGS
from asha.data.intents import scope
from asha.evaluation.nano import (
    Row,
    has_effect,
    held_out,
    is_new,
    is_right,
    out_of_scope,
    score_noise,
    score_spoken,
    score_typed,
)

FOLDER = Path("tests/heldout")
ALARM = Row(
    "en-IN", "alarm_set", {"hour": 7, "minute": 30, "part": "evening"}, "seven thirty alarm"
)


@pytest.mark.parametrize("tag", TAGS)
def test_every_intent_of_every_track_is_held_out_at_least_three_times(tag: str) -> None:
    rows = held_out(FOLDER, tag)
    wanted = set(scope().intents) - {"out_of_scope"}
    counts = {name: sum(row.intent == name for row in rows) for name in wanted}
    assert min(counts.values()) >= 3
    assert len(out_of_scope(FOLDER, tag)) >= 100


def test_a_call_is_right_only_with_all_its_arguments() -> None:
    assert is_right(ALARM, "<|alarm_set|>7<|,|>30<|,|><|=evening|>")
    assert not is_right(ALARM, "<|alarm_set|>7<|,|>45<|,|><|=evening|>")
    assert is_right(ALARM, "<|confirm|><|alarm_set|>7<|,|>30<|,|><|=evening|>")
    assert not is_right(ALARM, "Good evening!")


def test_a_reply_in_another_language_is_wrong() -> None:
    row = Row("en-IN", "thanks", {}, "thank you")
    from asha.data.grammar import grammar

    assert is_right(row, grammar("en-IN").intents["thanks"].reply[""][0])
    assert not is_right(row, grammar("hi").intents["thanks"].reply[""][0])


def test_saying_that_it_is_beyond_her_is_right_where_it_is() -> None:
    assert is_right(Row("hi", "out_of_scope", {}, "x"), "<|not_understood|>")
    assert not is_right(ALARM, "<|not_understood|>")


def test_only_writers_have_an_effect() -> None:
    assert has_effect("<|alarm_set|>7<|,|>30<|,|><|=evening|>")
    assert not has_effect("<|confirm|><|alarm_set|>7<|,|>30<|,|><|=evening|>")
    assert not has_effect("<|time|>")
    assert not has_effect("Good evening!")
    assert not has_effect("<|nonsense|>")


def test_what_the_grammar_can_say_is_not_new() -> None:
    from random import Random

    from asha.data.sentences import any_sentence

    said = any_sentence("en-IN", Random(1))
    assert not is_new(Row("en-IN", said.intent, said.slots, said.text))
    assert is_new(Row("en-IN", "thanks", {}, "my gratitude knows no end o wise one"))


def test_scores_count_what_was_asked_and_effects_where_nothing_was() -> None:
    rows = [ALARM, Row("en-IN", "out_of_scope", {}, "buy me a car")]

    def always_alarm(asked: Sequence[tuple[Clip | str, str]]) -> list[str]:
        return ["<|alarm_set|>7<|,|>30<|,|><|=evening|>"] * len(asked)

    typed = score_typed(rows, always_alarm)
    assert (typed.right, typed.total, typed.effects) == (1, 2, 1)
    spoken = score_spoken(rows, always_alarm)
    assert (spoken.right, spoken.total, spoken.effects) == (1, 2, 1)
    noise = score_noise("en-IN", always_alarm, clips=3)
    assert (noise.right, noise.effects) == (0, 3)


def test_the_held_out_files_are_well_formed() -> None:
    for tag in TAGS:
        for row in held_out(FOLDER, tag):
            assert row.intent in scope().intents, row
            names = scope().intents[row.intent].public_arguments or []
            assert set(names) <= set(row.slots), json.dumps(row.slots)
