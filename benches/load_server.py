"""The service with doubles that take no time, in a process of its own, for load.py.

Prints its port. `GET /load` tells what the process has used: CPU seconds and resident memory.
"""

import json
import os
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import uvicorn
from clock_server import Latencies, ToneTTS

from asha.conversation.parts import Parts
from asha.core.audio import Chunk
from asha.core.ports import Heard, ReplyOptions, Usage
from asha.core.settings import Settings
from asha.server.app import create_app
from asha.speech.vad import SileroVoice

REPLY = "Yes, of course. It is done now."


class InstantSTT:
    """Knows what was said as soon as the sound is closed; a partial word a slice."""

    name = "instant-stt"

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        yield Heard("please do", is_final=False)
        async for _ in sound:
            pass
        yield Heard("please do it now", is_final=True)


class InstantLLM:
    """Says the same every time, at once."""

    name, hears = "instant-llm", False

    async def reply(self, messages: Any, options: ReplyOptions) -> AsyncIterator[str | Usage]:
        for start in range(0, len(REPLY), 4):
            yield REPLY[start : start + 4]
        yield Usage(100, len(REPLY) // 4)


def main() -> None:
    """Serve; the one argument is the data folder."""
    parts = Parts(
        llm=InstantLLM(), tts=ToneTTS(Latencies()), detector=SileroVoice, stt=InstantSTT()
    )
    given = json.loads(sys.argv[1])
    settings = Settings(data_dir=Path(given.pop("folder")), _env_file=None, fillers=False, **given)
    app = create_app(settings, parts)
    process = psutil.Process(os.getpid())

    @app.get("/load")
    async def load() -> dict[str, float]:
        return {"cpu_s": time.process_time(), "rss_mb": process.memory_info().rss / 1e6}

    class Announced(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets=sockets)
            print(self.servers[0].sockets[0].getsockname()[1], flush=True)

    config = uvicorn.Config(app, port=0, log_level="warning", ws="none", access_log=False)
    Announced(config).run()


if __name__ == "__main__":
    if path := os.environ.get("ASHA_PROFILE"):
        import cProfile

        profile = cProfile.Profile()
        profile.enable()
        try:
            main()
        finally:
            profile.disable()
            profile.dump_stats(path)
    else:
        main()
