"""What the page tells: alarms, the browser's own ears; and to whom."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from browser.stage import Stage
from playwright.sync_api import Page, expect
from scripted import ScriptedLLM

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
StartStage = Callable[..., Stage]
AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

# A recogniser as browsers have it: `hears(text, isFinal)` is what somebody said.
STAND_IN = """
window.SpeechRecognition = class {
  start() { window.recogniser = this; window.recogniserLang = this.lang; }
  stop() { this.onend?.(); }
  abort() {}
};
window.hears = (text, isFinal) => {
  const result = Object.assign([{ transcript: text }], { isFinal });
  window.recogniser.onresult({ resultIndex: 0, results: [result] });
};
"""


def tell(page: Page, url: str, *events: dict[str, Any]) -> None:
    """Open the page on a stream that says `events` and is cut."""

    def fulfil(route: Any) -> None:
        frames = [
            f"id: told-{seq}\nevent: {event['type']}\ndata: {json.dumps(event)}\n\n"
            for seq, event in enumerate(events, start=1)
        ]
        route.fulfill(content_type="text/event-stream", body="".join(frames))

    page.route("**/v1/sessions/*/events", fulfil)
    page.goto(url)


def test_an_alarm_rings_until_it_is_stopped_and_never_again(
    stage: StartStage, open_page: OpenPage
) -> None:
    running = stage()
    page = open_page("about:blank")
    alarm = {
        "type": "asha.alarm.fired",
        "turn_id": None,
        "alarm_id": "alarm_1",
        "kind": "reminder",
        "text": "दवा लेने का समय",
        "due_at": datetime.now(UTC).isoformat(),
        "missed": False,
    }
    tell(page, running.url, alarm)
    expect(page.get_by_role("dialog")).to_contain_text("दवा लेने का समय")
    expect(page.get_by_role("dialog")).to_contain_text("only while this page is open")
    page.wait_for_function("ears.some(row => row[1] > 0.01)", polling=100)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.reload()
    expect(page.get_by_test_id("state")).to_be_visible()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_browsers_ears_are_used_only_after_a_yes(
    stage: StartStage, open_page: OpenPage
) -> None:
    running = stage(stt=None, llm=ScriptedLLM(["Sun liya."]))
    page = open_page("about:blank")
    page.add_init_script(STAND_IN)
    page.goto(running.url)
    expect(page.get_by_text("goes to the maker of your browser")).to_be_visible()
    page.get_by_role("button", name="Yes, use the browser").click()
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    assert page.evaluate("recogniserLang") == "hi-IN"
    page.evaluate("hears('tum sun', false)")
    page.evaluate("hears('tum sun rahi ho', true)")
    expect(page.get_by_test_id("line-user")).to_contain_text("tum sun rahi ho")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Sun liya.")


def test_on_android_the_browsers_ears_are_the_only_microphone_and_wait_for_asha(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(
        "about:blank", user_agent="Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/142"
    )
    page.add_init_script(STAND_IN)
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => { window.opened = true; };"
        "window.log = []; for (const name of ['start', 'stop']) {"
        " const act = SpeechRecognition.prototype[name];"
        " SpeechRecognition.prototype[name] = function () { log.push(name); act.call(this) } }"
    )
    page.goto(stage(stt=None, llm=ScriptedLLM(["Sun liya, ab bolti hoon."])).url)
    page.get_by_role("button", name="Yes, use the browser").click()
    page.get_by_role("button", name="Press to talk").click()
    page.evaluate("hears('kya haal hai', true)")
    expect(page.get_by_role("button", name="Hear again")).to_be_visible()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    # It rests while she speaks, and is begun again when she is silent.
    assert page.evaluate("[log, window.opened ?? false]") == [["start", "stop", "start"], False]


def test_without_any_ears_the_page_says_so(stage: StartStage, open_page: OpenPage) -> None:
    page = open_page("about:blank")
    page.add_init_script("delete window.webkitSpeechRecognition; delete window.SpeechRecognition")
    page.goto(stage(stt=None).url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("trouble-deaf")).to_contain_text("You can type")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make web)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_on_any_page_shuts_people_out(
    stage: StartStage, open_page: OpenPage, scheme: str
) -> None:
    page = open_page(stage().url, color_scheme=scheme)
    page.get_by_label("Write to Asha").fill("समय क्या है")
    page.get_by_label("Send").click()
    expect(page.get_by_role("button", name="Hear again")).to_be_visible()
    page.add_script_tag(path=AXE)
    for name in ("talk", "sessions", "memory", "latency"):
        page.evaluate(f"location.hash = '#/{name}'")
        expect(page.locator(f"nav a[aria-current=page][href='#/{name}']")).to_be_visible()
        page.wait_for_timeout(300)
        found = page.evaluate("axe.run()")["violations"]
        told = [(one["id"], one["nodes"][0]["html"][:160]) for one in found]
        assert not told, (name, told)
