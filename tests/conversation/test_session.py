"""Whole conversations in virtual time, against scripted parts."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from room import Room, room
from scripted import ScriptedLLM, ScriptedSTT, ScriptedTTS
from virtual_time import run_virtual

from asha.conversation.player import LEAD_MS, Player
from asha.conversation.rules import Rules
from asha.core.asha_events import EVENT
from asha.core.errors import Busy, ProviderBusy
from asha.core.message import Sound, Text
from asha.core.ports import Heard

LONG = "This is the first sentence of it. " + "And here is one more sentence. " * 8


def test_a_spoken_question_is_answered_in_sound_and_words() -> None:
    async def talk() -> Room:
        llm = ScriptedLLM(["Namaste and welcome."])
        async with room(stt=ScriptedSTT(["what time is it"]), llm=llm) as made:
            await made.be_silent(300)
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert made.types() == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "conversation.item.input_audio_transcription.delta",
        "asha.turn.speculated",
        "input_audio_buffer.committed",
        "asha.turn.committed",
        "conversation.item.added",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
        "asha.latency.report",
        "asha.cost.report",
    ]
    assert made.transcript().strip() == "Namaste and welcome."
    for seen in made.seen:
        EVENT.validate_python(seen.body)


def test_a_held_draft_leaves_at_the_commit_whatever_the_vendors_take() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["what time is it"], latency_ms=150),
            llm=ScriptedLLM([LONG], first_ms=150, token_ms=10),
            tts=ScriptedTTS(latency_ms=100),
        ) as made:
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            await made.wait_for("asha.latency.report")
            return made

    made = run_virtual(talk())
    [report] = made.all("asha.latency.report")
    clocks, segments = report.body["clocks"], report.body["segments_ms"]
    assert clocks["first_answer"] < 5
    patience_ms = Rules().patience_ms
    assert patience_ms <= clocks["voice_to_voice"] <= patience_ms + 100 + 32 + 5
    assert sum(segments.values()) == pytest.approx(clocks["voice_to_voice"], abs=0.01)
    assert segments["think"] == segments["speak"] == 0


def test_without_speculation_every_stage_is_waited_for_and_the_segments_say_so() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["what time is it"], latency_ms=900),
            llm=ScriptedLLM(["Half past seven."], first_ms=200),
            tts=ScriptedTTS(latency_ms=100),
            rules=Rules(speculation="off"),
        ) as made:
            await made.speak(800)
            await made.wait_for("asha.latency.report")
            return made

    made = run_virtual(talk())
    [report] = made.all("asha.latency.report")
    segments = report.body["segments_ms"]
    assert segments["think"] == pytest.approx(200, abs=2)
    assert segments["speak"] == pytest.approx(100, abs=2)
    assert segments["hear"] > 100
    assert segments["send"] <= 5
    voice_to_voice = report.body["clocks"]["voice_to_voice"]
    assert sum(segments.values()) == pytest.approx(voice_to_voice, abs=0.01)


def test_a_draft_of_half_a_question_is_never_heard() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["set an alarm", "for seven"]),
            llm=ScriptedLLM(["For when?", "Done, seven it is."]),
        ) as made:
            await made.speak(800)
            await made.be_silent(400)
            await made.speak(600)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert made.transcript().strip() == "Done, seven it is."
    assert [seen.body["revision"] for seen in made.all("asha.turn.revised")] == [1]
    [cost] = made.all("asha.cost.report")
    assert 0 < cost.body["wasted_characters"] <= len("For when? ")
    [done] = made.all("conversation.item.input_audio_transcription.completed")
    assert done.body["transcript"] == "set an alarm for seven"


def test_only_the_first_phrase_is_spoken_ahead() -> None:
    async def talk() -> tuple[list[str], Room]:
        tts = ScriptedTTS()
        async with room(llm=ScriptedLLM([LONG]), tts=tts) as made:
            await made.speak(800)
            await made.be_silent(400)
            ahead = list(tts.phrases)
            await made.wait_for("response.done")
            return ahead, made

    ahead, _ = run_virtual(talk())
    assert ahead == ["This is the first sentence of it."]


def test_under_text_speculation_no_character_is_sent_to_the_voice_before_the_commit() -> None:
    async def talk() -> list[str]:
        tts = ScriptedTTS()
        async with room(tts=tts, rules=Rules(speculation="text")) as made:
            await made.speak(800)
            await made.be_silent(400)
            ahead = list(tts.phrases)
            await made.wait_for("response.done")
            assert tts.phrases
            return ahead

    assert run_virtual(talk()) == []


def test_sound_is_never_sent_more_than_a_second_ahead() -> None:
    async def talk() -> Room:
        async with room(llm=ScriptedLLM([LONG])) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    deltas = made.all("response.output_audio.delta")
    for seen in deltas:
        assert seen.body["start_ms"] - (seen.at_ms - deltas[0].at_ms) <= 1_000 + 100


def test_a_real_interruption_keeps_only_what_was_heard() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["tell me a story", "no something else please"]),
            llm=ScriptedLLM([LONG, "As you like."]),
        ) as made:
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            await made.be_silent(2_000)
            await made.speak(1_200)
            await made.wait_for("response.done", count=2)
            return made

    made = run_virtual(talk())
    [cut] = made.all("conversation.item.truncated")
    assert cut.body["audio_end_ms"] == pytest.approx(2_100, abs=200)
    first = made.all("response.done")[0].body["response"]
    assert first["status"] == "cancelled"
    heard = first["output"][0]["content"][0]["transcript"]
    assert heard.startswith("This is the first sentence") and len(heard) < 60
    kept = [row["text"] for (kind, _), (_, row) in made.services.store.rows.items()]  # type: ignore[attr-defined]
    assert heard in kept


def test_the_reply_pauses_at_once_when_the_user_speaks() -> None:
    async def talk() -> tuple[float, Room]:
        async with room(llm=ScriptedLLM([LONG])) as made:
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            await made.be_silent(1_000)
            onset_ms = made.now_ms
            await made.speak(300)
            return onset_ms, made

    onset_ms, made = run_virtual(talk())
    [paused] = made.all("asha.playback.paused")
    assert paused.at_ms - onset_ms <= 200


def test_haan_does_not_stop_the_answer() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["tell me a story", "haan"], latency_ms=150),
            llm=ScriptedLLM([LONG]),
        ) as made:
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            await made.be_silent(1_000)
            await made.speak(300)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    [resumed] = made.all("asha.playback.resumed")
    assert resumed.body["reason"] == "backchannel"
    [done] = made.all("response.done")
    assert done.body["response"]["status"] == "completed"
    assert made.transcript().split() == LONG.split()


def test_her_own_voice_from_the_loudspeaker_does_not_stop_the_answer() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["tell me a story", "the first sentence of it"]),
            llm=ScriptedLLM([LONG]),
        ) as made:
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            await made.be_silent(1_000)
            await made.speak(500)
            await made.wait_for("response.done")
            return made

    [resumed] = run_virtual(talk()).all("asha.playback.resumed")
    assert resumed.body["reason"] == "echo"


def test_going_on_right_after_the_commit_is_the_same_turn() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["what is", "two plus two"]),
            llm=ScriptedLLM(["What is what?", "Four."], first_ms=2_000),
        ) as made:
            await made.speak(800)
            await made.wait_for("asha.turn.committed")
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    turns = {seen.body["turn_id"] for seen in made.all("asha.turn.committed")}
    assert len(turns) == 1
    assert made.transcript().strip() == "Four."
    asked = made.conversation.context.parts.llm.asked[-1][-1]  # type: ignore[union-attr]
    assert asked.text == "what is two plus two"


def test_the_client_cancels_and_says_how_much_was_played() -> None:
    async def talk() -> Room:
        async with room(llm=ScriptedLLM([LONG])) as made:
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            await made.be_silent(1_500)
            player = made.conversation.answerer.player
            assert player
            made.conversation.cancel(player.response_id, heard_ms=900)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    [cut] = made.all("conversation.item.truncated")
    assert cut.body["audio_end_ms"] == 900
    assert made.all("response.done")[0].body["response"]["status_details"]["reason"] == (
        "client_cancelled"
    )


def test_typed_words_are_answered_at_once() -> None:
    async def talk() -> Room:
        async with room() as made:
            made.conversation.type("what time is it", final=True)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert made.types()[:2] == ["asha.turn.committed", "conversation.item.added"]
    assert made.all("conversation.item.added")[0].body["item"]["content"] == [
        {"type": "input_text", "text": "what time is it", "transcript": None}
    ]


def test_push_to_talk_commits_what_was_sent_and_nothing_else() -> None:
    async def talk() -> Room:
        async with room(turn_detection="client", llm=ScriptedLLM(["Yes."], hears=True)) as made:
            await made.speak(1_000)
            await made.be_silent(2_000)
            made.conversation.commit()
            await made.speak(500)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert len(made.all("asha.turn.committed")) == 1
    [asked] = made.conversation.context.parts.llm.asked  # type: ignore[union-attr]
    [sound] = asked[-1].parts
    assert isinstance(sound, Sound)
    assert sound.clip.duration_s == pytest.approx(3.0, abs=0.05)


def test_in_the_direct_path_the_model_hears_and_the_transcript_comes_beside() -> None:
    async def talk() -> Room:
        async with room(
            stt=ScriptedSTT(["what time is it"], latency_ms=3_000),
            llm=ScriptedLLM(["Half past seven."], hears=True),
        ) as made:
            await made.be_silent(500)
            await made.speak(800)
            await made.wait_for("response.output_audio.delta")
            assert not made.all("conversation.item.input_audio_transcription.completed")
            await made.wait_for("conversation.item.input_audio_transcription.completed")
            return made

    made = run_virtual(talk())
    [asked] = made.conversation.context.parts.llm.asked  # type: ignore[union-attr]
    [sound] = asked[-1].parts
    assert isinstance(sound, Sound)
    assert 0.8 <= sound.clip.duration_s <= 1.4


def test_the_model_is_told_what_was_said_before() -> None:
    async def talk() -> Room:
        async with room(llm=ScriptedLLM(["Hello Ravi.", "You are Ravi."])) as made:
            made.conversation.type("my name is Ravi", final=True)
            await made.wait_for("response.done")
            await made.be_silent(3_000)
            made.conversation.type("who am I", final=True)
            await made.wait_for("response.done", count=2)
            return made

    made = run_virtual(talk())
    last = made.conversation.context.parts.llm.asked[-1]  # type: ignore[union-attr]
    assert [message.role for message in last] == ["system", "user", "assistant", "user"]
    assert isinstance(last[1].parts[0], Text) and last[1].text == "my name is Ravi"
    assert last[2].text == "Hello Ravi."


def test_a_late_answer_is_acknowledged_within_the_budget_and_counted_as_such() -> None:
    async def talk() -> Room:
        async with room(llm=ScriptedLLM(["Half past seven."], first_ms=3_000), fills=True) as made:
            await made.be_silent(200)
            await made.speak(800)
            await made.wait_for("asha.latency.report")
            return made

    made = run_virtual(talk())
    [report] = made.all("asha.latency.report")
    clocks = report.body["clocks"]
    assert report.body["filler"] is True
    assert clocks["first_audio"] <= 200 < 1_500 < clocks["first_answer"]
    [done] = made.all("response.done")
    assert done.body["response"]["output"][0]["content"][0]["transcript"] == "Half past seven."


def test_a_busy_engine_is_told_at_once_and_in_words() -> None:
    async def talk() -> Room:
        async with room(llm=ScriptedLLM([Busy("The engine is busy.")])) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    [error] = made.all("error")
    assert error.body["error"]["code"] == "busy"
    assert "try again" in made.transcript()
    assert made.all("response.output_audio.delta")
    assert made.all("response.done")[0].body["response"]["status"] == "failed"


def test_when_the_voice_fails_for_a_phrase_the_words_are_still_shown() -> None:
    async def talk() -> Room:
        tts = ScriptedTTS(failures=[ProviderBusy("scripted-tts", "overloaded.")])
        async with room(llm=ScriptedLLM([LONG]), tts=tts) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert made.transcript().split() == LONG.split()
    assert made.all("response.output_audio.delta")


def test_a_recogniser_that_fails_is_told_and_the_next_turn_works() -> None:
    async def talk() -> Room:
        stt = ScriptedSTT(["hello"])
        stt.failure = ProviderBusy("scripted-stt", "overloaded.")
        async with room(stt=stt) as made:
            await made.speak(800)
            await made.wait_for("response.done")
            stt.failure = None
            await made.be_silent(10_000)
            await made.speak(800)
            await made.wait_for("response.done", count=2)
            return made

    made = run_virtual(talk())
    assert made.all("conversation.item.input_audio_transcription.failed")
    assert made.all("response.done")[1].body["response"]["status"] == "completed"


def test_a_text_session_gets_words_and_no_sound() -> None:
    async def talk() -> Room:
        async with room(speaks=False) as made:
            made.conversation.type("hello", final=True)
            await made.wait_for("response.done")
            return made

    made = run_virtual(talk())
    assert made.all("response.output_text.delta")
    assert not made.all("response.output_audio.delta")


def test_a_minute_of_talk_leaves_nothing_behind() -> None:
    async def talk() -> Room:
        async with room(stt=ScriptedSTT(["hello there"])) as made:
            for count in range(1, 9):
                await made.speak(1_000)
                await made.wait_for("response.done", count=count)
                await made.be_silent(4_000)
            assert not made.conversation.is_busy
            assert len(made.conversation.listener.hearings) <= 3
            return made

    made = run_virtual(talk())
    statuses = [seen.body["response"]["status"] for seen in made.all("response.done")]
    assert statuses == ["completed"] * 8


def test_a_nul_that_a_vendor_sends_is_not_kept() -> None:
    async def scene() -> list[str]:
        async with room(stt=ScriptedSTT(["he\0llo"]), llm=ScriptedLLM(["Yes\0, it is."])) as made:
            await made.speak(600)
            await made.wait_for("response.done")
            await made.be_silent(3_000)
            rows = await made.services.store.find("item", owner="owner")
        return [row["text"] for row in rows]

    assert run_virtual(scene()) == ["hello", "Yes, it is."]


def test_a_rounding_error_is_not_waited_for() -> None:
    """Sleeping for less than the clock can tell is sleeping for ever where the clock jumps."""
    asked: list[float] = []

    def now_ms() -> float:
        assert len(asked) < 10, "it stands still"
        asked.append(8_000.0)
        return asked[-1]

    async def scene() -> None:
        await asyncio.sleep(8)
        going = asyncio.Event()
        going.set()
        answer = SimpleNamespace(sent_ms=LEAD_MS + 8_000 + 2e-12)
        waiting: Any = SimpleNamespace(_going=going, _start_ms=0.0, answer=answer, now_ms=now_ms)
        await Player._pace(waiting)

    run_virtual(scene())


class ChangesItsMind(ScriptedSTT):
    """Shows the beginning while somebody speaks, and the whole 300 ms after the sound's end."""

    async def transcribe(self, sound, *, language):  # type: ignore[no-untyped-def]
        async for _ in sound:
            yield Heard("what is the time", is_final=False)
        await asyncio.sleep(0.3)
        yield Heard("what is the time in Delhi", is_final=True)


def test_what_was_thought_about_words_that_were_not_the_last_is_told_as_wasted() -> None:
    llm = ScriptedLLM(["It is seven. Good night to you."], token_ms=20)
    tts = ScriptedTTS()

    async def scene() -> dict[str, Any]:
        async with room(stt=ChangesItsMind([]), llm=llm, tts=tts) as made:
            await made.speak(800)
            report = await made.wait_for("asha.cost.report")
        return report.body

    report = run_virtual(scene())
    assert [asked[-1].text for asked in llm.asked] == [
        "what is the time",
        "what is the time in Delhi",
    ]
    assert report["wasted_tokens"] > 0
    assert report["wasted_characters"] == len(tts.phrases[0])
