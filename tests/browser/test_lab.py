"""Scores and Datasets in a browser."""

from pathlib import Path

import pytest
from browser.example_runs import ONE, write_runs

from asha.data.catalog import catalog

pytest.importorskip("playwright")
from playwright.sync_api import expect

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
pytestmark = pytest.mark.browser


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    return write_runs(tmp_path / "runs", {"hi": ONE["hi"], "ta": ONE["ta"]})


def test_a_run_is_opened_and_compared(stage, open_page, runs: Path) -> None:
    page = open_page(f"{stage(settings={'runs_dir': runs}).url}#/scores")
    page.locator(".row-main").first.click()
    expect(page.locator("h1")).to_have_text("Everyday words")
    expect(page.get_by_role("row", name="தமிழ்")).to_contain_text("0.0 %")
    page.get_by_label("Compare with").select_option("early")
    expect(page.locator("[data-verdict=better]")).to_have_count(3)


def test_without_runs_the_page_says_how_to_make_one(stage, open_page, tmp_path: Path) -> None:
    page = open_page(f"{stage(settings={'runs_dir': tmp_path / 'none'}).url}#/scores")
    expect(page.locator(".empty")).to_contain_text("asha eval suites/asha-bench.toml")


def test_corpora_are_found_by_language_and_name(stage, open_page) -> None:
    page = open_page(f"{stage().url}#/datasets")
    expect(page.locator(".corpus")).to_have_count(len(catalog()))
    page.get_by_role("button", name="ગુજરાતી").click()
    expect(page.locator(".corpus")).to_have_count(
        sum("gu" in it.languages for it in catalog().values())
    )
    page.get_by_role("searchbox").fill("kathbath")
    expect(page.locator(".corpus").first).to_contain_text("Kathbath")
    expect(page.locator(".corpus").first).to_contain_text("66,900 + 2,910")


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make web)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_are_clean_for_axe(stage, open_page, runs: Path, scheme: str) -> None:
    url = stage(settings={"runs_dir": runs}).url
    for where, done in (("scores", ".row"), ("scores/late", "table"), ("datasets", ".corpus")):
        page = open_page(f"{url}#/{where}", color_scheme=scheme)
        page.locator(done).first.wait_for()
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run()")["violations"]
        assert not found, [(it["id"], it["nodes"][0]["html"]) for it in found]
