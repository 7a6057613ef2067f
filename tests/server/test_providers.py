"""The whole service with keys in its settings: GPT-4o-mini and Prem, as doubles."""

import asyncio
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
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


SPEECH = np.full(1_600, 3_000, "<i2").tobytes()  # 100 ms at 16 kHz
QUIET = bytes(len(SPEECH))


async def test_the_voices_socket_is_open_before_the_user_has_finished(
    serve: Any, open_stream: Any, tmp_path: Path
) -> None:
    """Its door is shut while the user speaks: the first sound needs no handshake any more."""
    async with serving_vendors() as vendors, asyncio.timeout(60):
        parts = wired(settings_for(vendors, tmp_path, deadline_scale=10.0))
        given = {"llm": parts.llm, "tts": parts.tts, "stt": parts.stt, "standby": parts.standby}
        async with serve(**given, is_paid=True) as running, running.client() as client:
            session = (await client.post("/v1/sessions", json={"language": "en-IN"})).json()
            async with open_stream(client, session["stream_url"]) as stream:
                url = f"/v1/sessions/{session['id']}/input_audio"
                pcm = {"Content-Type": "audio/pcm;rate=16000"}
                for seq in range(5):
                    where = {"stream": "mic", "seq": seq}
                    await client.post(url, params=where, content=SPEECH, headers=pcm)
                await stream.until("input_audio_buffer.speech_started")
                await vendors.until(lambda seen: seen.open_sockets == 1)
                assert not vendors.elevenlabs.asked
                vendors.door.clear()
                for seq in range(5, 25):
                    where = {"stream": "mic", "seq": seq}
                    await client.post(url, params=where, content=QUIET, headers=pcm)
                await stream.until("asha.turn.committed")
                delta = await stream.until("response.output_audio.delta")
                vendors.door.set()
                await stream.until("asha.cost.report")
        first = vendors.elevenlabs.asked[0]
    assert delta["delta"] and first == {"by": "socket", "text": "Namaste, good morning! "}


async def heard_turn(client: Any, open_stream: Any) -> list[dict[str, Any]]:
    """The events of one spoken turn."""
    session = (await client.post("/v1/sessions", json={"language": "en-IN"})).json()
    async with open_stream(client, session["stream_url"]) as stream:
        await stream.next()
        url = f"/v1/sessions/{session['id']}/turns"
        pcm = {"Content-Type": "audio/pcm;rate=16000"}
        await client.post(url, content=SPEECH * 8, headers=pcm)
        await stream.until("asha.cost.report")
    events: list[dict[str, Any]] = stream.events
    return events


FAILOVERS = [
    ("elevenlabs", Fault("cut", after=1), ("tts", "elevenlabs", "coqui", "provider_cut")),
    (
        "chat",
        Fault("cut", after=2),
        ("llm", "openai:gpt-4o-mini", "openai:gpt-4o-mini", "provider_cut"),
    ),
    ("scribe", Fault("cut"), ("stt", "elevenlabs-scribe", "openai-transcribe", "provider_cut")),
]


@pytest.mark.parametrize(("script", "fault", "told"), FAILOVERS, ids=[row[0] for row in FAILOVERS])
async def test_who_took_over_from_whom_is_told_with_the_silence_between(
    serve: Any, open_stream: Any, tmp_path: Path, script: str, fault: Fault, told: tuple[str, ...]
) -> None:
    async with serving_vendors() as vendors:
        parts = wired(settings_for(vendors, tmp_path, deadline_scale=2.0))
        getattr(vendors, script).faults.append(fault)
        given = {"llm": parts.llm, "tts": parts.tts, "stt": parts.stt, "is_paid": True}
        async with serve(**given) as running, running.client() as client:
            events = await heard_turn(client, open_stream)
            costs = (await client.get("/v1/costs")).json()
            clocks = (await client.get("/v1/clocks")).json()
    [event] = [event for event in events if event["type"] == "asha.provider.failover"]
    assert (event["port"], event["failed"], event["next"], event["reason"]) == told
    assert 0 <= event["gap_ms"] < 10_000
    cost = events[-1]
    assert cost["usd"] > 0 and cost["by_provider"]["openai:gpt-4o-mini"] > 0
    assert cost["by_provider"]["elevenlabs"] > 0 and cost["by_provider"]["elevenlabs-scribe"] > 0
    assert cost["is_estimated"] == (script == "chat")  # what broke off never told its tokens
    assert costs["day_usd"] == pytest.approx(cost["usd"], abs=1e-6)
    assert clocks["turn_usd"]["n"] == 1


async def test_when_the_money_is_used_up_the_embedded_engine_goes_on(
    serve: Any, open_stream: Any, tmp_path: Path
) -> None:
    async with serving_vendors() as vendors:
        parts = wired(settings_for(vendors, tmp_path, coqui_url=None, deadline_scale=4.0))
        assert parts.free and parts.free.llm and parts.free.llm.name == "asha-nano"
        assert parts.free.tts and parts.free.tts.name == "espeak" and not parts.free.is_paid
        given = {"llm": parts.llm, "tts": parts.tts, "stt": parts.stt, "is_paid": True}
        async with (
            serve(**given, free=parts.free, settings={"budget_day_usd": 0.0}) as running,
            running.client() as client,
        ):
            session = (await client.post("/v1/sessions", json={"language": "en-IN"})).json()
            async with open_stream(client, session["stream_url"]) as stream:
                url = f"/v1/sessions/{session['id']}/turns"
                await client.post(url, json={"text": "what time is it"})
                cost = await stream.until("asha.cost.report")
            kinds = [event["type"] for event in stream.events]
            assert "response.output_audio.delta" in kinds
            assert cost["usd"] == 0
            assert not vendors.chat.asked
            answer = (await client.get(f"/v1/sessions/{session['id']}")).json()
            told = answer["session"]["asha"]
            assert told["thinks"] == "asha-nano" and "ASHA_BUDGET_DAY_USD" in told["notice"]
            refused = await client.post(
                "/v1/chat/completions", json={"messages": [{"role": "user", "content": "hello"}]}
            )
            assert refused.status_code == 402
            assert "ASHA_BUDGET_DAY_USD" in refused.json()["error"]["message"]
