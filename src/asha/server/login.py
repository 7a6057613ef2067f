"""The wall of a public service: nobody comes in without TLS and a login.

A request proves its account by a signed cookie or, for programs, by the same text as a bearer
token; the stream token of a session opens that session only.
"""

import re
import time

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from asha.server.accounts import Account, Accounts
from asha.server.owners import OWNER, Signer, bearer_of, session_owner
from asha.server.problems import problem

COOKIE = "__Host-asha_login"  # the prefix binds it to this host, TLS and the path /
LOGIN_S = 30 * 24 * 3_600
OPEN = {"/login", "/v1/login"}
LIVE = "/health/live"  # asked by the machine itself, without TLS
SESSION = re.compile(r"/v1/sessions/(sess_[a-z0-9]+)(?:/|$)")
HEADERS = {
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
}


class LoginWall:
    """ASGI middleware: 403 without TLS, 401 without a login; else the owner is in the scope."""

    def __init__(self, app: ASGIApp, accounts: Accounts) -> None:
        self.app, self.accounts = app, accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or refuse."""
        if scope["type"] != "http" or scope["path"] == LIVE:
            await self.app(scope, receive, send)
            return
        refused = self._refusal(scope)
        await (refused or self.app)(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope) -> Response | None:
        if scope["scheme"] != "https":
            return problem(
                403,
                "This service speaks only by https; use its https address.",
                code="https_needed",
            )
        if scope["path"] in OPEN or _is_preflight(scope):
            return None
        request = Request(scope)
        signer: Signer = scope["app"].state.desk.signer
        if owner := self._owner(request, signer):
            scope[OWNER] = owner
            return None
        if _session_token_fits(request, signer):
            return None
        if scope["path"] == "/" and scope["method"] == "GET":
            return RedirectResponse("/login", 303)
        answer = problem(
            401,
            "Log in at /login; programs send the token that POST /v1/login gives as a bearer.",
            code="not_logged_in",
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer

    def _owner(self, request: Request, signer: Signer) -> str | None:
        for proof in (request.cookies.get(COOKIE, ""), bearer_of(request)):
            if proof and (owner := owner_by_login(proof, signer, self.accounts)):
                return owner
        return None


def login_proof(account: Account, signer: Signer) -> str:
    """What proves a login for `LOGIN_S`, or until the password changes."""
    ends = int(time.time()) + LOGIN_S
    return signer.sign(f"login~{account.owner}~{account.stamp}~{ends}")


def owner_by_login(proof: str, signer: Signer, accounts: Accounts) -> str | None:
    """The owner a proof is for, or None: forged, over, or the account has changed."""
    parts = (signer.checked(proof) or "").split("~")
    if len(parts) != 4 or parts[0] != "login" or int(parts[3]) < time.time():
        return None
    account = accounts.by_owner(parts[1])
    return account.owner if account and account.stamp == parts[2] else None


def _session_token_fits(request: Request, signer: Signer) -> bool:
    found = SESSION.match(request.url.path)
    return bool(found and session_owner(request, signer, found[1]))


def _is_preflight(scope: Scope) -> bool:
    """A browser asks what another origin may do; it sends no cookie with the question."""
    names = {name for name, _ in scope["headers"]}
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in names


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending
