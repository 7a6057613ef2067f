"""asha serve: the service on this machine."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asha.core.errors import BadInput
from asha.core.settings import Settings

if TYPE_CHECKING:
    import uvicorn

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where sessions are kept.")] = None,
) -> None:
    """Serve the page and the API."""
    import uvicorn

    from asha.server.app import create_app
    from asha.server.logs import configure_logs
    from asha.server.wiring import wired

    given = {"host": host, "port": port, "data_dir": data_dir}
    settings = Settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    if settings.host not in LOOPBACK:
        raise BadInput(
            f"Listening on {settings.host} would let everybody in: there is no login yet. "
            "Use 127.0.0.1 and put a proxy with a login and TLS in front.",
            param="host",
        )
    configure_logs(settings.log_level)
    parts = wired(settings)
    if parts.notice:
        typer.echo(parts.notice, err=True)
    config = uvicorn.Config(
        create_app(settings, parts),
        host=settings.host,
        port=settings.port,
        log_config=None,  # its own handlers would print whole tracebacks
        access_log=False,  # addresses hold tokens
        timeout_graceful_shutdown=2,
    )
    asyncio.run(_serve(uvicorn.Server(config), settings.host))


async def _serve(server: "uvicorn.Server", host: str) -> None:
    """Serve until a signal; the address is told once it can be opened."""
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        port = server.servers[0].sockets[0].getsockname()[1]
        typer.echo(f"Asha is at http://{host}:{port}/", err=True)
    await serving
