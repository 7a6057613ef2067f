"""asha serve, as a person starts it."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from asha.core.settings import Settings

PROGRAM = "from asha.cli import main; import sys; sys.argv = ['asha', *sys.argv[1:]]; main()"


async def test_it_tells_its_address_serves_and_stops_when_asked(tmp_path: Path) -> None:
    """With --open the page is opened where there is a browser: this one notes its address."""
    browser, opened = tmp_path / "browser", tmp_path / "opened"
    browser.write_text(f'#!/bin/sh\necho "$1" > "{opened}"\n')
    browser.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_API_KEY")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        "serve",
        "--port",
        "0",
        "--data-dir",
        str(tmp_path),
        "--open",
        stderr=asyncio.subprocess.PIPE,
        env={**environment, "BROWSER": f"{browser} %s"},
    )
    assert process.stderr
    told = ""
    async with asyncio.timeout(30):
        while not (found := re.search(r"Asha is at (http://\S+)/", told)):
            line = await process.stderr.readline()
            assert line, told
            told += line.decode()
    async with httpx.AsyncClient(base_url=found[1], timeout=20, trust_env=False) as client:
        ready = (await client.get("/health/ready")).json()
        assert ready["status"] == "ok" and ready["speaks"]
        assert "Asha" in (await client.get("/")).text
        said = {"input": "नमस्ते!", "response_format": "wav"}
        speech = await client.post("/v1/audio/speech", json=said)
        assert speech.content[:4] == b"RIFF" and len(speech.content) > 20_000
    assert opened.read_text().strip() == f"{found[1]}/"
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(20):
        await process.wait()
    process._transport.close()  # type: ignore[attr-defined]  # else it warns when collected
    assert process.returncode in (0, -signal.SIGTERM)


async def test_it_does_not_listen_where_strangers_are(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        "serve",
        "--host",
        "0.0.0.0",
        "--data-dir",
        str(tmp_path),
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    process._transport.close()  # type: ignore[attr-defined]
    assert process.returncode == 2
    assert "--public" in told.decode()


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "serve", "--data-dir", str(tmp_path)],
            env={**os.environ, "ASHA_PORT": str(taken.getsockname()[1])},
            capture_output=True,
            text=True,
        )
    assert done.returncode == 2
    assert "--port 0" in done.stderr.splitlines()[-1] and "Traceback" not in done.stderr


def test_the_default_is_this_machine_alone() -> None:
    assert Settings(_env_file=None).host == "127.0.0.1"
