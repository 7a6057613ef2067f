"""Talking to the service over real sockets."""

import asyncio

import numpy as np

SPEECH = np.full(1_600, 3_000, "<i2").tobytes()  # 100 ms at 16 kHz
QUIET = bytes(len(SPEECH))
PCM = {"Content-Type": "audio/pcm;rate=16000"}


async def test_a_spoken_turn_is_answered_on_the_session_stream(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        made = await client.post("/v1/sessions", json={"language": "en-IN"})
        assert made.status_code == 201
        session = made.json()
        async with open_stream(client, session["stream_url"]) as stream:
            assert (await stream.next())["type"] == "session.created"
            url = f"/v1/sessions/{session['id']}/input_audio"
            for seq, pcm in enumerate([SPEECH] * 8 + [QUIET] * 9):
                sent = await client.post(
                    url, params={"stream": "mic", "seq": seq}, content=pcm, headers=PCM
                )
                assert sent.status_code == 202
                assert sent.json() == {"next_seq": seq + 1}
            done = await stream.until("response.done")
            assert done["response"]["status"] == "completed"
            await stream.until("asha.cost.report")
        kinds = [event["type"] for event in stream.events]
        assert kinds.index("input_audio_buffer.committed") < kinds.index("response.created")
        assert "response.output_audio.delta" in kinds
        items = (await client.get(f"/v1/sessions/{session['id']}/items")).json()["data"]
        assert [item["role"] for item in items] == ["user", "assistant"]


async def test_a_typed_turn_streams_in_its_own_answer(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        async with open_stream(
            client,
            f"/v1/sessions/{session['id']}/turns",
            method="POST",
            json={"text": "hello"},
            headers={"Accept": "text/event-stream"},
        ) as stream:
            await stream.rest()
        assert stream.events[0]["type"] == "asha.turn.committed"
        assert stream.events[-1]["type"] == "asha.cost.report"
        await asyncio.sleep(0)
