"""The double of Asha's own Coqui sidecar (cli/coqui.py): the same routes, without weights."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from asha.doubles.faults import Fault
from asha.doubles.legible import RATE_HZ, spelled
from asha.doubles.vendors import Vendors

CHARS_PER_PIECE = 8


def routes(vendors: Vendors) -> list[BaseRoute]:
    """/health and /v1/speak."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok", "languages": list(vendors.coqui_languages)})

    async def speak(request: Request) -> Response:
        body = await request.json()
        vendors.coqui.asked.append(body)
        if body["language"] not in vendors.coqui_languages:
            return JSONResponse({"error": {"code": "unknown_language", "message": ""}}, 400)
        fault = vendors.coqui.next_fault()
        if fault and fault.kind == "status":
            error = {"code": fault.code or "busy", "message": ""}
            return JSONResponse({"error": error}, fault.status, dict(fault.headers))
        sound = _sound(vendors, request, body["text"], fault)
        return StreamingResponse(sound, media_type="audio/pcm", headers={"x-rate-hz": str(RATE_HZ)})

    return [Route("/health", health), Route("/v1/speak", speak, methods=["POST"])]


async def _sound(
    vendors: Vendors, request: Request, text: str, fault: Fault | None
) -> AsyncIterator[bytes]:
    if fault and fault.kind == "empty":
        return
    for number, start in enumerate(range(0, len(text), CHARS_PER_PIECE)):
        await vendors.coqui.pause(number)
        if fault and number >= fault.after:
            if fault.kind == "stall":
                await vendors.stall()
            vendors.hang_up(request)
            return
        yield spelled(text[start : start + CHARS_PER_PIECE])
