"""Talking to the page: typed, spoken into a microphone, interrupted."""

from collections.abc import Callable

import pytest
from browser.stage import Stage
from playwright.sync_api import Page, expect
from scripted import ScriptedLLM, ScriptedSTT

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
StartStage = Callable[..., Stage]


def test_a_typed_question_is_answered_in_its_own_script(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(stage(llm=ScriptedLLM(["अभी तीन बजे हैं।"])).url)
    page.get_by_label("Write to Asha").fill("समय क्या है")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("line-user")).to_contain_text("समय क्या है")
    answer = page.get_by_test_id("line-assistant")
    expect(answer).to_contain_text("अभी तीन बजे हैं।")
    expect(answer.locator("p")).to_have_attribute("lang", "hi")
    expect(page.get_by_test_id("latency-strip")).to_contain_text("ms")


def test_one_press_and_a_spoken_question_is_answered_aloud(
    stage: StartStage, open_page: OpenPage
) -> None:
    parts = {"llm": ScriptedLLM(["Main theek hoon."]), "stt": ScriptedSTT(["kaise ho"])}
    page = open_page(stage(**parts).url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("line-user")).to_contain_text("kaise ho")
    expect(page.get_by_test_id("state")).to_have_text("Speaking")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Main theek hoon.")
    expect(page.get_by_test_id("state")).to_have_text("Listening")


def test_an_answer_is_heard_again_without_asking_for_it_again(
    stage: StartStage, open_page: OpenPage
) -> None:
    running = stage(llm=ScriptedLLM(["Ek baar phir suno."]))
    page = open_page(running.url)
    page.get_by_label("Write to Asha").fill("bolo")
    page.get_by_label("Send").click()
    again = page.get_by_role("button", name="Hear again")
    expect(again).to_be_visible()
    page.context.set_offline(True)
    page.evaluate("ears.length = 0")
    again.click()
    page.wait_for_function("ears.some(row => row[1] > 0.01)", polling=100)
    assert len(running.parts.llm.asked) == 1


def test_every_turn_is_told_to_the_server_as_it_was_heard(
    stage: StartStage, open_page: OpenPage
) -> None:
    parts = {"llm": ScriptedLLM(["Main theek hoon."]), "stt": ScriptedSTT(["kaise ho"])}
    page = open_page(stage(**parts).url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("line-assistant").first).to_contain_text("Main theek hoon.")
    page.wait_for_function(
        "async () => (await (await fetch('/v1/measured')).json()).figures.clocks.voice_to_voice",
        polling=300,
    )
    page.evaluate("location.hash = '#/latency'")
    row = page.get_by_role("row").filter(has_text="voice to voice").first
    expect(row).to_contain_text("1")
    page.get_by_label("Provider").check(force=True)
    expect(page.get_by_role("row").filter(has_text="thinks: scripted-llm")).to_be_visible()
