"""The Coqui sidecar: queue, languages and licences. The real package runs with COQUI_PYTHON set."""

import asyncio
import json
import os
import subprocess
import threading
from pathlib import Path

import httpx
import numpy as np
import pytest
import uvicorn

from asha.cli.coqui import MAX_WAITING, check_licence, create_sidecar, loaded, parsed
from asha.core.audio import Float32
from asha.core.errors import BadInput, NotFound, ProviderBusy, ProviderUnfit
from asha.core.language import language
from asha.providers.tts.coqui import CoquiTTS


def hum(text: str, tag: str) -> tuple[Float32, int]:
    """A tenth of a second a word at 16 kHz."""
    return np.full(1_600 * len(text.split()), 0.2, np.float32), 16_000


class Sidecar:
    """The real app on a real socket."""

    def __init__(self, speak=hum) -> None:  # type: ignore[no-untyped-def]
        config = uvicorn.Config(
            create_sidecar({"hi": speak}), port=0, log_level="critical", lifespan="off", ws="none"
        )
        config.load()
        self.server = uvicorn.Server(config)
        self.server.lifespan = config.lifespan_class(config)

    async def __aenter__(self) -> str:
        await self.server.startup()
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    async def __aexit__(self, *_: object) -> None:
        await self.server.shutdown()


async def test_the_client_hears_the_sidecar_at_24_khz() -> None:
    async with Sidecar() as url:
        voice = CoquiTTS(url)
        chunks = [chunk async for chunk in voice.speak("एक दो तीन चार", language=language("hi"))]
        assert len(chunks) > 1
        assert sum(chunk.duration_ms for chunk in chunks) == pytest.approx(400, abs=2)
        with pytest.raises(ProviderUnfit):
            [chunk async for chunk in voice.speak("ஒன்று", language=language("ta"))]
        await voice.close()


async def test_a_full_queue_says_so_at_once() -> None:
    gate = threading.Event()

    def slow(text: str, tag: str) -> tuple[Float32, int]:
        gate.wait(10)
        return hum(text, tag)

    async with Sidecar(slow) as url, httpx.AsyncClient(base_url=url, trust_env=False) as client:
        body = {"text": "नमस्ते", "language": "hi"}
        waiting = [
            asyncio.create_task(client.post("/v1/speak", json=body)) for _ in range(MAX_WAITING)
        ]
        while (await client.get("/health")).json()["waiting"] < MAX_WAITING:
            pass
        voice = CoquiTTS(url)
        with pytest.raises(ProviderBusy) as told:
            [chunk async for chunk in voice.speak("नमस्ते", language=language("hi"))]
        assert told.value.retry_after_ms == 1_000
        gate.set()
        assert {(await answer).status_code for answer in waiting} == {200}
        await voice.close()


def folder(path: Path, **config: str) -> Path:
    path.mkdir()
    (path / "config.json").write_text(json.dumps(config))
    return path


def test_noncommercial_weights_are_refused_unless_allowed(tmp_path: Path) -> None:
    xtts = folder(tmp_path / "v2", model="xtts")
    mms = folder(tmp_path / "hin", model="vits")
    (mms / "vocab.txt").touch()
    for restricted in (xtts, mms):
        with pytest.raises(BadInput, match="--allow-noncommercial"):
            check_licence(restricted, allow_noncommercial=False)
        check_licence(restricted, allow_noncommercial=True)
    check_licence(folder(tmp_path / "own", model="vits"), allow_noncommercial=False)


def test_a_model_is_a_tag_and_a_folder(tmp_path: Path) -> None:
    own = folder(tmp_path / "own", model="vits")
    assert parsed(f"hi={own}") == ("hi", own)
    with pytest.raises(BadInput, match="TAG=FOLDER"):
        parsed(str(own))
    with pytest.raises(NotFound, match=r"config\.json"):
        parsed(f"hi={tmp_path}")


@pytest.mark.skipif("COQUI_PYTHON" in os.environ, reason="the package may be there")
def test_without_the_package_the_way_out_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"docs/providers\.md"):
        loaded(tmp_path)


@pytest.mark.slow
@pytest.mark.skipif("COQUI_PYTHON" not in os.environ, reason="needs an environment with coqui-tts")
def test_the_real_package_speaks_with_a_tiny_vits(tmp_path: Path) -> None:
    """COQUI_PYTHON=... pytest tests/cli/test_coqui.py: a VITS of 0.4 M is made and spoken with."""
    program = Path(__file__).with_name("coqui_tiny.py")
    source = Path(__file__).parents[2] / "src"
    done = subprocess.run(
        [os.environ["COQUI_PYTHON"], program, tmp_path],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(source)},
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split()[-1]) > 0.2, "seconds of sound"
