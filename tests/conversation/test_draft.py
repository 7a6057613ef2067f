"""Drafts: what they may do before anybody knows that the turn is over."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from room import Room, room
from scripted import ScriptedLLM, ScriptedSTT, ScriptedTTS
from virtual_time import run_virtual

from asha.conversation.rules import Rules
from asha.core.errors import BadInput
from asha.core.language import Language
from asha.core.message import ToolCall
from asha.core.ports import Effect, Heard, Prepared, ToolSpec
from asha.speech.vad import FRAME_MS


class Alarm:
    """A tool that writes down when it was applied."""

    def __init__(self, effect: Effect = "write", *, say: str = "The alarm is set.") -> None:
        self.spec = ToolSpec("alarm_set", "Sets an alarm.", {})
        self.effect: Effect = effect
        self.say = say
        self.prepared: list[dict[str, Any]] = []
        self.applied: list[tuple[float, str]] = []
        self.fails = False

    def prepare(self, arguments: Mapping[str, Any], *, language: Language) -> Prepared:
        self.prepared.append(dict(arguments))
        return Prepared(self.say, {"hour": arguments["hour"]})

    async def apply(self, prepared: Prepared, *, turn_id: str) -> None:
        if self.fails:
            raise BadInput("There are too many alarms; delete one.")
        self.applied.append((asyncio.get_running_loop().time() * 1_000, turn_id))


class NotUnderstood(Alarm):
    """The tool that says what Asha says where she does not know."""

    def __init__(self) -> None:
        super().__init__("none", say="Sorry, I do not know that. Ask me the time.")

    def prepare(self, arguments: Mapping[str, Any], *, language: Language) -> Prepared:
        del arguments, language
        return Prepared(self.say)


RULES = Rules()
CALL = ToolCall("call_1", "alarm_set", '{"hour": 7}')


def test_a_writer_is_spoken_ahead_but_writes_only_after_the_commit() -> None:
    alarm, tts = Alarm(), ScriptedTTS()

    async def talk() -> Room:
        async with room(llm=ScriptedLLM([CALL]), tts=tts, tools={"alarm_set": alarm}) as made:
            await made.speak(800)
            await made.be_silent(400)
            assert tts.phrases == ["The alarm is set."] and not alarm.applied
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    [(applied_ms, _)] = alarm.applied
    assert applied_ms >= made.all("asha.turn.committed")[0].at_ms
    assert applied_ms <= made.all("response.output_audio.delta")[0].at_ms
    [card] = made.all("asha.tool.applied")
    assert card.body["result"] == {"hour": 7}


def test_what_a_discarded_draft_wanted_to_write_is_never_written() -> None:
    alarm = Alarm()

    async def talk() -> Room:
        llm = ScriptedLLM([CALL, "Fine, no alarm then."])
        stt = ScriptedSTT(["set an alarm", "no do not"])
        async with room(llm=llm, stt=stt, tools={"alarm_set": alarm}) as made:
            await made.speak(800)
            await made.be_silent(400)
            await made.speak(600)
            await made.wait_for("response.done")
            return made

    assert run_virtual(talk()).transcript().strip() == "Fine, no alarm then."
    assert alarm.prepared and not alarm.applied


def test_what_a_tool_failed_to_do_is_not_said_to_be_done() -> None:
    alarm = Alarm()
    alarm.fails = True

    async def talk() -> Room:
        async with room(llm=ScriptedLLM([CALL]), tools={"alarm_set": alarm}) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert "alarm is set" not in made.transcript()
    assert made.all("error")[0].body["error"]["code"] == "bad_input"


def test_a_tool_without_words_of_its_own_goes_back_to_the_model() -> None:
    llm = ScriptedLLM([CALL, "Done, at seven."])

    async def talk() -> Room:
        tools = {"alarm_set": Alarm("none", say="")}
        async with room(llm=llm, tools=tools) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    assert run_virtual(talk()).transcript().strip() == "Done, at seven."
    assert [message.role for message in llm.asked[1][-2:]] == ["assistant", "tool"]


@pytest.mark.parametrize("arguments", ["[]", "{broken", "7"])
def test_a_model_that_calls_a_tool_wrongly_is_told_so(arguments: str) -> None:
    llm = ScriptedLLM([ToolCall("c", "alarm_set", arguments), "Sorry, for when?"])

    async def talk() -> Room:
        async with room(llm=llm, tools={"alarm_set": Alarm()}) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    assert run_virtual(talk()).transcript().strip() == "Sorry, for when?"


class ChangesItsMind(ScriptedSTT):
    """Shows one text while it listens and gives another at the end."""

    async def transcribe(self, sound: Any, *, language: str) -> Any:
        async for _ in sound:
            yield Heard("tell me a joke", is_final=False)
        await asyncio.sleep(0.3)
        yield Heard(self.texts[0], is_final=True)


def test_while_the_recogniser_finishes_the_model_thinks_on_the_words_so_far() -> None:
    llm = ScriptedLLM(["Here is one."], first_ms=250)

    async def talk() -> Room:
        async with room(llm=llm, stt=ChangesItsMind(["Tell me a joke."])) as made:
            await made.speak(800)
            await made.wait_for("asha.latency.report")
            return made

    made = run_virtual(talk())
    assert len(llm.asked) == 1
    assert made.all("asha.latency.report")[0].body["clocks"]["first_answer"] < 5


def test_an_answer_to_words_that_were_not_said_is_never_heard() -> None:
    llm = ScriptedLLM(["A joke it is.", "A story it is."])

    async def talk() -> Room:
        async with room(llm=llm, stt=ChangesItsMind(["tell me a story"])) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert made.transcript().strip() == "A story it is."
    assert llm.asked[1][-1].text == "tell me a story"


class ShowsTheLastWordLate(ScriptedSTT):
    """A word more appears 80 ms after the sound's end, the same words are final 500 ms later."""

    async def transcribe(self, sound: Any, *, language: str) -> Any:
        async for _ in sound:
            yield Heard("what is the time", is_final=False)
        await asyncio.sleep(0.08)
        yield Heard("what is the time now", is_final=False)
        await asyncio.sleep(0.5)
        yield Heard("What is the time now?", is_final=True)


def test_when_the_words_so_far_change_the_model_starts_again_at_once() -> None:
    llm = ScriptedLLM(["Where is it?", "It is noon."], first_ms=300)

    async def talk() -> Room:
        async with room(llm=llm, stt=ShowsTheLastWordLate([""])) as made:
            await made.speak(800)
            await made.wait_for("asha.latency.report")
            return made

    made = run_virtual(talk())
    assert made.transcript().strip() == "It is noon."
    assert [asked[-1].text for asked in llm.asked] == [
        "what is the time",
        "what is the time now",
    ]


@pytest.mark.parametrize(
    ("answer", "is_refused"),
    [
        (ToolCall("call_1", "not_understood", "{}"), True),
        ("Sorry, I do not know that. Ask me the time.", True),
        ("It is ten past nine. Sorry, I was slow.", False),
    ],
)
def test_what_is_refused_is_waited_for_longer(answer: str | ToolCall, is_refused: bool) -> None:
    async def silence_ms() -> float:
        tools = {"not_understood": NotUnderstood()}
        stt = ScriptedSTT(["what is the time now"])
        async with room(llm=ScriptedLLM([answer]), stt=stt, tools=tools) as made:
            await made.speak(800)
            await made.wait_for("asha.turn.committed")
            return float(made.all("asha.turn.committed")[0].body["silence_ms"])

    patience_ms = RULES.refusal_patience_ms if is_refused else RULES.patience_ms
    assert 0 <= run_virtual(silence_ms()) - patience_ms < 2 * FRAME_MS
