"""The largest body anybody may send, counted while it comes."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asha.core.errors import TooLarge
from asha.server.problems import problem


class BodyLimit:
    """ASGI middleware: 413 with the limit named."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app, self.max_bytes = app, max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        claimed = headers.get(b"content-length", b"0")
        if claimed.isdigit() and int(claimed) > self.max_bytes:
            await self._refuse(scope, receive, send)
            return
        num_bytes = 0

        async def counted() -> Message:
            nonlocal num_bytes
            message = await receive()
            num_bytes += len(message.get("body", b""))
            if num_bytes > self.max_bytes:
                raise TooLarge(self._message(), param="body")
            return message

        await self.app(scope, counted, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem(413, self._message(), code=TooLarge.code, param="body")
        await answer(scope, receive, send)

    def _message(self) -> str:
        return f"The body is larger than {self.max_bytes:,} bytes; send it in smaller pieces."
