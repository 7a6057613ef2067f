"""The voice is told when an answer is near, and when it is not any more."""

from typing import Any

from room import Room, room
from scripted import ScriptedLLM, ScriptedSTT
from virtual_time import run_virtual

from asha.core.language import Language


class Doorman:
    """Who stands by, and what was wanted at which moment of the room."""

    def __init__(self) -> None:
        self.waiting: dict[str, str] = {}
        self.wanted: list[str] = []

    def stand_by(self, who: str, *, language: Language) -> None:
        self.waiting[who] = language.tag
        self.wanted.append(language.tag)

    def stand_down(self, who: str) -> None:
        self.waiting.pop(who, None)


def in_a_room(scene: Any, **given: Any) -> Doorman:
    doorman = Doorman()

    async def run() -> None:
        async with room(standby=doorman, **given) as made:
            await scene(made, doorman)
        assert not doorman.waiting, "a session that is closed waits for nothing"

    run_virtual(run())
    return doorman


def test_from_the_first_word_of_the_user_to_the_end_of_the_answer() -> None:
    async def scene(made: Room, doorman: Doorman) -> None:
        await made.be_silent(300)
        assert not doorman.wanted
        await made.speak(500)
        assert doorman.waiting == {"sess_test": "hi"}
        assert not made.all("asha.turn.committed"), "long before the answer"
        await made.wait_for("response.done")
        await made.be_silent(6_000)
        assert not doorman.waiting

    assert in_a_room(scene, language="hi").wanted == ["hi"]


def test_an_interruption_keeps_the_voice_ready_for_the_next_answer() -> None:
    async def scene(made: Room, doorman: Doorman) -> None:
        await made.speak(600)
        await made.wait_for("response.output_audio.delta")
        await made.speak(1_500)
        await made.wait_for("response.done")
        assert doorman.waiting, "the second turn goes on"

    in_a_room(scene)


def test_a_sound_of_listening_leaves_the_answer_its_voice() -> None:
    async def scene(made: Room, doorman: Doorman) -> None:
        await made.speak(600)
        await made.wait_for("response.output_audio.delta")
        await made.be_silent(1_500)
        await made.speak(200)
        await made.wait_for("asha.playback.resumed")
        assert doorman.waiting and not made.all("response.done")

    long = "Yes, of course, here is the whole story. " * 4
    in_a_room(scene, stt=ScriptedSTT(["hello", "hmm"]), llm=ScriptedLLM([long], token_ms=300))


def test_what_the_user_takes_back_needs_no_voice() -> None:
    async def scene(made: Room, doorman: Doorman) -> None:
        await made.speak(400)
        assert doorman.waiting
        made.conversation.clear()
        await made.wait_for("input_audio_buffer.cleared")
        assert not doorman.waiting

    in_a_room(scene)


def test_who_wants_no_sound_needs_no_voice() -> None:
    async def scene(made: Room, doorman: Doorman) -> None:
        await made.speak(600)
        await made.wait_for("response.done")

    assert not in_a_room(scene, speaks=False).wanted
