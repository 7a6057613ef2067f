"""Away from this very machine speech comes as Opus, decoded by the browser itself."""

from collections.abc import Callable

import numpy as np
import pytest
from browser.conftest import CHROMIUM, FLAGS
from browser.spoken_room import furnish, played, wait_for_event
from browser.stage import Stage
from playwright.sync_api import Playwright, expect
from scripted import ScriptedLLM, ScriptedTTS

from asha.core.audio import Chunk

pytestmark = pytest.mark.browser
FAR = "asha.test"  # a name that is not this machine's; resolved by a flag
ANSWER = "Yeh jawab Opus mein aaya hai."
RATE_HZ, TONE_HZ = 24_000, 440.0


class Whistle(ScriptedTTS):
    """A tone of half a second: its length and pitch show whether the packets were decoded well."""

    async def speak(self, phrase, *, language):
        self.phrases.append(phrase)
        t = np.arange(RATE_HZ // 2) / RATE_HZ
        tone = (8_000 * np.sin(2 * np.pi * TONE_HZ * t)).astype("<i2")
        yield Chunk(tone.tobytes(), RATE_HZ)


@pytest.mark.realtime
def test_opus_is_played_at_its_own_pitch_and_length(
    playwright: Playwright, stage: Callable[..., Stage]
) -> None:
    voice = Whistle()
    running = stage(llm=ScriptedLLM([ANSWER]), tts=voice)
    origin = f"http://{FAR}:{running.port}"
    far = [
        f"--host-resolver-rules=MAP {FAR} 127.0.0.1",
        f"--unsafely-treat-insecure-origin-as-secure={origin}",
    ]
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *far])
    context = browser.new_context(locale="en-IN", reduced_motion="reduce")
    furnish(context)
    page = context.new_page()
    page.goto(origin)
    page.get_by_label("Write to Asha").fill("bolo")
    page.get_by_label("Send").click()
    expect(page.get_by_test_id("line-assistant")).to_contain_text(ANSWER)
    wait_for_event(page, "response.output_audio.done")
    created = page.evaluate("room.events.find(event => event.type === 'session.created')")
    assert created["session"]["audio"]["output"]["format"]["type"] == "audio/opus"
    page.locator("[data-mood=speaking]").wait_for(state="detached")
    page.wait_for_timeout(500)
    sound = played(page)
    browser.close()
    frames = sound[: len(sound) // 320 * 320].reshape(-1, 320)  # 20 ms; gaps are not counted
    loud_s = 0.02 * np.count_nonzero(np.abs(frames).max(axis=1) > 0.05)
    assert abs(loud_s - 0.5 * len(voice.phrases)) < 0.1 * (1 + len(voice.phrases))
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    assert abs(np.argmax(spectrum) * 16_000 / len(sound) - TONE_HZ) < 5
