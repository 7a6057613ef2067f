"""asha serve: the service on this machine."""

from pathlib import Path
from typing import Annotated

import typer

from asha.core.errors import BadInput
from asha.core.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 takes a free one.")] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Where sessions are kept.")] = None,
) -> None:
    """Serve the page and the API."""
    import uvicorn

    from asha.server.app import create_app
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
    parts = wired(settings)
    if parts.notice:
        typer.echo(parts.notice, err=True)
    typer.echo(f"Asha is at http://{settings.host}:{settings.port}/", err=True)
    uvicorn.run(
        create_app(settings, parts),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,  # addresses hold tokens
        timeout_graceful_shutdown=2,
    )
