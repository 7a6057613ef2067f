"""Asha's own voice comes back into the microphone: she does not interrupt herself, `ruko` does.

Proved here in the page: its loudspeaker reaches its microphone through a delay and a loss (room.js)
and met by the real detector, with a real voice. The browser's own echo canceller takes no part.
On a machine that is busy the loop of sound itself breaks up; test_echo_heard.py proves the same
frame by frame, without a clock. Each room has a page of its own: a guard that is carried from one
to another needs a second to learn it.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from browser.spoken_room import events, furnish, say, wait_for_event
from browser.stage import Stage
from playwright.sync_api import Page, expect
from scripted import ScriptedLLM, ScriptedSTT

from asha.conversation.parts import Parts
from asha.core.settings import Settings
from asha.data.synthesis import Speaker, Synthesiser
from asha.server.wiring import wired

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
ROOMS = [(-20, 80), (-20, 250), (-10, 80), (-10, 250)]  # dB of what is played, ms late
NOTHING_SET = {"_env_file": None}
SENTENCES = [
    "Aaj mausam bahut achha hai aur hawa chal rahi hai.",
    "Theek hai, kal subah phir se baat karte hain.",
    "Ek aadmi jungle mein gaya aur usne sher dekha.",
    "Dilli se Mumbai tak train solah ghante leti hai.",
    "Chai mein adrak aur elaichi daalna mat bhoolna.",
]
LONG = " ".join(SENTENCES * 4)
SELF_INTERRUPTION = ("asha.playback.paused", "conversation.item.truncated")


def parts(folder: Path, replies: list[str]) -> Parts:
    """The installed voice and detector; a recogniser that takes any sound for the word `ruko`."""
    real = wired(Settings(data_dir=folder, **NOTHING_SET))
    return replace(real, llm=ScriptedLLM(replies), stt=ScriptedSTT(["ruko"]))


def stand_in_room(open_page: OpenPage, stage: Stage) -> Page:
    page = open_page("about:blank")
    furnish(page.context)
    page.goto(stage.url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    return page


def ask(page: Page, text: str, number: int) -> None:
    page.get_by_label("Write to Asha").fill(text)
    page.get_by_label("Send").click()
    wait_for_event(page, "response.created", number=number)


@pytest.mark.realtime
@pytest.mark.parametrize("room", ROOMS)
def test_her_own_voice_never_interrupts_her_and_ruko_does(
    stage: Callable[..., Stage], open_page: OpenPage, tmp_path: Path, room: tuple[int, int]
) -> None:
    page = stand_in_room(open_page, stage(whole=parts(tmp_path, [*SENTENCES, LONG])))
    page.evaluate("([db, ms]) => room.echo(db, ms)", list(room))
    for number in range(1, len(SENTENCES) + 1):
        ask(page, f"sawaal {number}", number)
        wait_for_event(page, "response.done", number=number)
        page.locator("[data-mood=speaking]").wait_for(state="detached")
    assert not events(page, *SELF_INTERRUPTION)

    ask(page, "lambi kahani", len(SENTENCES) + 1)
    expect(page.locator("[data-mood=speaking]")).to_be_visible()
    page.wait_for_timeout(1_500)  # she is in the middle of it
    synthesiser = Synthesiser()
    word = synthesiser.speak("ruko, ruko", Speaker("hi+m3", rate_wpm=150, pitch=50))
    synthesiser.close()
    say(page, word * (0.6 / np.abs(word).max()))
    wait_for_event(page, "conversation.item.truncated")


def test_where_she_hears_herself_all_the_same_taking_turns_is_offered(
    stage: Callable[..., Stage], open_page: OpenPage, tmp_path: Path
) -> None:
    page = stand_in_room(open_page, stage(llm=ScriptedLLM([LONG])))
    resumed = {"type": "asha.playback.resumed", "turn_id": None, "reason": "echo"}
    assert page.get_by_test_id("turns-offer").count() == 0
    page.evaluate("event => { room.inject(event); room.inject(event); }", resumed)
    page.get_by_test_id("turns-offer").get_by_role("button", name="Take turns").click()
    expect(page.get_by_test_id("turns-offer")).to_be_hidden()
    page.evaluate("room.echo(0, 100)")  # as loud as it is played
    ask(page, "kahani", 1)
    expect(page.locator("[data-mood=speaking]")).to_be_visible()
    page.wait_for_timeout(3_000)
    assert not events(page, *SELF_INTERRUPTION)
    page.keyboard.press("Escape")
    expect(page.locator(".line-assistant[data-status=cut]")).to_be_visible()
