"""The room around a page (room.js), from Python: speak into it, and get what it played."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from playwright.sync_api import BrowserContext, Page

from asha.core.audio import HEARING_RATE_HZ, Float32, samples_of

ROOM = Path(__file__).with_name("room.js")


def furnish(context: BrowserContext) -> None:
    """Every page of the context stands in a room of its own."""
    context.add_init_script(path=ROOM)


def as_from_afar(context: BrowserContext, url: str) -> None:
    """The device's session speaks Opus, as it does with a page that is not of this machine."""
    wanted = {"language": "auto", "timezone": "Asia/Kolkata", "audio_format": "audio/opus"}
    made = context.request.post(f"{url}v1/sessions", data=wanted).json()
    kept = json.dumps({"sessionId": made["id"]})
    context.add_init_script(
        f"localStorage.getItem('asha.settings') ?? "
        f"localStorage.setItem('asha.settings', {json.dumps(kept)})"
    )


def say(page: Page, samples: Float32) -> float:
    """Speak 16 kHz samples in -1..1; the page's time of the last one, in ms."""
    pcm = (np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes()
    end_ms: float = page.evaluate("text => room.say(text)", base64.b64encode(pcm).decode())
    return end_ms


def played(page: Page) -> Float32:
    """What the loudspeaker gave since the last call, at 16 kHz, without the silence around it."""
    got = page.evaluate("room.recorded()")
    samples = samples_of(base64.b64decode(got["pcm"]))
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    if not len(loud):
        return np.zeros(0, np.float32)
    heard = samples[loud[0] : loud[-1] + 1]
    return np.asarray(soxr.resample(heard, got["rateHz"], HEARING_RATE_HZ), dtype=np.float32)


def events(page: Page, *kinds: str) -> list[dict[str, Any]]:
    """What the stream said, of these kinds; `atMs` is the page's clock."""
    found: list[dict[str, Any]] = page.evaluate(
        "kinds => room.events.filter(event => kinds.includes(event.type))", list(kinds)
    )
    return found


def wait_for_event(
    page: Page, kind: str, *, number: int = 1, limit_ms: float | None = None
) -> None:
    """Until the stream has said so many of a kind; TimeoutError after `limit_ms`."""
    page.wait_for_function(
        "([kind, n]) => room.events.filter(event => event.type === kind).length >= n",
        arg=[kind, number],
        timeout=limit_ms,
        polling=100,
    )
