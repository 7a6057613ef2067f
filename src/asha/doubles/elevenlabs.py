"""ElevenLabs' double: voices, speech by socket and by HTTP, and Scribe's live transcription."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from asha.doubles.faults import Fault
from asha.doubles.legible import CHAR_SAMPLES, RATE_HZ, spelled
from asha.doubles.vendors import Vendors, has_key

NO_KEY = Fault("status", status=401, code="invalid_api_key")
CHARS_PER_PIECE = 6
POLICY = 1008


def routes(vendors: Vendors) -> list[BaseRoute]:
    """The paths of api.elevenlabs.io that Asha uses."""

    async def voices(request: Request) -> Response:
        vendors.searches.asked.append(dict(request.query_params))
        fault = vendors.searches.next_fault() if has_key(request) else NO_KEY
        return _refusal(fault) if fault else JSONResponse(_page(vendors, request))

    async def stream(request: Request) -> Response:
        body = await request.json()
        vendors.elevenlabs.asked.append({"by": "http", **body})
        fault = vendors.elevenlabs.next_fault() if has_key(request) else NO_KEY
        if not _knows(vendors, request.path_params["voice"]):
            fault = Fault("status", status=404, code="voice_not_found")
        if fault and fault.kind == "status":
            return _refusal(fault)
        sound = _http_sound(vendors, request, body["text"], fault)
        return StreamingResponse(sound, media_type="audio/pcm")

    async def stream_input(socket: WebSocket) -> None:
        await _speech(vendors, socket)

    async def scribe(socket: WebSocket) -> None:
        await _scribe(vendors, socket)

    return [
        Route("/v2/voices", voices),
        Route("/v1/text-to-speech/{voice}/stream", stream, methods=["POST"]),
        WebSocketRoute("/v1/text-to-speech/{voice}/stream-input", stream_input),
        WebSocketRoute("/v1/speech-to-text/realtime", scribe),
    ]


def _refusal(fault: Fault) -> JSONResponse:
    detail = {"status": fault.code, "message": "refused"}
    return JSONResponse({"detail": detail}, fault.status, dict(fault.headers))


def _page(vendors: Vendors, request: Request) -> dict[str, Any]:
    """A page of the search; it finds parts of names, as the vendor's does ("Premium" too)."""
    search = request.query_params.get("search", "").casefold()
    found = [voice for voice in vendors.account_voices if search in voice["name"].casefold()]
    start = int(request.query_params.get("next_page_token") or 0)
    end = start + vendors.page_size
    has_more = end < len(found)
    return {
        "voices": found[start:end],
        "has_more": has_more,
        "total_count": len(found),
        "next_page_token": str(end) if has_more else None,
    }


def _knows(vendors: Vendors, voice_id: str) -> bool:
    return any(voice["voice_id"] == voice_id for voice in vendors.account_voices)


async def _http_sound(
    vendors: Vendors, request: Request, text: str, fault: Fault | None
) -> AsyncIterator[bytes]:
    if fault and fault.kind == "empty":
        return
    for number, start in enumerate(range(0, len(text), CHARS_PER_PIECE)):
        await vendors.elevenlabs.pause(number)
        if fault and number >= fault.after:
            if fault.kind == "stall":
                await vendors.stall()
            vendors.hang_up(request)
            return
        yield spelled(text[start : start + CHARS_PER_PIECE])


async def _speech(vendors: Vendors, socket: WebSocket) -> None:
    """One generation of stream-input, as its published messages say."""
    if refused := vendors.elevenlabs.refusal():
        await socket.send_denial_response(_refusal(refused))
        return
    vendors.num_handshakes += 1
    vendors.news.set()
    await vendors.door.wait()
    vendors.open_sockets += 1
    try:
        await socket.accept()
        vendors.news.set()
        text = await _text_of(vendors, socket)
        if text is not None:
            await _speak(vendors, socket, text)
    except (WebSocketDisconnect, RuntimeError):
        return  # the listener has gone
    finally:
        vendors.open_sockets -= 1
        vendors.news.set()


async def _text_of(vendors: Vendors, socket: WebSocket) -> str | None:
    """All text until the end message; None if it was refused."""
    first = await socket.receive_json()
    if first.get("text") != " ":
        await _fail(socket, "invalid_input_message")
        return None
    if not has_key(socket) and first.get("xi_api_key") is None:
        await _fail(socket, "invalid_api_key")
        return None
    if not _knows(vendors, socket.path_params["voice"]):
        await _fail(socket, "voice_id_does_not_exist")
        return None
    text = ""
    while True:
        message = await socket.receive_json()
        if message["text"] == "":
            vendors.elevenlabs.asked.append({"by": "socket", "text": text})
            return text
        if not message["text"].endswith(" "):
            await _fail(socket, "invalid_input_message")
            return None
        text += message["text"]


async def _speak(vendors: Vendors, socket: WebSocket, text: str) -> None:
    fault = vendors.elevenlabs.next_fault()
    pieces = [text[at : at + CHARS_PER_PIECE] for at in range(0, len(text), CHARS_PER_PIECE)]
    if fault and fault.kind == "empty":
        pieces = []
    for number, piece in enumerate(pieces):
        await vendors.elevenlabs.pause(number)
        if fault and number >= fault.after:
            if fault.kind == "garble":
                await socket.send_text('{"audio": "no base64 at all')
                continue
            await _break(vendors, socket, fault)
            return
        await socket.send_text(json.dumps(_sound_frame(vendors, piece)))
    await socket.send_text(json.dumps({"audio": None, "isFinal": True}))
    await socket.close()


def _sound_frame(vendors: Vendors, piece: str) -> dict[str, Any]:
    """Times are relative to the chunk."""
    char_ms = CHAR_SAMPLES * 1_000 // RATE_HZ
    alignment = {
        "chars": list(piece),
        "charStartTimesMs": [number * char_ms for number in range(len(piece))],
        "charDurationsMs": [char_ms] * len(piece),
    }
    told = alignment if vendors.has_alignment else None
    return {
        "audio": base64.b64encode(spelled(piece)).decode(),
        "isFinal": None,
        "alignment": told,
        "normalizedAlignment": told,
    }


async def _break(vendors: Vendors, socket: WebSocket, fault: Fault) -> None:
    match fault.kind:
        case "stall":
            await vendors.stall()
        case "cut":
            vendors.hang_up(socket)
        case "error":
            await _fail(socket, fault.code)
        case "half_sample":
            odd = base64.b64encode(b"\x01\x02\x03").decode()
            for _ in range(2):
                await socket.send_text(json.dumps({"audio": odd, "isFinal": None}))
        case "close":
            await socket.close(fault.status, fault.code)
        case _:  # no_end
            await socket.close()


async def _fail(socket: WebSocket, code: str) -> None:
    """An error frame, then the close."""
    await socket.send_text(json.dumps({"message": "refused", "error": code, "code": POLICY}))
    await socket.close(POLICY, code)


async def _scribe(vendors: Vendors, socket: WebSocket) -> None:
    """Partial words while sound comes, committed ones at the commit."""
    refused = vendors.scribe.refusal() if has_key(socket) else NO_KEY
    if refused:
        await socket.send_denial_response(_refusal(refused))
        return
    await socket.accept()
    await socket.send_json({"message_type": "session_started", "session_id": "double"})
    words, num_chunks = vendors.hears.split(), 0
    try:
        while True:
            chunk = await socket.receive_json()
            vendors.scribe.asked.append({**chunk, "audio_base_64": len(chunk["audio_base_64"])})
            if chunk["message_type"] != "input_audio_chunk":
                await socket.send_json({"message_type": "input_error", "error": "unknown message"})
                return
            num_chunks += 1
            if not chunk["commit"] and num_chunks <= len(words):
                so_far = " ".join(words[:num_chunks])
                await socket.send_json({"message_type": "partial_transcript", "text": so_far})
            if chunk["commit"] and not await _commit(vendors, socket):
                return
    except (WebSocketDisconnect, RuntimeError):
        return


async def _commit(vendors: Vendors, socket: WebSocket) -> bool:
    """The final words; whether the session goes on."""
    fault = vendors.scribe.next_fault()
    await vendors.scribe.pause(0)
    if fault and fault.kind == "error":
        await socket.send_json({"message_type": fault.code, "error": "refused"})
        await socket.close(POLICY)
        return False
    if fault and fault.kind == "stall":
        await vendors.stall()
        return False
    if fault and fault.kind == "cut":
        vendors.hang_up(socket)
        return False
    text = "" if fault and fault.kind == "empty" else vendors.hears
    await socket.send_json({"message_type": "committed_transcript", "text": text})
    return True
