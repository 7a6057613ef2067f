"""asha serve: the service on this machine, or with a login and TLS for others."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asha.core.settings import Settings

if TYPE_CHECKING:
    import uvicorn

# Longer than the pause between two things that a person says, so that the line is still warm.
KEEP_ALIVE_S = 75


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
) -> None:
    """Serve the page and the API."""
    import uvicorn

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
    config = uvicorn.Config(
        create_app(settings, parts),
        port=settings.port,
        log_config=None,  # its own handlers would print whole tracebacks
        access_log=False,  # addresses hold tokens
        timeout_graceful_shutdown=2,
        timeout_keep_alive=KEEP_ALIVE_S,
        **reached,
    )
    scheme = "https" if config.is_ssl else "http"
    asyncio.run(_serve(uvicorn.Server(config), f"{scheme}://{reached['host']}"))


async def _serve(server: "uvicorn.Server", address: str) -> None:
    """Serve until a signal; the address is told once it can be opened."""
    serving = asyncio.create_task(server.serve())
    while not server.started and not serving.done():  # noqa: ASYNC110 - it has no event for it
        await asyncio.sleep(0.01)
    if server.started:
        port = server.servers[0].sockets[0].getsockname()[1]
        typer.echo(f"Asha is at {address}:{port}/", err=True)
    await serving
