"""A local checkpoint behind the port; a batch gives every prompt what it gives alone."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from asha.core.audio import Clip
from asha.core.errors import BadInput
from asha.core.message import Message, Sound, said
from asha.core.ports import ReplyOptions, Usage
from asha.data.sample import Sample
from asha.evaluation.checkpoint import CheckpointModel
from asha.evaluation.inference import Answer, Asking, answered, batched, conversed, finished

CHECKPOINT = Path(__file__).parents[1] / "vectors" / "ultravox" / "checkpoint"


@pytest.fixture(scope="module")
def model() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield CheckpointModel.load(str(CHECKPOINT))


def clips() -> list[Sample]:
    """Of very different lengths, so that padding would show."""
    made = []
    for number, seconds in enumerate((0.3, 3.0, 1.2, 0.05, 2.0)):
        noise = np.random.default_rng(number).normal(0, 0.1, int(seconds * 16_000))
        made.append(Sample(str(number), Clip(noise.astype(np.float32)), "", "und"))
    return made


async def test_a_batch_answers_what_each_clip_is_answered_alone(model: CheckpointModel) -> None:
    asking = Asking(prompt="say", system="Be short.", max_tokens=12)
    alone = [(await answered(model, sample, asking)).text for sample in clips()]
    together = [answer.text for answer in batched(model, iter(clips()), asking, size=3)]
    assert together == alone
    assert len(set(alone)) > 1


async def test_the_same_seed_draws_the_same_answer(model: CheckpointModel) -> None:
    asking = Asking(max_tokens=8, temperature=1.0, top_p=0.9, seed=7)
    first, second = [(await answered(model, clips()[1], asking)).text for _ in range(2)]
    assert first == second


async def test_a_conversation_is_asked_with_what_went_before(model: CheckpointModel) -> None:
    asking = Asking(max_tokens=6)
    told = [answer.text async for answer in conversed(model, clips()[1:3], asking)]
    alone = (await answered(model, clips()[2], asking)).text
    first = Message("user", (Sound(clips()[1].clip()),))
    expected = await answered(model, clips()[2], asking, before=[first, said("assistant", told[0])])
    assert told[1] == expected.text
    assert len(told) == 2
    assert alone is not None


async def test_the_usage_tells_what_was_not_computed_again(model: CheckpointModel) -> None:
    options = ReplyOptions(max_tokens=4)
    message = [Message("user", (Sound(clips()[0].clip()),))]
    usages = []
    for _ in range(2):
        usages += [it async for it in model.reply(message, options) if isinstance(it, Usage)]
    assert usages[0].num_tokens_in == usages[1].num_tokens_in
    assert usages[1].num_tokens_cached > 0


async def test_a_broken_clip_stops_no_other(model: CheckpointModel, tmp_path: Path) -> None:
    broken = Sample("broken", tmp_path / "none.wav", "", "und")
    found = list(batched(model, iter([clips()[0], broken]), Asking(max_tokens=3), size=2))
    assert [bool(it.error) for it in found] == [False, True]


def test_batches_take_the_likeliest_answer(model: CheckpointModel) -> None:
    with pytest.raises(BadInput, match="--temperature at 0"):
        next(iter(batched(model, iter(clips()), Asking(temperature=0.7), size=2)))


def test_thoughts_are_kept_apart_and_missing_ones_break_nothing() -> None:
    thinking = finished(Answer("a"), "<think>hm, Delhi?</think>\n\nDelhi.")
    assert (thinking.thought, thinking.text) == ("hm, Delhi?", "Delhi.")
    assert finished(Answer("a"), "Delhi.").text == "Delhi."
    assert finished(Answer("a"), "<think>without an end").text == "<think>without an end"
