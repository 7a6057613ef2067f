"""Other websites may not act here: a page elsewhere that calls this service is told no.

A browser names the page that calls (`Origin`) and the host it believes to call (`Host`). A page of
another origin must be on the CORS list; a service of this machine answers to this machine's names
only, so that a name which suddenly means 127.0.0.1 (DNS rebinding) opens nothing.
"""

from urllib.parse import urlsplit

from fastapi import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from asha.server.problems import problem

LOOPBACK = ("127.0.0.1", "::1", "localhost")
SAFE = ("GET", "HEAD", "OPTIONS")


class OriginCheck:
    """ASGI middleware: 403 for other people's pages."""

    def __init__(self, app: ASGIApp, *, allowed: list[str], is_public: bool) -> None:
        self.app, self.allowed, self.is_public = app, set(allowed), is_public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        refused = self._refusal(scope) if scope["type"] == "http" else None
        await (refused or self.app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if not self.is_public and _name(f"//{host}") not in LOOPBACK:
            return problem(
                403,
                "This service is for its own machine (127.0.0.1); to be reached under another "
                "name it must run as `asha serve --public`.",
                code="wrong_host",
                param="host",
            )
        origin = headers.get(b"origin")
        if origin is None or scope["method"] in SAFE or self._may_call(origin, host):
            return None
        return problem(
            403,
            "Pages of another origin may not call this service; add theirs to ASHA_CORS_ORIGINS.",
            code="foreign_origin",
            param="origin",
        )

    def _may_call(self, origin: str, host: str) -> bool:
        if origin in self.allowed or "*" in self.allowed:
            return True
        if not self.is_public and _name(origin) in LOOPBACK:
            return True  # the page while it is being developed, on a port of its own
        return bool(host) and urlsplit(origin).netloc == host


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
