"""All vendors as one local app on a real socket: what they say, and what they do wrong."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse

from asha.doubles.faults import Fault, Script

KEY = "key-of-the-doubles"
PREM = {
    "voice_id": "double0prem0double01",
    "name": "Prem",
    "category": "premade",
    "labels": {"language": "hi", "accent": "indian", "gender": "male"},
}
GEORGE = {"voice_id": "double0george0double", "name": "George", "labels": {"accent": "british"}}


@dataclass(slots=True)
class Vendors:
    """The state of the doubles: change it between requests."""

    reply: str = "Namaste, good morning! Your train leaves at nine. Shall I wake you at seven?"
    tool_calls: list[tuple[str, str]] = field(default_factory=list)  # answered instead of text once
    hears: str = "wake me at seven"  # what every pair of ears understands
    account_voices: list[dict[str, Any]] = field(default_factory=lambda: [dict(GEORGE), dict(PREM)])
    page_size: int = 1  # of the voice search, so that pages are followed
    has_alignment: bool = True
    coqui_languages: tuple[str, ...] = ("hi", "hi-Latn", "en-IN", "gu", "ta", "te", "mr")
    repositories: dict[str, dict[str, bytes]] = field(default_factory=dict)  # of the hub
    gated: set[str] = field(default_factory=set)
    license: str = "mit"
    hub: Script = field(default_factory=Script)
    chat: Script = field(default_factory=Script)
    elevenlabs: Script = field(default_factory=Script)
    coqui: Script = field(default_factory=Script)
    speech: Script = field(default_factory=Script)
    scribe: Script = field(default_factory=Script)
    transcribe: Script = field(default_factory=Script)
    searches: Script = field(default_factory=Script)
    open_sockets: int = 0
    num_handshakes: int = 0  # sockets that were asked for
    door: asyncio.Event = field(default_factory=asyncio.Event)  # cleared: handshakes wait
    news: asyncio.Event = field(default_factory=asyncio.Event)  # a socket was asked for or ended
    url: str = ""
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _server: uvicorn.Server | None = None

    def hang_up(self, connection: HTTPConnection) -> None:
        """End the connection under a reply: what was sent arrives, then the socket closes."""
        assert self._server and connection.client
        for protocol in list(self._server.server_state.connections):
            transport = getattr(protocol, "transport", None)
            if transport and transport.get_extra_info("peername")[1] == connection.client.port:
                transport.close()

    def __post_init__(self) -> None:
        """The door is open."""
        self.door.set()

    async def until(self, is_so: Callable[["Vendors"], bool]) -> None:
        """Wait for something that is seen by the sockets of ElevenLabs' speech."""
        while not is_so(self):
            self.news.clear()
            await self.news.wait()

    async def stall(self) -> None:
        """Nothing more, until the doubles end."""
        await self.closing.wait()


def openai_refusal(fault: Fault) -> JSONResponse:
    """An error before the stream, in OpenAI's shape."""
    kind = "insufficient_quota" if "quota" in fault.code else "server_error"
    error = {"message": f"refused: {fault.code}", "type": kind, "code": fault.code, "param": None}
    return JSONResponse({"error": error}, fault.status, dict(fault.headers))


def has_key(connection: HTTPConnection) -> bool:
    """Whether the request carries the doubles' key, in any vendor's header."""
    bearer = connection.headers.get("authorization", "").removeprefix("Bearer ")
    return KEY in (bearer, connection.headers.get("xi-api-key"))


@contextlib.asynccontextmanager
async def serving(vendors: Vendors | None = None) -> AsyncIterator[Vendors]:
    """The doubles on a free port; `url` is theirs."""
    from asha.doubles import coqui, elevenlabs, hub, openai

    made = vendors or Vendors()
    routes = [*openai.routes(made), *elevenlabs.routes(made), *coqui.routes(made)]
    routes += hub.routes(made)
    config = uvicorn.Config(
        Starlette(routes=routes),
        host="127.0.0.1",
        port=0,
        log_level="critical",
        lifespan="off",
        ws="websockets-sansio",
        ws_ping_interval=None,
        timeout_graceful_shutdown=1,
    )
    # Begun and ended by hand: `serve` looks for the end only ten times a second.
    config.load()
    made._server = server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    made.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        made.closing.set()
        made.door.set()
        await server.shutdown()
