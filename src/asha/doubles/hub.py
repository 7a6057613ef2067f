"""The double of the Hugging Face hub: what a repository holds, and its files by range."""

import hashlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from asha.doubles.vendors import Vendors, has_key

COMMIT = "0123456789abcdef0123456789abcdef01234567"
PIECE_BYTES = 1_000
LARGE_BYTES = 2_000  # from here on files have a sha256, as those in large storage have


def routes(vendors: Vendors) -> list[BaseRoute]:
    """The model's description and its files."""

    async def describe(request: Request) -> Response:
        name = "{owner}/{name}".format(**request.path_params)
        files = vendors.repositories.get(name)
        if files is None or (name in vendors.gated and not has_key(request)):
            return JSONResponse({"error": "Repository not found"}, 401)
        siblings = [_sibling(path, body) for path, body in files.items()]
        told = {"id": name, "sha": COMMIT, "gated": name in vendors.gated and "manual"}
        card = {"license": vendors.license}
        return JSONResponse({**told, "cardData": card, "tags": [], "siblings": siblings})

    async def resolve(request: Request) -> Response:
        name = "{owner}/{name}".format(**request.path_params)
        body = vendors.repositories.get(name, {}).get(request.path_params["path"])
        vendors.hub.asked.append(request.headers.get("range", ""))
        if body is None or request.path_params["commit"] != COMMIT:
            return JSONResponse({"error": "Entry not found"}, 404)
        fault = vendors.hub.next_fault()
        if fault and fault.kind == "status":
            return Response(status_code=fault.status)
        garbled = bytes(len(body)) if fault and fault.kind == "garble" else body
        start = _start(request)
        cut_after = fault.after if fault and fault.kind == "cut" else None
        headers = {"content-length": str(len(body) - start)}
        if start:
            headers["content-range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        sending = _pieces(vendors, request, garbled[start:], cut_after)
        return StreamingResponse(sending, 206 if start else 200, headers)

    return [
        Route("/api/models/{owner}/{name}/revision/{revision}", describe),
        Route("/{owner}/{name}/resolve/{commit}/{path:path}", resolve),
    ]


async def _pieces(
    vendors: Vendors, request: Request, body: bytes, cut_after: int | None
) -> AsyncIterator[bytes]:
    for number, at in enumerate(range(0, len(body), PIECE_BYTES)):
        if number == cut_after:
            vendors.hang_up(request)
            await vendors.stall()
        await vendors.hub.pause(number)
        yield body[at : at + PIECE_BYTES]


def _start(request: Request) -> int:
    """The first byte that is wanted."""
    wanted = request.headers.get("range", "bytes=0-")
    return int(wanted.removeprefix("bytes=").removesuffix("-"))


def _sibling(path: str, body: bytes) -> dict[str, Any]:
    blob = hashlib.sha1(f"blob {len(body)}\0".encode() + body, usedforsecurity=False).hexdigest()
    entry: dict[str, Any] = {"rfilename": path, "size": len(body), "blobId": blob}
    if len(body) >= LARGE_BYTES:
        entry["lfs"] = {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
    return entry
