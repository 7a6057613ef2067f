"""Bad weather: interruptions, reloads, restarts, refusals, a voice that fails."""

from collections.abc import Callable
from typing import Any

import pytest
from browser.conftest import CHROMIUM
from browser.spoken_room import furnish, say
from browser.stage import Stage, babble
from playwright.sync_api import Browser, Page, Playwright, expect
from scripted import ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.core.errors import ProviderBusy

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
StartStage = Callable[..., Stage]

LONG = ". ".join(f"Kahani ka hissa number {number} yahan se shuru hota hai" for number in range(12))
SILENT_FOR_MS = 200
# Onset in the room to silence in the room, beside what the machine itself is late by (`stalled`).
# Seen on two shared cores at a load of 9: 110, 126, 278.
YIELD_MS = 300
SLICES_ON_THE_WAY = 3  # of a voice's onset: its first slice, the one that decides, and the event


def ask(page: Page, text: str) -> None:
    page.get_by_label("Write to Asha").fill(text)
    page.get_by_label("Send").click()


def loud_until(page: Page, *, after_ms: float) -> float:
    """ms from `after_ms` to the last audible sample of the loudspeaker."""
    rows = page.evaluate("ears")
    loud = [at for at, out, _ in rows if out > 0.005 and at > after_ms]
    return max(loud) - after_ms if loud else 0.0


def stalled(page: Page, from_ms: float, to_ms: float) -> tuple[float, float]:
    """What this machine was late by then: the page's own longest stall, a trip to the server."""
    late = page.evaluate("([from, to]) => stalledMs(from, to)", [from_ms, to_ms])
    return late["page"], late["trip"]


def test_a_key_silences_the_loudspeaker_within_200_ms(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(stage(llm=ScriptedLLM([LONG])).url)
    ask(page, "ek kahani sunao")
    expect(page.locator("[data-mood=speaking]")).to_be_visible()
    page.wait_for_function("ears.at(-1)[1] > 0.005", polling=100)
    pressed_ms = page.evaluate(
        "() => { const at = performance.now();"
        " dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape'})); return at }"
    )
    page.wait_for_timeout(1_500)
    stall_ms, _ = stalled(page, pressed_ms, pressed_ms + 1_500)
    assert loud_until(page, after_ms=pressed_ms) < SILENT_FOR_MS + stall_ms
    expect(page.locator(".line-assistant[data-status=cut]")).to_contain_text("You interrupted")


def test_what_is_cut_after_all_of_it_was_sent_is_kept_as_it_was_heard(
    stage: StartStage, open_page: OpenPage
) -> None:
    answer = "Pehla hissa yahan hai. Doosra hissa."
    page = open_page(stage(llm=ScriptedLLM([answer])).url)
    # Sound is sent a second ahead: the latency report says that the last of it has left. The key
    # is pressed inside the page, within that second however slow the test itself is.
    page.evaluate(
        """() => new MutationObserver((_, observer) => {
            if (!document.querySelector('[data-testid=latency-strip]')) return;
            observer.disconnect();
            dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
        }).observe(document.body, { childList: true, subtree: true })"""
    )
    ask(page, "bolo")
    expect(page.locator(".line-assistant[data-status=cut]")).to_be_visible()
    kept = page.evaluate(
        """async () => {
            for (;;) {  // the cancel call is on its way
                const { data } = await (await fetch('/v1/sessions')).json();
                const items = await (await fetch(`/v1/sessions/${data[0].id}/items`)).json();
                const last = items.data.at(-1);
                if (last.status === 'incomplete') return last;
            }
        }"""
    )
    assert kept["content"][0]["transcript"] in answer[:-1]


def test_the_users_voice_silences_asha_and_is_the_next_question(
    stage: StartStage, open_page: OpenPage
) -> None:
    parts = {
        "llm": ScriptedLLM([LONG, "Achha, kal phir."]),
        "stt": ScriptedSTT(["bas ab doosri baat"]),
    }
    running = stage(**parts)
    page = open_page("about:blank")
    furnish(page.context)
    page.goto(running.url)
    page.evaluate("void probe()")
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    ask(page, "kahani sunao")
    # Well into the answer: whoever speaks on at once goes on with the same turn.
    page.wait_for_function("ears.filter(row => row[1] > 0.005).length > 20", polling=100)
    page.wait_for_timeout(1_200)
    called_ms = page.evaluate("performance.now()")
    say(page, babble(1.4))
    expect(page.get_by_test_id("line-assistant").first).to_have_attribute("data-status", "cut")
    expect(page.get_by_test_id("line-assistant").nth(1)).to_contain_text("Achha, kal phir.")
    rows = page.evaluate("ears")
    onset_ms = next(at for at, _, heard in rows if at > called_ms and heard > 0.02)
    silent_ms = next(
        at
        for at, out, _ in rows
        if at > onset_ms and all(o < 0.005 for t, o, _ in rows if at <= t < at + 300)
    )
    stall_ms, trip_ms = stalled(page, onset_ms, silent_ms)
    took_ms = silent_ms - onset_ms
    assert took_ms < YIELD_MS + stall_ms + SLICES_ON_THE_WAY * trip_ms, f"{took_ms:.0f} ms"


def test_a_reload_continues_the_conversation(stage: StartStage, open_page: OpenPage) -> None:
    page = open_page(stage(llm=ScriptedLLM(["Namaste Priya."])).url)
    ask(page, "mera naam Priya hai")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Namaste Priya.")
    page.reload()
    expect(page.get_by_test_id("line-user")).to_contain_text("mera naam Priya hai")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Namaste Priya.")


def test_what_is_typed_before_the_session_is_there_is_answered_aloud(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page("about:blank")
    running = stage()
    held: list[Any] = []
    page.route("**/v1/sessions", lambda route: held.append(route))
    page.goto(running.url)
    ask(page, "kaise ho")
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Namaste")
    page.wait_for_function("ears.some(row => row[1] > 0.01)", polling=100)
    expect(page.get_by_label("Write to Asha")).to_have_value("")


def test_a_restarted_server_is_survived(stage: StartStage, open_page: OpenPage) -> None:
    running = stage(llm=ScriptedLLM(["Pehla jawab.", "Doosra jawab."]))
    page = open_page(running.url)
    ask(page, "ek")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Pehla jawab.")
    running.fall()
    expect(page.get_by_text("No connection to Asha")).to_be_visible()
    running.rise()
    expect(page.get_by_text("No connection to Asha")).to_be_hidden()
    ask(page, "do")
    expect(page.get_by_test_id("line-assistant").nth(1)).to_contain_text("Doosra jawab.")
    expect(page.get_by_test_id("line-assistant")).to_have_count(2)


def test_a_voice_that_fails_is_told_under_the_answer(
    stage: StartStage, open_page: OpenPage
) -> None:
    voice = ScriptedTTS(failures=[ProviderBusy("scripted-tts", "The voice is busy.")] * 9)
    page = open_page(stage(tts=voice).url)
    ask(page, "hello")
    expect(page.locator(".line-problem, [data-testid=problem]").first).to_be_visible()


def test_push_to_talk_hears_only_while_held(stage: StartStage, open_page: OpenPage) -> None:
    page = open_page(stage(stt=ScriptedSTT(["dabakar bola"])).url)
    page.get_by_role("switch").check()
    page.get_by_role("button", name="Press to talk").click()
    button = page.get_by_role("button", name="Hold to talk")
    expect(page.get_by_test_id("state")).to_have_text("Hold to talk")
    button.dispatch_event("pointerdown")
    expect(page.get_by_test_id("state")).to_have_text("Let go when you are done")
    page.wait_for_timeout(1_500)
    button.dispatch_event("pointerup")
    expect(page.get_by_test_id("line-user")).to_contain_text("dabakar bola")


def test_a_refused_microphone_is_explained_and_typing_still_works(
    playwright: Playwright, stage: StartStage
) -> None:
    browser: Browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=["--no-sandbox", "--deny-permission-prompts"]
    )
    page = browser.new_page(locale="en-IN")
    page.goto(stage().url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_text("The microphone is blocked").or_(page.get_by_text("no microphone")))
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    ask(page, "hello")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Namaste")
    browser.close()


def test_a_second_tab_does_not_listen_until_it_is_told_to(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(stage().url)
    page.get_by_role("button", name="Press to talk").click()
    expect(page.get_by_test_id("state")).to_have_text("Listening")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator(".talk-button").click()
    other.get_by_role("button", name="Talk here instead").click()
    page.bring_to_front()  # a page behind another is not drawn
    expect(page.get_by_test_id("trouble-elsewhere")).to_be_visible()
