"""Words half heard change nothing without a question; a spoken yes does it, a no drops it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from room import Room, room
from scripted import ScriptedLLM, ScriptedSTT
from virtual_time import run_virtual

from asha.conversation.interrupt import judged
from asha.conversation.tools.sayings import load_sayings
from asha.conversation.tools.toolbox import Owner, Toolbox
from asha.core.message import ToolCall
from asha.engine.exported import shipped

ALARM = ToolCall("c", "alarm_set", '{"hour": 7, "minute": 0, "part": "morning"}')
TIME = ToolCall("c", "time", "{}")


def talked(
    said: Sequence[str], call: ToolCall, *, confidence: float, tag: str = "en-IN"
) -> tuple[Room, list[str]]:
    """Spoken turns; the room, and the times of the alarms that were set."""
    folder = shipped()
    assert folder

    async def run() -> tuple[Room, list[str]]:
        stt = ScriptedSTT(said)
        stt.confidence = confidence
        async with room(stt=stt, llm=ScriptedLLM([call, "Never asked."]), language=tag) as made:
            context = made.conversation.context
            zone = ZoneInfo("Asia/Kolkata")
            box = Toolbox(context.store, Owner("owner", zone), load_sayings(folder))
            box.clock = lambda: datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
            context.box = box
            for number in range(len(said)):
                await made.speak(800)
                await made.wait_for("response.done", count=number + 1)
                await made.be_silent(3_000)
            rows = await context.store.find("alarm", owner="owner")
            return made, [str(row["due_at"]) for row in rows]

    return run_virtual(run())


def test_words_that_were_heard_well_are_done_at_once() -> None:
    made, alarms = talked(["wake me at seven"], ALARM, confidence=0.9)
    assert len(alarms) == 1
    assert "Shall I" not in made.transcript()


@pytest.mark.parametrize(
    ("tag", "question", "yes"),
    [("en-IN", "Shall I do that?", "yes please"), ("hi", "क्या मैं यह कर दूँ?", "हाँ")],
)
def test_words_half_heard_are_asked_about_and_a_yes_does_it(
    tag: str, question: str, yes: str
) -> None:
    made, alarms = talked(["wake me at seven", yes], ALARM, confidence=0.4, tag=tag)
    assert made.transcript().startswith(question)
    assert len(alarms) == 1
    assert len(made.conversation.context.parts.llm.asked) == 1  # type: ignore[union-attr]


def test_nothing_is_stored_before_the_yes_and_nothing_after_a_no() -> None:
    _, alarms = talked(["wake me at seven"], ALARM, confidence=0.4)
    assert not alarms
    _, alarms = talked(["wake me at seven", "no"], ALARM, confidence=0.4)
    assert not alarms
    _, alarms = talked(["wake me at seven", "no", "yes"], ALARM, confidence=0.4)
    assert not alarms, "what was dropped is gone"


def test_what_changes_nothing_is_never_asked_about() -> None:
    made, _ = talked(["what time is it"], TIME, confidence=0.1)
    assert "Shall I" not in made.transcript()


def test_after_a_question_yes_is_an_answer_and_not_a_back_channel() -> None:
    assert judged("haan", "hi-Latn") == ("backchannel", 1)
    assert judged("haan", "hi-Latn", was_asked=True) == ("words", 1)
    assert judged("hmm", "hi-Latn", was_asked=True)[0] == "backchannel"
