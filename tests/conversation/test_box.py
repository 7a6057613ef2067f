"""A user's own tools, and a model that hears: what they change in the session."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from room import Room, room
from scripted import ScriptedLLM
from virtual_time import run_virtual

from asha.conversation.alarms import ring
from asha.core.language import Language
from asha.core.message import Message, ToolCall
from asha.core.ports import Heard, Prepared, ReplyOptions, ToolSpec


class Speaks:
    """A tool that changes the language, and one that says nothing."""

    def __init__(self, name: str, prepared: Prepared) -> None:
        self.spec, self.effect, self._prepared = ToolSpec(name, "", {}), "none", prepared

    def prepare(self, arguments: Mapping[str, Any], *, language: Language) -> Prepared:
        return self._prepared

    async def apply(self, prepared: Prepared, *, turn_id: str) -> None:
        pass


class Box:
    """Tools of one user."""

    def __init__(self) -> None:
        self.last_said = ""
        self.is_asking = False
        self.num_refreshed = 0
        self.tools = {
            "language": Speaks("language", Prepared("अब हिंदी में।", {"session": {"language": "hi"}})),
            "backchannel": Speaks("backchannel", Prepared("")),
        }

    async def refresh(self) -> None:
        self.num_refreshed += 1


class Hears(ScriptedLLM):
    """Tells what it heard before it answers."""

    async def reply(self, messages: Sequence[Message], options: ReplyOptions) -> Any:
        if messages[-1].role == "user":
            options.extra["heard"](Heard("speak Hindi", is_final=True))
            async for piece in super().reply(messages, options):
                yield piece


async def with_box(call: str) -> tuple[Room, Box]:
    box = Box()
    llm = Hears([ToolCall("c", call, "{}")], hears=True)
    async with room(llm=llm, language="auto") as made:
        made.conversation.context.box = box
        made.conversation.context.parts = replace_stt(made)
        await made.speak(800)
        await made.wait_for("response.done")
        return made, box


def replace_stt(made: Room) -> Any:
    """No recogniser: the model's own transcript is what is shown."""
    from dataclasses import replace

    return replace(made.conversation.context.parts, stt=None)


def test_a_tool_may_change_the_language_for_good() -> None:
    made, box = run_virtual(with_box("language"))
    assert made.conversation.config.language == "hi"
    assert "asha.language.switched" in made.types()
    assert box.last_said == "अब हिंदी में।" and box.num_refreshed


def test_a_tool_with_nothing_to_say_is_not_apologised_for() -> None:
    made, _ = run_virtual(with_box("backchannel"))
    assert made.transcript() == ""
    assert made.all("response.done")[0].body["response"]["status"] == "completed"


def test_a_model_that_hears_writes_the_transcript_beside_its_answer() -> None:
    made, _ = run_virtual(with_box("language"))
    [written] = made.all("conversation.item.input_audio_transcription.completed")
    assert written.body["transcript"] == "speak Hindi"


@pytest.mark.parametrize(("words", "track"), [("कितने बजे हैं", "hi"), ("what time is it", "en-IN")])
def test_a_tool_answers_in_the_language_that_the_model_heard(words: str, track: str) -> None:
    tracks: list[str] = []

    class Asks(Speaks):
        def prepare(self, arguments: Any, *, language: Language) -> Prepared:
            tracks.append(language.tag)
            return Prepared("Ten.")

    class Clock(ScriptedLLM):
        async def reply(self, messages: Sequence[Message], options: ReplyOptions) -> Any:
            options.extra["heard"](Heard(words, is_final=True))
            async for piece in super().reply(messages, options):
                yield piece

    async def talk() -> None:
        box = Box()
        box.tools["time"] = Asks("time", Prepared("Ten."))
        async with room(
            llm=Clock([ToolCall("c", "time", "{}")], hears=True), language="auto"
        ) as it:
            it.conversation.context.box = box
            it.conversation.context.parts = replace_stt(it)
            await it.speak(800)
            await it.wait_for("response.done")

    run_virtual(talk())
    assert tracks == [track]


def test_an_alarm_rings_once_and_a_missed_one_says_so() -> None:
    async def talk() -> Room:
        async with room() as made:
            store, now = made.services.store, datetime.now(UTC)
            for key, seconds in (("late", -600), ("due", -1), ("later", 600)):
                due = (now + timedelta(seconds=seconds)).isoformat()
                row = {"id": key, "kind": "timer", "due_at": due, "text": "tea"}
                await store.put("alarm", key, row, owner="owner")
            for _ in range(2):
                await ring(store, [made.conversation], now=now)
            await made.be_silent(200)
            assert [row["id"] for row in await store.find("alarm", owner="owner")] == ["later"]
            return made

    fired = run_virtual(talk()).all("asha.alarm.fired")
    assert [(seen.body["alarm_id"], seen.body["missed"]) for seen in fired] == [
        ("late", True),
        ("due", False),
    ]


def spoken_with_a_pause(words: str, pause_ms: float) -> Room:
    """Two stretches of speech; what the model has heard of the first is `words`."""

    class Wordy(ScriptedLLM):
        async def reply(self, messages: Sequence[Message], options: ReplyOptions) -> Any:
            options.extra["heard"](Heard(words, is_final=True))
            async for piece in super().reply(messages, options):
                yield piece

    async def talk() -> Room:
        async with room(llm=Wordy(["Yes."], hears=True), language="en-IN") as made:
            made.conversation.context.parts = replace_stt(made)
            await made.speak(800)
            await made.be_silent(pause_ms)
            await made.speak(600)
            await made.wait_for("response.done")
            return made

    return run_virtual(talk())


def test_what_the_model_has_heard_tells_how_long_to_wait_for_more() -> None:
    waited = spoken_with_a_pause("please set an alarm for", 1_000)
    assert waited.all("asha.turn.committed")[0].body["silence_ms"] < 2_000
    first = waited.all("asha.turn.committed")[0].at_ms
    assert first > 800 + 1_000 + 600, "the beginning of a request is waited on"
    whole = spoken_with_a_pause("what time is it", 1_000)
    assert whole.all("asha.turn.committed")[0].at_ms < 800 + 1_000
