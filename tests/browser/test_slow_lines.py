"""Slow lines and slow processors: a reply is heard without a gap."""

from collections.abc import Callable

import pytest
from browser.slow_line import SLOW_LINES, Line, throttle
from browser.spoken_room import as_from_afar
from browser.stage import Stage
from playwright.sync_api import Page, expect
from scripted import ScriptedLLM, ScriptedTTS

pytestmark = pytest.mark.browser
ANSWER = "Aaj mausam bahut achha hai. Hawa chal rahi hai, aur shaam ko baarish ho sakti hai."
NUM_ANSWERS = 3


@pytest.mark.parametrize("line", SLOW_LINES, ids=lambda line: line.name)
def test_three_answers_come_without_a_gap(
    stage: Callable[..., Stage], open_page: Callable[..., Page], line: Line
) -> None:
    running = stage(llm=ScriptedLLM([ANSWER]), tts=ScriptedTTS())
    page = open_page("about:blank")
    as_from_afar(page.context, running.url)
    throttle(page, line)
    page.goto(running.url)
    expect(page.get_by_test_id("who")).to_be_visible()
    for number in range(NUM_ANSWERS):
        page.get_by_label("Write to Asha").fill("mausam kaisa hai")
        page.get_by_label("Send").click()
        expect(page.get_by_test_id("line-assistant").nth(number)).to_contain_text(ANSWER)
        page.locator("[data-mood=speaking]").wait_for(state="detached")
    page.wait_for_function(  # the figures follow two seconds after a turn
        "async n => (await (await fetch('/v1/measured')).json()).figures.num_turns >= n",
        arg=NUM_ANSWERS,
        polling=500,
    )
    figures = page.evaluate("async () => (await (await fetch('/v1/measured')).json()).figures")
    assert figures["num_gaps"] == 0
