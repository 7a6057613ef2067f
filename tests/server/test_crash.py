"""Killed in the middle of a reply, the service comes back with every event and no second hello."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

TESTS = Path(__file__).parents[1]


@contextlib.asynccontextmanager
async def killable(folder: Path, name: str) -> AsyncIterator[tuple[httpx.AsyncClient, int]]:
    """A service in its own process: (client, process id)."""
    port_file = folder / f"{name}.port"
    env = {**os.environ, "PYTHONPATH": f"{TESTS}:{os.environ.get('PYTHONPATH', '')}"}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(TESTS / "server" / "crashing_server.py"),
        str(folder / "data"),
        str(port_file),
        env=env,
    )
    while not port_file.exists():
        assert process.returncode is None
        await asyncio.sleep(0.02)
    url = f"http://127.0.0.1:{port_file.read_text()}"
    try:
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as client:
            yield client, process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        process._transport.close()  # type: ignore[attr-defined]  # else it warns when collected


async def test_killed_in_mid_reply_it_loses_and_repeats_nothing(tmp_path, open_stream) -> None:
    async with killable(tmp_path, "first") as (client, pid):
        session = (
            await client.post("/v1/sessions", json={"greet": True, "language": "en-IN"})
        ).json()
        before: list = []
        with contextlib.suppress(httpx.HTTPError, EOFError):
            async with open_stream(client, session["stream_url"]) as stream:
                before, ids = stream.events, stream.ids
                await stream.until("asha.cost.report")  # the greeting
                url = f"/v1/sessions/{session['id']}/turns"
                await client.post(url, json={"text": "tell me a story"})
                start = await stream.until("response.created")
                while True:
                    event = await stream.until("response.output_audio.delta")
                    if event["start_ms"] > 3_500:
                        break
                os.kill(pid, signal.SIGKILL)
                await stream.rest()
        last_id = next(found for found in reversed(ids) if found)
        durable = [event for event in before if event["sequence_number"]]
        cookies = client.cookies

    async with killable(tmp_path, "second") as (client, _):
        client.cookies = cookies
        headers = {"Last-Event-ID": last_id}
        async with open_stream(client, session["stream_url"], headers=headers) as stream:
            done = await stream.until("response.done")
            await client.post(f"/v1/sessions/{session['id']}/turns", json={"text": "go on"})
            created = await stream.until("response.created")
        after = [event for event in stream.events if event["sequence_number"]]

    numbers = [event["sequence_number"] for event in durable + after]
    assert numbers == list(range(1, len(numbers) + 1)), "no event lost or repeated"
    assert done["response"]["id"] == start["response"]["id"] != created["response"]["id"]
    assert done["response"]["status"] == "incomplete"
    heard = done["response"]["output"][0]["content"][0]["transcript"]
    assert heard.startswith("This is the first sentence")
    assert len(heard) < 120
    hellos = [
        event
        for event in durable + after
        if event["type"].endswith("transcript.delta") and "I am Asha" in event.get("delta", "")
    ]
    assert len(hellos) == 1
