"""WebSockets to vendors: connecting in time, and what a refused handshake means."""

import contextlib
from collections.abc import AsyncIterator, Mapping

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidStatus

from asha.core.errors import ProviderBusy
from asha.providers.http import CONNECT_S, is_local, refusal

MAX_FRAME_BYTES = 4 * 1_024 * 1_024
CLOSE_S = 0.5  # a peer that does not answer a close is left


async def opened(
    provider: str, url: str, headers: Mapping[str, str], *, connect_s: float = CONNECT_S
) -> ClientConnection:
    """A connected socket; `url` may be http(s). Raises ProviderError."""
    address = "ws" + url.removeprefix("http") if url.startswith("http") else url
    try:
        return await connect(
            address,
            additional_headers=dict(headers),
            open_timeout=connect_s,
            close_timeout=CLOSE_S,
            max_size=MAX_FRAME_BYTES,
            compression=None,  # base64 of sound does not shrink, and costs CPU
            proxy=None if is_local(url.replace("ws", "http", 1)) else True,
        )
    except InvalidStatus as refused:
        response = refused.response
        raise refusal(
            provider, response.status_code, response.headers, bytes(response.body or b"")
        ) from refused
    except (OSError, TimeoutError, InvalidHandshake, EOFError) as failure:
        raise ProviderBusy(
            provider, "it cannot be reached; check the network.", kind="connect"
        ) from failure


@contextlib.asynccontextmanager
async def socket_closing(socket: ClientConnection) -> AsyncIterator[ClientConnection]:
    """The socket, closed at the end however it ends."""
    try:
        yield socket
    finally:
        await socket.close()
