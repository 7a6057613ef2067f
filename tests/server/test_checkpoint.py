"""A local Ultravox-format checkpoint thinks: sound in, gibberish out, aloud."""

import base64
from pathlib import Path

import numpy as np
import pytest

from asha.core.settings import Settings
from asha.providers.adapters import warm_all
from asha.server.wiring import wired

CHECKPOINT = Path(__file__).parents[1] / "vectors" / "ultravox" / "checkpoint"


async def test_a_checkpoint_by_its_path_is_talked_to(
    serve, open_stream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    parts = wired(
        Settings(
            _env_file=None,
            openai_api_key=None,
            elevenlabs_api_key=None,
            checkpoint=str(CHECKPOINT),
            data_dir=tmp_path,
        )
    )
    assert parts.hears and parts.names["thinks"] == "checkpoint"
    await warm_all([parts.llm])  # loading may take longer than an answer may, on a busy machine
    noise = np.random.default_rng(0).normal(0, 0.1, 24_000)
    async with serve(llm=parts.llm, stt=None) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={"language": "en-IN"})).json()
        async with open_stream(
            client,
            f"/v1/sessions/{session['id']}/turns",
            method="POST",
            content=(noise * 32_767).clip(-32_768, 32_767).astype("<i2").tobytes(),
            headers={"Accept": "text/event-stream", "Content-Type": "audio/pcm;rate=16000"},
        ) as stream:
            await stream.rest()
    by_kind: dict[str, list[dict[str, str]]] = {}
    for event in stream.events:
        by_kind.setdefault(event["type"], []).append(event)
    assert "error" not in by_kind
    said = "".join(it["delta"] for it in by_kind["response.output_audio_transcript.delta"])
    assert said.strip()
    sound = b"".join(base64.b64decode(it["delta"]) for it in by_kind["response.output_audio.delta"])
    assert len(sound) > 4_800
