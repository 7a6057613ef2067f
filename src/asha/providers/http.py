"""HTTP to vendors: one warm pool per provider, and what their refusals mean."""

import asyncio
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from asha.core.errors import (
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderRefused,
    ProviderUnfit,
)

CONNECT_S = 1.5
SAFETY_S = 30.0  # the stages' deadlines are shorter (providers/deadlines.py); this one never sleeps
KEEP_ALIVE_S = 120.0
# Codes that look like "too many requests" or "bad request" but mean money.
QUOTA = ("quota", "credit_balance", "billing", "payment")


def is_local(url: str) -> bool:
    """Whether `url` names this machine: no proxy stands before it."""
    return urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")


class Line:
    """A provider's pool of connections, opened when first used and bound to that event loop."""

    def __init__(self, provider: str, base_url: str, headers: Mapping[str, str]) -> None:
        self.provider, self.base_url = provider, base_url.rstrip("/")
        self._headers = dict(headers)
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def client(self) -> httpx.AsyncClient:
        """The pool of the running loop."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            is_plain = self.base_url.startswith("http:")
            self._client = httpx.AsyncClient(
                headers=self._headers,
                timeout=httpx.Timeout(SAFETY_S, connect=CONNECT_S),
                limits=httpx.Limits(keepalive_expiry=KEEP_ALIVE_S),
                trust_env=not is_local(self.base_url),
                # Reading the certificates takes 40 ms of CPU; without TLS nobody needs them.
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else True,
            )
            self._loop = loop
        return self._client

    @contextlib.asynccontextmanager
    async def streaming(
        self, method: str, path: str, **request: Any
    ) -> AsyncIterator[httpx.Response]:
        """A response while it arrives.

        Raises:
            ProviderError: by status; no connection is ProviderBusy; a broken body is ProviderCut.
        """
        asked = self.client.build_request(method, self.base_url + path, **request)
        try:
            response = await self.client.send(asked, stream=True)
        except httpx.TransportError as failure:
            raise ProviderBusy(
                self.provider, "it cannot be reached; check the network.", kind="connect"
            ) from failure
        try:
            if response.status_code >= 400:
                await response.aread()
                raise refusal(self.provider, response.status_code, response.headers, response.text)
            yield response
        except httpx.TransportError as failure:
            raise ProviderCut(self.provider, "the reply broke off; try again.") from failure
        finally:
            await response.aclose()

    async def json(self, method: str, path: str, **request: Any) -> Any:
        """A whole JSON answer. Raises ProviderError."""
        async with self.streaming(method, path, **request) as response:
            body = await response.aread()
        try:
            return json.loads(body)
        except ValueError as failure:
            raise ProviderCut(self.provider, "the answer is not JSON; try again.") from failure

    async def close(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client:
            await client.aclose()


async def lines_of(response: httpx.Response) -> AsyncIterator[bytes]:
    r"""Lines that end in \n; str.splitlines would also break at U+2028 inside JSON."""
    rest = b""
    async for piece in response.aiter_bytes():
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.rstrip(b"\r")
    if rest:
        yield rest


def refusal(
    provider: str, status: int, headers: Mapping[str, str], body: str | bytes
) -> ProviderError:
    """The error that a status and a body mean. Vendors' own messages may quote keys: not kept."""
    code = vendor_code(body)
    if status in (401, 402, 403) or any(word in code for word in QUOTA):
        return ProviderRefused(provider, _refused(status, code))
    if status == 404:
        return ProviderRefused(
            provider, f"there is no such model or voice{_said(code)}; change it."
        )
    if status == 429:
        after_ms = retry_after_ms(headers)
        return ProviderBusy(
            provider, "too many requests at once.", retry_after_ms=after_ms, kind="rate"
        )
    if status >= 500 or status in (408, 409):
        after_ms = retry_after_ms(headers)
        return ProviderBusy(provider, f"overloaded (status {status}).", retry_after_ms=after_ms)
    return ProviderUnfit(provider, f"it does not take this request (status {status}{_said(code)}).")


def vendor_code(body: str | bytes) -> str:
    """The vendor's code in an error body: OpenAI's `error`, ElevenLabs' `detail`, or nothing."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    if not isinstance(told, dict):
        return ""
    inner = told.get("error") or told.get("detail") or told
    if not isinstance(inner, dict):
        return _slug(inner)
    return _slug(inner.get("code") or inner.get("status") or inner.get("type") or "")


def retry_after_ms(headers: Mapping[str, str]) -> int | None:
    """What `retry-after-ms` or `retry-after` (seconds) ask for, in ms."""
    for name, factor in (("retry-after-ms", 1.0), ("retry-after", 1_000.0)):
        with contextlib.suppress(KeyError, ValueError):
            return round(float(headers[name]) * factor)
    return None


def _slug(code: object) -> str:
    """A code is a word; a sentence (it may quote the user or a key) is not kept."""
    word = str(code)
    return word if len(word) <= 60 and word.replace("_", "").replace("-", "").isalnum() else ""


def _said(code: str) -> str:
    return f", {code}" if code else ""


def _refused(status: int, code: str) -> str:
    if any(word in code for word in QUOTA) or status == 402:
        return "the account's quota is used up; top it up or change the key."
    if status == 401:
        return "the key is not accepted; check it."
    return f"the account may not do this (status {status}{_said(code)}); check plan and region."
