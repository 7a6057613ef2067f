"""Who a request belongs to: a signed device cookie, or the short-lived token of one session."""

import base64
import hashlib
import hmac
import os
import secrets
import time
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

from asha.core.errors import NotFound

COOKIE = "asha_device"
OWNER = "asha.owner"  # in the scope of a request: the account that server/login.py has seen proved
COOKIE_S = 400 * 24 * 3_600  # the longest browsers keep one
TOKEN_S = 3_600
_NOT_YOURS = "There is no such session of yours; POST /v1/sessions makes one."


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and checks; the key never leaves the server."""

    key: bytes

    def sign(self, text: str) -> str:
        """`text` with its signature, fit for a cookie or an address."""
        mac = hmac.new(self.key, text.encode(), hashlib.sha256).digest()
        return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    def checked(self, signed: str) -> str | None:
        """The text, or None where the signature is not ours."""
        text, _, _ = signed.rpartition(".")
        if text and hmac.compare_digest(self.sign(text).encode(), signed.encode()):
            return text
        return None


def signing_key(secret: str | None, folder: Path) -> bytes:
    """The configured secret, or one made on the first start and kept in `folder`."""
    if secret:
        return secret.encode()
    path = folder / "secret"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().encode()


def stream_token(signer: Signer, session_id: str, owner: str) -> str:
    """A token for one session, for clients that keep no cookies."""
    return signer.sign(f"{session_id}~{owner}~{int(time.time()) + TOKEN_S}")


def bearer_of(request: Request) -> str:
    """The bearer token, or ""."""
    return request.headers.get("authorization", "").removeprefix("Bearer ").strip()


def session_owner(request: Request, signer: Signer, session_id: str) -> str | None:
    """The owner that a session's own token names, or None."""
    token = bearer_of(request) or request.query_params.get("token", "")
    return _owner_by_token(signer, token, session_id)


def owner_of(request: Request, signer: Signer, session_id: str | None) -> str | None:
    """The owner a request proves to be, or None."""
    account: str | None = request.scope.get(OWNER)
    if account:
        return account
    if session_id and (bearer_of(request) or request.query_params.get("token")):
        return session_owner(request, signer, session_id)
    return signer.checked(request.cookies.get(COOKIE, ""))


def required_owner(request: Request, signer: Signer, session_id: str | None) -> str:
    """The owner. Raises NotFound: a stranger is told the same as everybody else."""
    owner = owner_of(request, signer, session_id)
    if owner is None:
        raise NotFound(_NOT_YOURS)
    return owner


def known_owner(request: Request, response: Response, signer: Signer) -> str:
    """The device's owner; a device that comes for the first time gets its cookie."""
    owner = owner_of(request, signer, None)
    if owner is None:
        owner = f"device_{secrets.token_hex(12)}"
        response.set_cookie(
            COOKIE,
            signer.sign(owner),
            max_age=COOKIE_S,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
    return owner


def _owner_by_token(signer: Signer, token: str, session_id: str) -> str | None:
    text = signer.checked(token) or ""
    parts = text.split("~")
    if len(parts) != 3 or parts[0] != session_id or int(parts[2]) < time.time():
        return None
    return parts[1]
