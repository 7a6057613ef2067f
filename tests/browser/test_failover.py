"""ElevenLabs breaks off inside an answer: it is told, and the answer is heard to its end."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser.spoken_room import events, furnish, played, wait_for_event
from browser.stage import Stage
from listening import settings_for
from playwright.sync_api import Page, expect

from asha.core.audio import HEARING_RATE_HZ
from asha.doubles.faults import Fault
from asha.doubles.legible import CHAR_SAMPLES, RATE_HZ
from asha.doubles.vendors import Vendors, serving
from asha.server.wiring import wired

pytestmark = pytest.mark.browser
REPLY = "Good morning, my friend! Your train leaves at nine. Shall I wake you up at seven?"
CHAR_S = CHAR_SAMPLES / RATE_HZ  # of the doubles' voices
START_S = 20.0


@pytest.fixture
def vendors() -> Iterator[Vendors]:
    """The doubles of all vendors, on a loop of their own."""
    running, has_begun = Vendors(reply=REPLY), threading.Event()
    loop, over = asyncio.new_event_loop(), asyncio.Event()

    async def serve() -> None:
        async with serving(running):
            has_begun.set()
            await over.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert has_begun.wait(START_S)
    yield running
    loop.call_soon_threadsafe(over.set)
    thread.join(START_S)
    loop.close()


def test_a_voice_that_breaks_off_is_replaced_and_the_reply_is_heard_to_its_end(
    stage: Callable[..., Stage], open_page: Callable[..., Page], vendors: Vendors, tmp_path: Path
) -> None:
    vendors.elevenlabs.faults.extend([None, Fault("cut", after=1)])  # the second phrase
    parts = wired(settings_for(vendors, tmp_path, deadline_scale=4.0))
    page = open_page("about:blank")
    furnish(page.context)
    page.goto(stage(whole=parts).url)
    expect(page.get_by_test_id("who")).to_contain_text("gpt-4o-mini")
    page.locator(".chip input[value=en-IN]").check(force=True)
    page.get_by_label("Write to Asha").fill("when does my train leave")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("failover")).to_contain_text("elevenlabs → coqui")
    expect(page.get_by_test_id("who")).to_contain_text("coqui")
    wait_for_event(page, "response.done")
    expect(page.get_by_test_id("line-assistant")).to_contain_text(REPLY)
    page.locator("[data-mood=speaking]").wait_for(state="detached")
    page.wait_for_timeout(500)
    # The first phrase was spoken by the first voice, the last one by the second.
    assert REPLY.startswith(vendors.elevenlabs.asked[0]["text"].strip())
    assert vendors.coqui.asked[-1]["text"].endswith("at seven?")
    assert len(events(page, "asha.provider.failover")) == 1
    heard_s = len(played(page)) / HEARING_RATE_HZ
    assert heard_s == pytest.approx(len(REPLY) * CHAR_S, rel=0.1)

    # The next turn begins with the first voice again, and nothing is told any more.
    page.get_by_label("Write to Asha").fill("and tomorrow")
    page.get_by_label("Send").click()
    wait_for_event(page, "response.done", number=2)
    expect(page.get_by_test_id("failover")).to_have_count(0)
