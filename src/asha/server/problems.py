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
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderSilent,
    TooLarge,
)

# The first class an error is of decides its status.
STATUSES: tuple[tuple[type[AshaError], int], ...] = (
    (TooLarge, 413),
    (BadInput, 400),
    (NotFound, 404),
    (Conflict, 409),
    (Busy, 429),
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
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            return problem(400, "The body is not JSON; send one JSON object.", code="bad_input")
        where = [str(part) for part in first["loc"] if part not in ("body", "query", "path")]
        field = ".".join(where) or "body"
        return problem(400, f"{field}: {first['msg']}.", code="bad_input", param=field)

    @app.exception_handler(ClientDisconnect)
    async def gone(_: Request, __: ClientDisconnect) -> Response:
        return Response(status_code=GONE)  # nobody reads it; without it the log has a traceback

    @app.exception_handler(HTTPException)
    async def plain(_: Request, error: HTTPException) -> JSONResponse:
        known = {404: "There is nothing at this address; see /docs.", 405: "Not with this method."}
        message = known.get(error.status_code, str(error.detail))
        return problem(
            error.status_code,
            message,
            code="not_found" if error.status_code == 404 else "bad_input",
        )
