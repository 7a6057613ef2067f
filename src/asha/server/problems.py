"""Errors as OpenAI shapes them: type, code, message with the remedy, and the field."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from asha.core.errors import (
    AshaError,
    BadInput,
    Busy,
    Conflict,
    NotFound,
    OverBudget,
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderSilent,
    TooLarge,
)
from asha.server.sentences import sentence_of

CLIENT_GONE = 499  # a proxy's number for a client that left before its answer

# The first class an error is of decides its status.
STATUSES: tuple[tuple[type[AshaError], int], ...] = (
    (TooLarge, 413),
    (BadInput, 400),
    (NotFound, 404),
    (Conflict, 409),
    (Busy, 429),
    (OverBudget, 402),
    (ProviderBusy, 503),
    (ProviderCut, 502),
    (ProviderSilent, 502),
    (ProviderError, 502),
)

GONE = 499  # nginx's number for a client that left in the middle of its request


def problem(
    status: int, message: str, *, code: str, param: str | None = None, **more: Any
) -> JSONResponse:
    """The answer to a request that cannot be served."""
    kind = "invalid_request_error" if status < 500 and status != 429 else "server_error"
    error = {"message": message, "type": kind, "param": param, "code": code, **more}
    headers = {}
    if after_ms := more.get("retry_after_ms"):
        headers["Retry-After"] = str(max(1, round(after_ms / 1_000)))
    return JSONResponse({"error": error}, status, headers)


def told(error: AshaError) -> JSONResponse:
    """An error of ours as an answer."""
    status = next((code for kind, code in STATUSES if isinstance(error, kind)), 500)
    more: dict[str, Any] = {}
    if (after_ms := getattr(error, "retry_after_ms", None)) is not None:
        more["retry_after_ms"] = after_ms
    if provider := getattr(error, "provider", None):
        more["provider"] = provider
    return problem(
        status, error.message, code=error.code, param=getattr(error, "param", None), **more
    )


def add_problems(app: FastAPI) -> None:
    """Every way a request can fail, in one shape."""

    @app.exception_handler(AshaError)
    async def ours(_: Request, error: AshaError) -> JSONResponse:
        return told(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        sentence, field = sentence_of(error.errors()[0])
        return problem(400, sentence, code="bad_input", param=field)

    @app.exception_handler(ClientDisconnect)
    async def vanished(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=CLIENT_GONE)  # nobody reads it, and nothing is wrong here

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=GONE)  # nobody reads it; without it the log has a traceback

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        allowed = (error.headers or {}).get("Allow", "another method")
        known = {
            404: "There is nothing at this address; see /docs.",
            405: f"{request.method} is not for this address; use {allowed}.",
        }
        answer = problem(
            error.status_code,
            known.get(error.status_code, str(error.detail)),
            code="not_found" if error.status_code == 404 else "bad_input",
        )
        answer.headers.update(error.headers or {})
        return answer
