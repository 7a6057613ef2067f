"""What is committed of the page: current, small, and naming no host."""

import gzip
import json
import re
from pathlib import Path

from asha.core.typescript import typescript
from asha.data.intents import scope
from asha.engine.client import NAME
from asha.server.wiring import DEMO_BRAIN

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "asha" / "server" / "page"
WEB = ROOT / "web"
MAX_BYTES = 250_000  # gzip, without fonts
TAGS = ("hi", "hi-Latn", "en-IN", "gu", "ta", "te", "mr")


def test_the_event_types_of_the_page_are_those_of_the_server() -> None:
    written = (WEB / "src" / "shared" / "events.gen.ts").read_text(encoding="utf-8")
    assert written == typescript(), "run `make types`"


def test_the_built_page_stays_below_250_kb() -> None:
    parts = [path for path in PAGE.rglob("*") if path.is_file() and path.suffix != ".woff2"]
    assert len(parts) > 3, "run `make web`"
    assert sum(len(gzip.compress(path.read_bytes())) for path in parts) < MAX_BYTES


def test_the_built_page_asks_no_other_host_for_anything() -> None:
    index = (PAGE / "index.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(https?:)?//', index)
    for style in PAGE.rglob("*.css"):
        assert "://" not in style.read_text(encoding="utf-8")


def test_the_lock_file_names_no_registry() -> None:
    assert "resolved" not in (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert "omit-lockfile-registry-resolved=true" in (WEB / ".npmrc").read_text()


def test_every_word_of_the_interface_is_there_in_both_languages() -> None:
    strings = WEB / "src" / "shared" / "strings"
    english, hindi = (json.loads((strings / f"{tag}.json").read_text()) for tag in ("en", "hi"))
    assert list(english) == list(hindi)
    assert all(re.search(r"[\u0900-\u097f]", text) for text in hindi.values())


def test_every_track_has_things_to_say() -> None:
    for tag in TAGS:
        path = WEB / "src" / "shared" / "examples" / f"{tag}.json"
        assert len(json.loads(path.read_text(encoding="utf-8"))) >= 7


def test_the_page_knows_the_demo_brain_by_its_name_and_how_much_it_knows() -> None:
    api = (WEB / "src" / "shared" / "api.ts").read_text(encoding="utf-8")
    assert f'NANO = "{NAME}"' in api
    known = len(scope().intents) - 1  # one of them is what it cannot do
    for tag in ("en", "hi"):
        words = json.loads((WEB / "src" / "shared" / "strings" / f"{tag}.json").read_text())
        assert f" {known} " in words["demo.text"]
    assert f" {known} " in DEMO_BRAIN
