"""More bad weather: flapping lines, sleep, other tabs, headphones, a 429."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from browser.spoken_room import events, furnish
from browser.stage import Stage
from playwright.sync_api import Page, Route, expect
from scripted import ScriptedLLM, ScriptedSTT

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
StartStage = Callable[..., Stage]
WAITING = "No connection to Asha"

# Remembers the microphone's track, so that it can be unplugged.
UNPLUGGABLE = """
const nativeGet = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
  const media = await nativeGet(wanted);
  window.unplug = () => media.getAudioTracks()[0].dispatchEvent(new Event("ended"));
  return media;
};
"""


def ask(page: Page, text: str) -> None:
    page.get_by_label("Write to Asha").fill(text)
    page.get_by_label("Send").click()


def refusal(status: int, message: str, **more: Any) -> dict[str, Any]:
    """An OpenAI-shaped error as a fulfilled route."""
    body = {"error": {"message": message, "type": "error", "code": "x", "param": None, **more}}
    return {"status": status, "content_type": "application/json", "body": json.dumps(body)}


def test_a_flapping_line_loses_and_doubles_nothing(stage: StartStage, open_page: OpenPage) -> None:
    answers = [f"Jawab number {number}." for number in range(3)]
    page = open_page(stage(llm=ScriptedLLM(answers)).url)
    for number, answer in enumerate(answers):
        ask(page, f"sawaal {number}")
        expect(page.get_by_test_id("line-assistant").nth(number)).to_contain_text(answer)
        page.context.set_offline(True)
        page.evaluate("fetch('/health/live').catch(() => undefined)")
        page.context.set_offline(False)
    expect(page.get_by_test_id("line-assistant")).to_have_count(3)
    expect(page.get_by_test_id("line-user")).to_have_count(3)


def test_after_an_hour_of_sleep_the_next_question_is_answered(
    stage: StartStage, open_page: OpenPage
) -> None:
    running = stage(llm=ScriptedLLM(["Pehla.", "Doosra."]))
    page = open_page("about:blank")
    furnish(page.context)
    page.clock.install()
    page.goto(running.url)
    ask(page, "ek")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Pehla.")
    opened = len(events(page, "session.created"))
    page.clock.fast_forward("01:00:00")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text(WAITING)).to_be_hidden()
    ask(page, "do")
    expect(page.get_by_test_id("line-assistant").nth(1)).to_contain_text("Doosra.")
    expect(page.get_by_test_id("line-assistant")).to_have_count(2)
    assert len(events(page, "session.created")) == opened  # resumed, not begun anew


def test_an_answer_goes_on_while_another_tab_is_looked_at(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(stage(llm=ScriptedLLM(["Main bolti rahi, tum kahin aur the."])).url)
    ask(page, "bolo")
    expect(page.locator("[data-mood=speaking]")).to_be_visible()
    other = page.context.new_page()
    other.goto("about:blank")
    other.bring_to_front()
    page.wait_for_function("ears.some(row => row[1] > 0.01)", polling=100)
    page.bring_to_front()
    expect(page.get_by_test_id("line-assistant")).to_contain_text("kahin aur")
    expect(page.get_by_text(WAITING)).to_be_hidden()


def test_unplugged_headphones_are_told_and_another_press_goes_on(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    page.add_init_script(UNPLUGGABLE)
    page.goto(stage(stt=ScriptedSTT(["phir se"])).url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    page.evaluate("unplug()")
    expect(page.get_by_test_id("trouble-lost")).to_contain_text("unplugged")
    page.get_by_test_id("trouble-lost").get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("line-user").first).to_contain_text("phir se")


def test_a_429_is_told_what_was_written_stays_and_the_next_try_arrives(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(stage().url)
    expect(page.get_by_test_id("who")).to_be_visible()
    page.route(
        "**/input_text", lambda route: route.fulfill(**refusal(429, "Too many at once; wait 2 s."))
    )
    ask(page, "jaldi bolo")
    expect(page.get_by_test_id("problem")).to_contain_text("wait 2 s")
    expect(page.get_by_label("Write to Asha")).to_have_value("jaldi bolo")
    page.unroute("**/input_text")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Namaste")
    expect(page.get_by_test_id("problem")).to_be_hidden()


def test_a_server_that_is_full_is_asked_again_when_it_said_so(
    stage: StartStage, open_page: OpenPage
) -> None:
    running = stage()
    page = open_page("about:blank")
    numbers = iter(range(100))

    def full_at_first(route: Route) -> None:
        if next(numbers) == 0:
            route.fulfill(**refusal(429, "All seats are taken.", retry_after_ms=300))
        else:
            route.continue_()

    page.route("**/v1/sessions", full_at_first)
    page.goto(running.url)
    expect(page.get_by_text("All seats are taken.")).to_be_visible()
    expect(page.get_by_test_id("who")).to_be_visible()
    expect(page.get_by_text("All seats are taken.")).to_be_hidden()
