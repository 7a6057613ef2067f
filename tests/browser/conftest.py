"""One Chromium for all browser tests, with a microphone that plays a file."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.stage import Stage, write_microphone

pytest.importorskip("playwright")
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
]
LIMIT_MS = 60_000  # a bound for a loaded machine; a quiet one needs a second or two
expect.set_options(timeout=LIMIT_MS)
EARS = Path(__file__).with_name("ears.js")


# Of a module, not of the session: while Playwright runs, its event loop does, and no async test
# that comes later could start one of its own.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Speaks in the seconds 2 to 3.4 and every ten seconds after."""
    path = tmp_path_factory.mktemp("microphone") / "voice.wav"
    bursts = [(float(start), start + 1.4) for start in range(2, 60, 10)]
    return write_microphone(path, bursts_s=bursts, length_s=60)


@pytest.fixture(scope="module")
def chromium(playwright: Playwright, microphone: Path) -> Iterator[Browser]:
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={microphone}"]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
    yield browser
    browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """`open_page(url)`: a fresh device that fails the test on an uncaught error."""
    contexts, errors = [], []

    def begin(url: str, **options: Any) -> Page:
        # Still: drawing sixty times a second without a graphics card starves everything measured.
        calm = {"locale": "en-IN", "reduced_motion": "reduce"}
        context = chromium.new_context(**{**calm, **options})
        context.grant_permissions(["microphone"])
        contexts.append(context)
        context.add_init_script(path=EARS)
        page = context.new_page()
        page.set_default_timeout(LIMIT_MS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(url)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert not errors, errors


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """`stage(llm=...)`: the service with scripted parts."""
    stages: list[Stage] = []

    def begin(**parts: Any) -> Stage:
        stages.append(Stage(tmp_path / f"data{len(stages)}", **parts).rise())
        return stages[-1]

    yield begin
    for one in stages:
        one.fall()
