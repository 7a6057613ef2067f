"""A service with scripted parts in a process of its own, so that it can be killed.

Arguments: data folder, port file. Run by test_crash.py.
"""

import sys
from pathlib import Path

import uvicorn
from scripted import LoudIsSpeech, ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.conversation.parts import Parts
from asha.core.settings import Settings
from asha.server.app import create_app

LONG = "This is the first sentence of it. " + "And here is one more sentence. " * 20


def tell(port: int) -> None:
    """Write the port down in one step."""
    waiting = Path(sys.argv[2] + ".new")
    waiting.write_text(str(port))
    waiting.rename(sys.argv[2])


class Announced(uvicorn.Server):
    """Writes its port down once it listens."""

    async def startup(self, sockets: object = None) -> None:
        await super().startup(sockets=sockets)  # type: ignore[arg-type]
        port = self.servers[0].sockets[0].getsockname()[1]
        tell(port)


def main() -> None:
    """Serve until killed."""
    parts = Parts(
        llm=ScriptedLLM([LONG]),
        tts=ScriptedTTS(),
        detector=LoudIsSpeech,
        stt=ScriptedSTT(["hello there"]),
    )
    app = create_app(Settings(data_dir=Path(sys.argv[1]), fillers=False), parts)
    Announced(uvicorn.Config(app, port=0, log_level="error", ws="none")).run()


if __name__ == "__main__":
    main()
