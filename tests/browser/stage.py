"""The real service with scripted parts, in a thread, for a browser to look at."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import uvicorn
from scripted import LoudIsSpeech, ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.conversation.parts import Parts
from asha.core.audio import Float32
from asha.core.settings import Settings
from asha.server.app import create_app
from asha.server.reach import listening

START_S = 60.0
MIC_RATE_HZ = 48_000


class Stage:
    """One server on a port of its own; `fall` is a crash, `rise` a restart on the same port."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: dict[str, Any] | None = None,
        whole: Parts | None = None,
        before: Callable[[Path], object] = lambda _: None,
        **parts: Any,
    ):
        """`whole` are parts as they are wired for real; else scripted ones, or those given.
        `before` is done to the data folder first.
        """
        before(folder)
        self.folder, self.settings = folder, settings or {}
        wanted: dict[str, Any] = {
            "llm": ScriptedLLM(["Namaste, how are you today?"]),
            "tts": ScriptedTTS(),
            "detector": LoudIsSpeech,
            "stt": ScriptedSTT(["hello there"]),
        }
        self.parts = whole or Parts(**{**wanted, **parts})
        self.port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        scheme = "https" if self.settings.get("public") else "http"
        return f"{scheme}://127.0.0.1:{self.port}/"

    def rise(self) -> "Stage":
        """Serve; returns when the port answers."""
        settings = Settings(
            data_dir=self.folder, **{"fillers": False, "_env_file": None, **self.settings}
        )
        config = uvicorn.Config(
            create_app(settings, self.parts),
            **listening(settings),
            port=self.port,
            log_level="critical",  # a fall cuts open streams, as it should
            ws="none",
            timeout_graceful_shutdown=1,
        )
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        self._thread.start()
        waiting = threading.Event()
        for _ in range(int(START_S / 0.02)):
            if server.started:
                break
            waiting.wait(0.02)
        assert server.started, "the server did not start"
        self.port = server.servers[0].sockets[0].getsockname()[1]
        return self

    def fall(self) -> None:
        """Stop serving; what is on the disk stays."""
        assert self._server and self._thread
        self._server.should_exit = True
        self._thread.join(START_S)


@contextlib.contextmanager
def staged(folder: Path, **parts: Any) -> Iterator[Stage]:
    """A stage for the length of a test."""
    stage = Stage(folder, **parts).rise()
    try:
        yield stage
    finally:
        stage.fall()


def babble(length_s: float, *, rate_hz: int = 16_000) -> Float32:
    """Something like a voice: harmonics of 140 Hz with a syllable's rhythm, which the browser's
    noise suppression lets through.
    """
    t = np.arange(int(length_s * rate_hz)) / rate_hz
    voice = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 18))
    sound = 0.25 * voice * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * t))
    return np.asarray(sound, dtype=np.float32)


def write_microphone(path: Path, *, bursts_s: list[tuple[float, float]], length_s: float) -> Path:
    """A sound file for Chromium's fake microphone: voice-like from..to seconds, else silence."""
    t = np.arange(int(length_s * MIC_RATE_HZ)) / MIC_RATE_HZ
    gate = np.zeros_like(t)
    for start_s, end_s in bursts_s:
        gate[(t >= start_s) & (t < end_s)] = 1.0
    noise = 1e-4 * np.random.default_rng(6).standard_normal(len(t))
    sound = babble(length_s, rate_hz=MIC_RATE_HZ) * gate + noise
    soundfile.write(path, sound.astype(np.float32), MIC_RATE_HZ, subtype="PCM_16")
    return path
