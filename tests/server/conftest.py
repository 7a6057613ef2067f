"""A running service on a real socket, with scripted parts."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from scripted import LoudIsSpeech, ScriptedLLM, ScriptedSTT, ScriptedTTS

from asha.conversation.parts import Parts
from asha.core.settings import Settings
from asha.server.app import create_app

LIMIT_S = 20.0


class Running:
    """One server and the address it listens on."""

    def __init__(self, server: uvicorn.Server, task: "asyncio.Task[None]") -> None:
        self.server, self.task = server, task
        port = server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    def client(self) -> httpx.AsyncClient:
        """Somebody with a cookie jar of their own."""
        return httpx.AsyncClient(base_url=self.url, timeout=LIMIT_S, trust_env=False)

    async def stop(self) -> None:
        self.server.should_exit = True
        await self.task


class Stream:
    """Reads a session's events; `until` waits for one."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.events: list[dict[str, Any]] = []
        self.ids: list[str | None] = []
        self.comments = 0

    async def next(self) -> dict[str, Any]:
        """The next event."""
        head: dict[str, str] = {}
        async with asyncio.timeout(LIMIT_S):
            async for line in self._lines:
                if not line and "data" in head:
                    event: dict[str, Any] = json.loads(head["data"])
                    assert event["type"] == head["event"]
                    self.events.append(event)
                    self.ids.append(head.get("id"))
                    return event
                if line.startswith(":"):
                    self.comments += 1
                elif line:
                    name, _, value = line.partition(": ")
                    head[name] = value
        raise EOFError("the stream has ended")

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of a type."""
        while (event := await self.next())["type"] != kind:
            pass
        return event

    async def rest(self) -> None:
        """Everything to the stream's end."""
        with contextlib.suppress(EOFError):
            while True:
                await self.next()

    @property
    def last_id(self) -> str | None:
        return next((found for found in reversed(self.ids) if found), None)


@contextlib.asynccontextmanager
async def streaming(client: httpx.AsyncClient, url: str, **kwargs: Any) -> AsyncIterator[Stream]:
    """An open stream."""
    method = kwargs.pop("method", "GET")
    async with client.stream(method, url, **kwargs) as response:
        assert response.status_code < 300, await response.aread()
        yield Stream(response.aiter_lines())


def scripted_parts(**given: Any) -> Parts:
    """Parts with zero latency unless given."""
    wanted: dict[str, Any] = {
        "llm": ScriptedLLM(["Namaste, how are you today?"]),
        "tts": ScriptedTTS(),
        "detector": LoudIsSpeech,
        "stt": ScriptedSTT(["hello there"]),
    }
    return Parts(**{**wanted, **given})


@contextlib.asynccontextmanager
async def serving(parts: Parts, folder: Path, **settings: Any) -> AsyncIterator[Running]:
    """A server on a free port."""
    app = create_app(
        Settings(data_dir=folder, **{"fillers": False, "_env_file": None, **settings}), parts
    )
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0)
        assert not task.done(), task.exception()
    running = Running(server, task)
    try:
        yield running
    finally:
        await running.stop()


Serve = Callable[..., contextlib.AbstractAsyncContextManager[Running]]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """`async with serve(llm=...) as running`: a service with scripted parts."""

    def begin(
        *, settings: dict[str, Any] | None = None, **parts: Any
    ) -> contextlib.AbstractAsyncContextManager[Running]:
        return serving(scripted_parts(**parts), tmp_path, **(settings or {}))

    return begin


@pytest.fixture
def open_stream() -> Callable[..., contextlib.AbstractAsyncContextManager[Stream]]:
    """`async with open_stream(client, url) as stream`."""
    return streaming
