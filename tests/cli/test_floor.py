"""Scenes on the product's own conversation, in virtual time."""

import numpy as np
import pytest

from asha.cli.floor import NanoFloor
from asha.core.audio import Clip, Float32
from asha.data.synthesis import Speaker, Synthesiser
from asha.engine.exported import shipped
from asha.evaluation.case import Scene

STORY = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
pytestmark = pytest.mark.skipif(shipped() is None, reason="this installation has no weights")


@pytest.fixture(scope="module")
def floor() -> NanoFloor:
    folder = shipped()
    assert folder
    return NanoFloor(folder)


@pytest.fixture(scope="module")
def question() -> Float32:
    synthesiser = Synthesiser()
    said = synthesiser.speak("what time is it now", Speaker("en-us+f3", 160, 50))
    synthesiser.close()
    return said


def test_a_whole_question_is_one_turn_and_ends_after_its_last_sample(
    floor: NanoFloor, question: Float32
) -> None:
    held = floor.hold(Scene("en-IN", lambda: Clip(question)))
    assert held.num_turns == 1
    assert not held.is_early
    assert held.commit_ms is not None
    assert 300 < held.commit_ms < 2_000
    assert held.text or held.calls


def test_silence_leaves_the_story_alone(floor: NanoFloor) -> None:
    quiet = Clip(np.zeros(8_000, np.float32))
    held = floor.hold(Scene("en-IN", lambda: quiet, story=STORY, after_ms=1_000.0))
    assert not held.is_cancelled
    assert held.yield_ms is None


def test_a_new_question_takes_the_floor_within_the_yield_time(
    floor: NanoFloor, question: Float32
) -> None:
    held = floor.hold(Scene("en-IN", lambda: Clip(question), story=STORY, after_ms=1_000.0))
    assert held.is_cancelled
    assert held.yield_ms is not None
    assert held.yield_ms <= 200


def test_a_scene_is_the_same_every_time(floor: NanoFloor, question: Float32) -> None:
    scene = Scene("en-IN", lambda: Clip(question))
    assert floor.hold(scene) == floor.hold(scene)
