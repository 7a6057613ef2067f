"""The page in Chromium: when one can use it, gaps in playback, voice to voice. Needs Chromium.

    python benches/page.py [turns]     # turns of the unthrottled figure; default 30

Throttled: CPU four times slower, and a phone's line; speech then comes as Opus, as it does with a
page that is not of this machine. Unthrottled: spoken questions through Nano, from the last sample
spoken into the page's microphone to the first audible sample of the answer, by the page's clock.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import numpy as np
from browser.slow_line import SLOW_LINES, Line, throttle
from browser.spoken_room import as_from_afar, furnish, say, wait_for_event
from browser.stage import Stage
from playwright.sync_api import Browser, Page, sync_playwright

from asha.core.settings import Settings
from asha.data.synthesis import Speaker, Synthesiser
from asha.server.wiring import wired

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
QUESTIONS = ["आज की डेट बताओ", "आज कौन सी तारीख है?", "कितना बजा?"]
LIMIT_MS = 120_000
READY = """() => new Promise(resolve => {
    const look = () => document.querySelector('[data-testid=who]')
        ? resolve(performance.now()) : setTimeout(look, 20);
    look();
})"""


def told(page: Page) -> dict[str, Any]:
    """What the page has told the server about its turns."""
    figures: dict[str, Any] = page.evaluate(
        "async () => (await (await fetch('/v1/measured')).json()).figures"
    )
    return figures


def throttled(browser: Browser, url: str, line: Line) -> str:
    """Time until one can talk, and gaps in three answers."""
    context = browser.new_context(locale="en-IN", reduced_motion="reduce")
    as_from_afar(context, url)
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    throttle(page, line)
    page.goto(url)
    ready_ms = page.evaluate(READY)
    before = told(page)["num_gaps"]
    for number, question in enumerate(QUESTIONS, start=1):
        page.get_by_label("Write to Asha").fill(question)
        page.get_by_label("Send").click()
        page.get_by_test_id("line-assistant").nth(number - 1).wait_for()
        page.locator("[data-mood=speaking]").wait_for(state="detached")
    page.wait_for_timeout(4_000)  # the figures follow two seconds after a turn
    gaps = told(page)["num_gaps"] - before
    context.close()
    return f"{line.name}: usable after {ready_ms / 1_000:.1f} s, {gaps} gaps in 3 answers"


def unthrottled(browser: Browser, url: str, turns: int) -> str:
    """Voice to voice over so many spoken turns."""
    context = browser.new_context(locale="en-IN", reduced_motion="reduce")
    context.grant_permissions(["microphone"])
    furnish(context)
    page = context.new_page()
    page.set_default_timeout(LIMIT_MS)
    page.goto(url)
    page.locator(".chip input[value=hi]").check(force=True)
    page.get_by_role("button", name="Press to talk").click()
    page.locator("[data-mood=listening]").wait_for()
    synthesiser = Synthesiser()
    for turn in range(1, turns + 1):
        question = QUESTIONS[turn % len(QUESTIONS)]
        sound = synthesiser.speak(question, Speaker("hi+m4", rate_wpm=165, pitch=50))
        say(page, sound * (0.5 / np.abs(sound).max()))
        wait_for_event(page, "asha.cost.report", number=turn)
        page.locator("[data-mood=speaking]").wait_for(state="detached")
    page.wait_for_timeout(4_000)
    synthesiser.close()
    figures = told(page)
    context.close()
    heard = figures["clocks"]["voice_to_voice"]
    stages = ", ".join(f"{name} {row['p50']:.0f}" for name, row in figures["stages"].items())
    return (
        f"unthrottled, Nano, Hindi: voice to voice p50 {heard['p50']:.0f} ms, p95 "
        f"{heard['p95']:.0f} ms, n = {heard['n']}; the server's path, p50: {stages}"
    )


def main(turns: int) -> None:
    """Print one line a figure."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        settings = Settings(data_dir=folder, **{"_env_file": None})
        stage = Stage(folder, whole=wired(settings)).rise()
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        try:
            print(f"load {os.getloadavg()[0]:.1f}, {os.cpu_count()} CPUs")
            print(unthrottled(browser, stage.url, turns))
            for line in SLOW_LINES:
                print(throttled(browser, stage.url, line))
        finally:
            browser.close()
            stage.fall()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
