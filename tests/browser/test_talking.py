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
