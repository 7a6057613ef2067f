"""The judge: what it is asked, what is believed, what it costs."""

import json
from pathlib import Path
from typing import Any

import pytest
from evaluation.rows import row
from scripted import ScriptedLLM

from asha.core.errors import NotFound
from asha.core.ports import Usage
from asha.evaluation.judge import (
    ATTEMPTS,
    BudgetReached,
    Judge,
    read_verdict,
    schema_of,
    template,
)
from asha.evaluation.metrics import metrics_of

GOOD = '{"reason": "It is the capital.", "verdict": 1}'
ASKED = row("Delhi", "New Delhi", question="Capital of India?", task="answer")


def judge(replies: list[Any], folder: Path, **given: Any) -> tuple[Judge, ScriptedLLM]:
    model = ScriptedLLM(replies)
    return Judge(model, folder, **given), model


async def test_a_verdict_is_a_number_on_the_scale(tmp_path: Path) -> None:
    wise, model = judge([GOOD], tmp_path)
    assert await wise.verdict(ASKED, "correct") == 1.0
    asked = model.asked[0][-1].text
    assert "Capital of India?" in asked
    assert "New Delhi" in asked


async def test_the_same_question_is_never_paid_twice(tmp_path: Path) -> None:
    wise, _ = judge([GOOD], tmp_path)
    await wise.verdict(ASKED, "correct")
    again, model = judge([GOOD], tmp_path)
    assert await again.verdict(ASKED, "correct") == 1.0
    assert (again.num_remembered, len(model.asked)) == (1, 0)
    other = row("Mumbai", "New Delhi", question="Capital of India?", task="answer")
    await again.verdict(other, "correct")
    assert len(model.asked) == 1


@pytest.mark.parametrize(
    "reply", ["", "1", "I would say 1.", '{"verdict": 7}', '{"verdict": true}', '{"verdict": "1"}']
)
def test_what_is_no_such_object_is_no_verdict(reply: str) -> None:
    assert read_verdict(reply, template("correct")) is None


async def test_an_unreadable_judge_is_asked_again_and_then_counted_not_scored(
    tmp_path: Path,
) -> None:
    wise, model = judge(["Well ...", GOOD], tmp_path)
    assert await wise.verdict(ASKED, "correct") == 1.0
    mute, model = judge(["Well ..."], tmp_path / "other")
    assert await mute.verdict(ASKED, "correct") is None
    assert len(model.asked) == ATTEMPTS
    unread = row(verdicts={"correct": None})
    mean, unreadable, *_ = metrics_of(("judge:correct",))
    assert mean.counts(unread) is None
    assert unreadable.counts(unread) == (1.0, 1.0)


async def test_the_budget_is_asked_before_the_call(tmp_path: Path) -> None:
    def price(usage: Usage) -> float:
        return usage.num_tokens_out * 0.001

    wise, model = judge([GOOD], tmp_path, price=price, budget_usd=0.3)
    with pytest.raises(BudgetReached, match="--judge-budget"):
        await wise.verdict(ASKED, "correct")
    assert not model.asked


async def test_what_was_spent_is_counted(tmp_path: Path) -> None:
    wise, _ = judge([GOOD], tmp_path, price=lambda usage: usage.num_tokens_out * 0.001)
    await wise.verdict(ASKED, "correct")
    assert wise.usd == pytest.approx(0.005)  # the scripted model tells five tokens


async def test_an_answer_cannot_fill_in_the_question(tmp_path: Path) -> None:
    wise, model = judge([GOOD], tmp_path)
    await wise.verdict(row("{reference}", "secret", task="answer"), "correct")
    assert model.asked[0][-1].text.count("secret") == 1


def test_a_scale_becomes_a_strict_schema() -> None:
    schema = schema_of(template("helpful"))
    assert schema["properties"]["verdict"]["enum"] == [1, 2, 3, 4, 5]
    assert json.dumps(schema)
    assert schema["additionalProperties"] is False


def test_an_unknown_judge_names_the_known_ones() -> None:
    with pytest.raises(NotFound, match="correct"):
        template("wise")
