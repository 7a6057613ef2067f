"""asha serve: the service on this machine, or with a login and TLS for others."""

import asyncio
import errno
import os
import socket
import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from asha.core.errors import BadInput, Conflict
from asha.core.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

# Longer than the pause between two things that a person says, so that the line is still warm.
KEEP_ALIVE_S = 75
BACKLOG = 2_048  # connections that wait to be accepted; uvicorn's own default


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where sessions are kept.")] = None,
    public: Annotated[
        bool | None, typer.Option("--public", help="For others too: needs a login and TLS.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="Certificate chain, PEM.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key, PEM.")] = None,
    behind_proxy: Annotated[
        bool | None, typer.Option("--behind-proxy", help="A proxy in front ends TLS.")
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the page, where there is a screen.")
    ] = False,
) -> None:
    """Serve the page and the API."""
    from asha.server.app import create_app
    from asha.server.logs import configure_logs
    from asha.server.reach import listening
    from asha.server.wiring import wired

    given = {
        "host": host,
        "port": port,
        "data_dir": data_dir,
        "public": public,
        "tls_cert": tls_cert,
        "tls_key": tls_key,
        "behind_proxy": behind_proxy,
    }
    settings = Settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    configure_logs(settings.log_level)
    reached = listening(settings)
    parts = wired(settings)
    if parts.notice:
        typer.echo(parts.notice, err=True)
    with _bound(reached["host"], settings.port) as listener:
        server = _server(create_app(settings, parts), reached)
        asyncio.run(_serve(server, listener, opens=open_page and _has_screen()))


def _server(app: "FastAPI", reached: Mapping[str, Any]) -> "uvicorn.Server":
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,  # its own handlers would print whole tracebacks
            access_log=False,  # addresses hold tokens
            timeout_graceful_shutdown=2,
            timeout_keep_alive=KEEP_ALIVE_S,
            **reached,
        )
    )


def _bound(host: str, port: int) -> socket.socket:
    """The socket to listen on. Raises Conflict where it is taken, BadInput where it cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            raise Conflict(
                f"Port {port} is taken, perhaps by an Asha that runs already; "
                "open its page, or take a free port with `asha serve --port 0`."
            ) from failure
        raise BadInput(
            f"Cannot listen on {host}, port {port} ({failure.strerror}); give another --host "
            "or --port.",
            param="host",
        ) from failure


def _has_screen() -> bool:
    """Whether a browser would get a window of its own, and not this terminal."""
    names = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in names)


async def _serve(server: "uvicorn.Server", listener: socket.socket, *, opens: bool) -> None:
    """Serve until a signal; the address is told once it can be opened."""
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        scheme = "https" if server.config.is_ssl else "http"
        address = f"{scheme}://{server.config.host}:{listener.getsockname()[1]}/"
        typer.echo(f"Asha is at {address} (Ctrl-C ends it)", err=True)
        if opens:
            await asyncio.to_thread(webbrowser.open, address)
    await serving
