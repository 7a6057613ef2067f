"""Who thinks and who speaks is chosen on the page, and remembered by the browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.stage import Stage
from playwright.sync_api import Page, expect

from asha.core.settings import Settings
from asha.server.wiring import wired

pytestmark = pytest.mark.browser
OpenPage = Callable[..., Page]
StartStage = Callable[..., Stage]


def begun(stage: StartStage, open_page: OpenPage, folder: Path) -> Page:
    settings = Settings(_env_file=None, data_dir=folder)
    page = open_page(stage(whole=wired(settings)).url)
    expect(page.get_by_label("Choose the voice")).to_have_value("auto")
    return page


def test_a_voice_is_chosen_and_a_new_talk_begins_with_it(
    stage: StartStage, open_page: OpenPage, tmp_path: Path
) -> None:
    page = begun(stage, open_page, tmp_path)
    menu = page.get_by_label("Choose the voice")
    expect(menu.locator("option").first).to_have_text("Auto · eSpeak NG")
    menu.select_option(label="eSpeak NG, a woman")
    page.get_by_label("Write to Asha").fill("what time is it")
    page.get_by_label("Send").click()
    expect(page.get_by_role("button", name="Hear again")).to_be_visible()
    expect(menu).to_have_value("espeak-woman")
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_test_id("line-user")).to_have_count(0)
    expect(menu).to_have_value("espeak-woman")


def test_what_is_not_there_any_more_is_said_and_forgotten(
    stage: StartStage, open_page: OpenPage, tmp_path: Path
) -> None:
    page = begun(stage, open_page, tmp_path)
    page.evaluate("localStorage.setItem('asha.settings', JSON.stringify({voice: 'prem'}))")
    page.reload()
    expect(page.get_by_test_id("problem")).to_contain_text("There is no voice 'prem' here")
    expect(page.get_by_label("Choose the voice")).to_have_value("auto")
    page.reload()
    expect(page.get_by_label("Choose the voice")).to_have_value("auto")
    expect(page.get_by_test_id("problem")).to_have_count(0)


def test_where_there_is_nothing_to_choose_there_is_only_a_name(
    stage: StartStage, open_page: OpenPage
) -> None:
    page = open_page(stage().url)
    expect(page.get_by_test_id("who")).to_contain_text("scripted-tts")
    expect(page.locator("select")).to_have_count(0)
