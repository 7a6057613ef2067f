"""docs/corpora.md."""

from pathlib import Path

from asha.core.language import TAGS
from asha.data.catalog import catalog
from asha.data.table import corpora_page

PAGE = Path(__file__).parents[2] / "docs" / "corpora.md"


def test_the_page_of_corpora_is_current() -> None:
    written = PAGE.read_text(encoding="utf-8")
    now = corpora_page(catalog().values())
    assert written == now, "run: asha data table --write docs/corpora.md"


def test_the_page_has_a_row_for_each_corpus_and_a_column_for_each_track() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    headers = [line for line in lines if line.startswith("| corpus |")]
    assert all(f"| {tag} " in header for header in headers for tag in TAGS)
    assert len(lines) - 2 * len(headers) == len(catalog())
    assert len({line.count("|") for line in lines}) == 1


def test_a_row_tells_licence_gate_training_and_test() -> None:
    page = PAGE.read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| [kathbath]"))
    assert row.split(" | ")[1:5] == ["CC-BY-4.0", "terms", "after pinning", "validation, seen"]
    assert "| 66,900 + 2,910 |" in row
