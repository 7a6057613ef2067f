"""A public service: its login ends, and the talk does not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from browser.stage import Stage
from certificate import make_certificate
from playwright.sync_api import Page, expect

from asha.server.accounts import Accounts, Cost

pytestmark = pytest.mark.browser
NAME, PASSWORD = "asha", "eleven long words nobody guesses"
CHEAP = Cost(n=16, r=8, p=1)  # the real one takes a third of a second of CPU


def log_in(page: Page) -> None:
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def ask(page: Page, text: str) -> None:
    page.get_by_label("Write to Asha").fill(text)
    page.get_by_label("Send").click()


def begun(stage: Callable[..., Stage], open_page: Callable[..., Page], folder: Path) -> Page:
    """A page of a public service in which one question has been answered."""
    cert, key = make_certificate(folder)
    running = stage(
        settings={"public": True, "tls_cert": cert, "tls_key": key},
        before=lambda data: Accounts(data).add(NAME, PASSWORD, cost=CHEAP),
    )
    page = open_page(running.url, ignore_https_errors=True)
    log_in(page)
    ask(page, "kaise ho")
    expect(page.get_by_test_id("line-assistant")).to_contain_text("Namaste")
    return page


def test_after_a_401_one_logs_in_and_finds_the_talk_and_what_was_written(
    stage: Callable[..., Stage], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = begun(stage, open_page, tmp_path)
    page.context.clear_cookies()
    ask(page, "aur batao")
    log_in(page)
    expect(page.get_by_test_id("line-user")).to_contain_text("kaise ho")
    expect(page.get_by_label("Write to Asha")).to_have_value("aur batao")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("line-user")).to_have_count(2)
    expect(page.get_by_test_id("line-assistant")).to_have_count(2)


def test_after_the_login_one_is_where_one_was(
    stage: Callable[..., Stage], open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = begun(stage, open_page, tmp_path)
    page.context.clear_cookies()
    page.get_by_role("link", name="Memory").click()
    log_in(page)
    expect(page.get_by_role("heading", name="What Asha remembers")).to_be_visible()
