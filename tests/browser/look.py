"""Pictures of every page, desktop and phone, dark and light, with real content in all scripts.

`python tests/browser/look.py docs/screens` (make screenshots) starts the service with scripted
parts, holds a conversation, and writes small PNG files.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.example_runs import write_runs
from browser.stage import Stage, write_microphone
from playwright.sync_api import Browser, Page, sync_playwright
from pydantic import SecretStr
from scripted import ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.conversation.memory import SqliteMemory
from asha.core.settings import Settings
from asha.server.owners import COOKIE
from asha.server.wiring import Wiring

SIZES = {"desktop": (1280, 800), "phone": (390, 844), "narrow": (360, 740)}
ASKED_FOR = "narrow"  # drawn only where it is asked for
PAGES = {
    "sessions": "sessions",
    "memory": "memory",
    "latency": "latency",
    "scores": "scores",
    "scores-run": "scores/late",
    "datasets": "datasets",
}
WHOLE = ("latency", "scores-run")  # in all their length
TALK = [
    ("आज कौन सा दिन है", "आज रविवार है।"),
    ("kal subah chhe baje jaga dena", "Theek hai, kal subah chhe baje ka alarm laga diya."),
    ("ગુજરાતની રાજધાની કઈ છે", "ગુજરાતની રાજધાની ગાંધીનગર છે."),
    ("एक म्हण सांग", "थेंबे थेंबे तळे साचे. म्हणजे थोडे थोडे जमवले की खूप होते."),
    ("ஏழு பிளஸ் எட்டு எவ்வளவு", "ஏழு பிளஸ் எட்டு, பதினைந்து."),
    ("ఒక సామెత చెప్పండి", "ఆలస్యం అమృతం విషం."),
    ("what is twelve percent of five hundred", "Twelve percent of five hundred is ₹60."),
]
CUT = 4  # this answer is interrupted
FACTS = ["मेरा नाम प्रिया है", "Subah chai bina cheeni ke", "என் ஊர் மதுரை"]


def settle(page: Page, num_answers: int) -> None:
    """Until so many answers are there and said."""
    page.wait_for_function(
        "n => document.querySelectorAll('[data-testid=line-assistant]').length >= n",
        arg=num_answers,
    )
    page.locator("[data-mood=speaking]").wait_for(state="detached")


def converse(page: Page) -> None:
    """The conversation of the pictures."""
    for number, (question, _) in enumerate(TALK, start=1):
        page.locator(".composer input").fill(question)
        page.locator(".send").click()
        settle(page, number)


async def remember(database: Path, owner: str) -> None:
    """Facts of this device, straight into the store: the scripted brain keeps none."""
    memory = await SqliteMemory.open(database)
    for number, text in enumerate(FACTS):
        row = {"id": f"fact_{owner}_{number}", "text": text, "created_at": "2026-11-22T09:00:00Z"}
        await memory.put("fact", row["id"], row, owner=owner)
    await memory.close()


def shoot(page: Page, folder: Path, name: str, *, is_whole: bool = False) -> None:
    """One picture, compressed; of all of a long page, or of what a screen shows of it."""
    page.evaluate("document.fonts.ready")
    page.mouse.move(1, 400)
    page.wait_for_timeout(450)
    path = folder / f"{name}.png"
    size = page.viewport_size
    if is_whole and size:  # a taller screen: what is fixed to its edges stays there
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_timeout(300)
    page.screenshot(path=path)
    if size:
        page.set_viewport_size(size)
    shrink(path)


def shrink(path: Path) -> None:
    """A palette of 220 colours is enough for calm pages; ffmpeg where there is one."""
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        return
    small = path.with_suffix(".small.png")
    graph = "split[a][b];[a]palettegen=max_colors=220[p];[b][p]paletteuse=dither=none"
    subprocess.run(
        [ffmpeg, "-loglevel", "error", "-y", "-i", path, "-vf", graph, small], check=True
    )
    small.replace(path)


def pictures(browser: Browser, stage: Stage, folder: Path, only: str) -> None:
    """All of them: first the start, then a conversation looked at in every dress."""
    for size, (width, height) in SIZES.items():
        for scheme in ("light", "dark"):
            dress = f"{size}-{scheme}"
            if only not in dress or (size == ASKED_FOR and ASKED_FOR not in only):
                continue
            context = browser.new_context(
                viewport={"width": width, "height": height},
                color_scheme=scheme,
                locale="hi-IN" if dress == "phone-dark" else "en-IN",
                timezone_id="Asia/Kolkata",
                is_mobile=size != "desktop",
                has_touch=size != "desktop",
            )
            page = context.new_page()
            page.goto(stage.url)
            page.get_by_test_id("who").wait_for()
            shoot(page, folder, f"start-{dress}")
            cookie = next(c for c in context.cookies() if c["name"] == COOKIE)
            owner = cookie["value"].rpartition(".")[0]
            # Playwright has an event loop of its own in this thread.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(asyncio.run, remember(stage.folder / "asha.db", owner)).result()
            converse(page)
            page.evaluate("scrollTo(0, 1e6)")
            page.locator(".talk-button").click()
            page.locator("[data-mood=listening]").wait_for()
            page.evaluate("scrollTo(0, 1e6)")
            shoot(page, folder, f"talk-{dress}")
            if size != "desktop":  # there it stands beside the talk
                page.locator(".side-opener").click()
                shoot(page, folder, f"details-{dress}")
            for name, place in PAGES.items():
                page.goto(f"{stage.url}#/{place}")
                # The last turn's figures come two seconds after it.
                page.wait_for_timeout(3_000 if name == "latency" else 700)
                if name == "scores-run":
                    page.locator("select").select_option("early")
                    page.wait_for_timeout(700)
                shoot(page, folder, f"{name}-{dress}", is_whole=name in WHOLE)
            context.close()


def cast() -> dict[str, Any]:
    """Scripted parts under the names they have with keys, and what could be chosen then."""
    llm = ScriptedLLM([answer for _, answer in TALK] * 4, first_ms=40, token_ms=8)
    tts, stt = ScriptedTTS(), ScriptedSTT(["namaste"])
    llm.name, tts.name, stt.name = "openai:gpt-4o-mini", "elevenlabs", "elevenlabs-scribe"
    key = SecretStr("a key")
    settings = Settings(
        _env_file=None, openai_api_key=key, elevenlabs_api_key=key, coqui_url="http://127.0.0.1:1"
    )
    return {"llm": llm, "tts": tts, "stt": stt, "menu": Wiring(settings)}


def main(folder: Path, only: str) -> None:
    """Write the pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        microphone = write_microphone(Path(place) / "quiet.wav", bursts_s=[], length_s=60)
        stage = Stage(
            Path(place) / "data",
            settings={"runs_dir": write_runs(Path(place) / "runs")},
            **cast(),
        ).rise()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
        )
        try:
            pictures(browser, stage, folder, only)
        finally:
            browser.close()
            stage.fall()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
