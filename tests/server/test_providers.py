"""The whole service with keys in its settings: GPT-4o-mini and Prem, as doubles."""

import json
from pathlib import Path

from listening import settings_for

from asha.doubles.faults import Fault
from asha.doubles.legible import heard
from asha.doubles.vendors import serving as serving_vendors
from asha.server.wiring import wired


async def test_a_turn_is_answered_by_gpt_4o_mini_with_the_voice_of_prem(serve, tmp_path: Path):  # type: ignore[no-untyped-def]
    async with serving_vendors() as vendors:
        parts = wired(settings_for(vendors, tmp_path))
        assert parts.is_paid
        assert "gpt-4o-mini" in (parts.notice or "")
        given = {"llm": parts.llm, "tts": parts.tts, "stt": parts.stt}
        async with serve(**given, is_paid=True) as running, running.client() as client:
            vendors.elevenlabs.faults.extend([None, Fault("cut", after=2)])
            answer = await client.post(
                "/v1/audio/speech",
                json={"input": vendors.reply, "response_format": "pcm", "language": "en-IN"},
            )
            assert heard(answer.content).replace(" ", "").endswith("atseven?")
            chat = await client.post(
                "/v1/chat/completions",
                json={"model": "asha", "messages": [{"role": "user", "content": "my train?"}]},
            )
            text = chat.json()["choices"][0]["message"]["content"]
            assert " ".join(text.split()) == vendors.reply
        assert vendors.coqui.asked[0]["text"].endswith("leaves at nine.")
        assert json.loads((tmp_path / "elevenlabs-voice.json").read_text())["name"] == "Prem"
