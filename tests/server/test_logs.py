"""What is said, sound and keys never reach a log, however much is logged and goes wrong."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from listening import settings_for

from asha.doubles.faults import Fault
from asha.doubles.vendors import KEY
from asha.doubles.vendors import serving as serving_vendors
from asha.server.logs import configure_logs
from asha.server.wiring import wired

SECRETS = ("tamarind", "rasam", "ABCPE1234F", "9876543210", KEY, "pomegranate")
SPEECH = np.full(12_800, 3_000, "<i2").tobytes()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level
    text = io.StringIO()
    configure_logs("debug", to=text)
    yield text
    root.handlers[:], _ = before
    root.setLevel(before[1])
    structlog.reset_defaults()


async def test_a_session_with_every_level_on_and_everything_failing_logs_nothing_private(
    serve: Any, open_stream: Any, tmp_path: Path, log: io.StringIO
) -> None:
    async with serving_vendors() as vendors:
        vendors.hears = "my secret is tamarind"
        vendors.reply = "Your secret is rasam, and your number is 9876543210."
        parts = wired(settings_for(vendors, tmp_path))
        given = {"llm": parts.llm, "tts": parts.tts, "stt": parts.stt, "is_paid": True}
        vendors.elevenlabs.faults.extend([None, Fault("cut", after=1), Fault("garble")])
        vendors.scribe.faults.append(Fault("cut"))
        vendors.chat.faults.append(Fault("error", after=2, code="server_error"))
        async with serve(**given) as running, running.client() as client:
            session = (await client.post("/v1/sessions", json={"title": "pomegranate"})).json()
            url = f"/v1/sessions/{session['id']}"
            async with open_stream(client, session["stream_url"]) as stream:
                pcm = {"Content-Type": "audio/pcm;rate=16000"}
                await client.post(f"{url}/turns", content=SPEECH, headers=pcm)
                await stream.until("asha.cost.report")
                text = {"text": "my PAN is ABCPE1234F, remember tamarind"}
                await client.post(f"{url}/turns", json=text)
                await stream.until("asha.cost.report")
            await client.post(f"{url}/input_text", json={"text": "tamarind", "seq": "x"})
            await client.delete(url)
    written = log.getvalue()
    assert "provider.switched" in written, "something was logged"
    for secret in SECRETS:
        assert secret not in written, secret
    assert session["stream_token"] not in written


def test_an_exception_is_logged_by_its_kind_and_place_alone(log: io.StringIO) -> None:
    try:
        raise ValueError("the user said tamarind")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in %s", "tamarind")
        logging.getLogger("asha").exception("broken by %s", "tamarind")
    written = log.getvalue()
    assert "fault=ValueError" in written and "test_logs.py" in written
    assert "tamarind" not in written


def test_personal_data_in_a_field_is_masked(log: io.StringIO) -> None:
    structlog.get_logger().warning("odd", field="PAN ABCPE1234F", number=7)
    assert "ABCPE1234F" not in log.getvalue()
    assert "number=7" in log.getvalue()
