"""Ears over a socket: sound goes up and words come down at the same time."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from asha.core.audio import Chunk
from asha.core.errors import ProviderCut, ProviderSilent
from asha.core.ports import Heard

Messages = Iterable[dict[str, Any]]


async def conversed(
    socket: ClientConnection,
    sound: AsyncIterator[Chunk],
    *,
    provider: str,
    sent: Callable[[Chunk | None], Messages],
    read: Callable[[dict[str, Any]], Heard | None],
) -> AsyncIterator[Heard]:
    """Words of `sound`: `sent` says what goes up (None: the sound has ended), `read` what came.

    Raises:
        ProviderError: as `read` does; a socket that ends early; a final that is empty.
    """

    async def send() -> None:
        async for chunk in sound:
            for message in sent(chunk):
                await socket.send(json.dumps(message))
        for message in sent(None):
            await socket.send(json.dumps(message))

    sending = asyncio.create_task(send())
    try:
        while True:
            heard = read(_parsed(await socket.recv()))
            if heard is None:
                continue
            if heard.is_final and not heard.text.strip():
                raise ProviderSilent(provider, "nothing was understood; speak again.")
            yield heard
            if heard.is_final:
                return
    except ConnectionClosed as closed:
        raise ProviderCut(provider, "the connection broke off; try again.") from closed
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def _parsed(message: str | bytes) -> dict[str, Any]:
    try:
        told = json.loads(message)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
