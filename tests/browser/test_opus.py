"""Away from this very machine speech comes as Opus, decoded by the browser itself."""

from collections.abc import Callable

import numpy as np
import pytest
from browser.spoken_room import as_from_afar, furnish, played, wait_for_event
from browser.stage import Stage
from playwright.sync_api import Page, expect
from scripted import ScriptedLLM, ScriptedTTS

from asha.core.audio import Chunk

pytestmark = pytest.mark.browser
ANSWER = "Yeh jawab Opus mein aaya hai."
RATE_HZ, TONE_HZ = 24_000, 440.0


class Whistle(ScriptedTTS):
    """A tone of half a second: its length and pitch show whether the packets were decoded well."""

    async def speak(self, phrase, *, language):
        self.phrases.append(phrase)
        t = np.arange(RATE_HZ // 2) / RATE_HZ
        tone = (8_000 * np.sin(2 * np.pi * TONE_HZ * t)).astype("<i2")
        yield Chunk(tone.tobytes(), RATE_HZ)


def test_opus_is_played_at_its_own_pitch_and_length(
    stage: Callable[..., Stage], open_page: Callable[..., Page]
) -> None:
    voice = Whistle()
    running = stage(llm=ScriptedLLM([ANSWER]), tts=voice)
    page = open_page("about:blank")
    furnish(page.context)
    as_from_afar(page.context, running.url)
    page.goto(running.url)
    page.get_by_label("Write to Asha").fill("bolo")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("line-assistant")).to_contain_text(ANSWER)
    wait_for_event(page, "response.output_audio.done")
    created = page.evaluate("room.events.find(event => event.type === 'session.created')")
    assert created["session"]["audio"]["output"]["format"]["type"] == "audio/opus"
    page.locator("[data-mood=speaking]").wait_for(state="detached")
    page.wait_for_timeout(500)
    sound = played(page)
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320)  # 20 ms; gaps are not counted
    loud_s = 0.02 * np.count_nonzero(np.abs(frames).max(axis=1) > 0.05)
    assert abs(loud_s - 0.5 * len(voice.phrases)) < 0.1 * (1 + len(voice.phrases))
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert abs(np.argmax(spectrum) * 16_000 / len(sound) - TONE_HZ) < 5
