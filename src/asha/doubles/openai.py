"""OpenAI's double: chat completions, speech, models, and transcription over Realtime."""

import base64
import json
import secrets
import time
from collections.abc import AsyncIterator
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from asha.doubles.faults import Fault
from asha.doubles.legible import spelled
from asha.doubles.vendors import Vendors, has_key, openai_refusal

NO_KEY = Fault("status", status=401, code="invalid_api_key")
CHARS_PER_PIECE = 8
TRANSCRIPTION = "conversation.item.input_audio_transcription"


def routes(vendors: Vendors) -> list[BaseRoute]:
    """Everything under /v1 that Asha asks OpenAI, or a server that behaves like it."""

    async def chat(request: Request) -> Response:
        body = await request.json()
        vendors.chat.asked.append(body)
        if not has_key(request):
            return openai_refusal(NO_KEY)
        fault = vendors.chat.next_fault()
        if fault and fault.kind == "status":
            return openai_refusal(fault)
        return StreamingResponse(
            _chat_stream(vendors, request, body, fault), media_type="text/event-stream"
        )

    async def speech(request: Request) -> Response:
        body = await request.json()
        vendors.speech.asked.append(body)
        fault = vendors.speech.next_fault() if has_key(request) else NO_KEY
        if fault and fault.kind == "status":
            return openai_refusal(fault)
        sound = sound_pieces(vendors, request, body["input"], fault)
        return StreamingResponse(sound, media_type="audio/pcm")

    async def models(request: Request) -> Response:
        if not has_key(request):
            return openai_refusal(NO_KEY)
        model = {"id": "gpt-4o-mini", "object": "model", "created": 0, "owned_by": "double"}
        return JSONResponse({"object": "list", "data": [model]})

    async def realtime(socket: WebSocket) -> None:
        await _transcription(vendors, socket)

    return [
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/audio/speech", speech, methods=["POST"]),
        Route("/v1/models", models),
        WebSocketRoute("/v1/realtime", realtime),
    ]


def _text_of(vendors: Vendors, body: dict[str, Any]) -> str:
    """The reply; a model that is asked to go on goes on with exactly the next character."""
    spoken = [told for told in body["messages"] if told["role"] in ("user", "assistant")]
    last = spoken[-1] if spoken else {}
    begun = last.get("content") or ""
    if last.get("role") == "assistant" and isinstance(begun, str):
        return vendors.reply[len(begun) :] if vendors.reply.startswith(begun) else vendors.reply
    return vendors.reply


def _deltas(vendors: Vendors, body: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """The deltas of a good reply, and how it ends."""
    if vendors.tool_calls:
        calls, vendors.tool_calls = vendors.tool_calls, []
        deltas: list[dict[str, Any]] = []
        for index, (name, arguments) in enumerate(calls):
            head = {"index": index, "id": f"call_{index}", "type": "function"}
            head["function"] = {"name": name, "arguments": ""}
            deltas.append({"tool_calls": [head]})
            for start in range(0, len(arguments), 5):  # arguments come in fragments
                part = {"index": index, "function": {"arguments": arguments[start : start + 5]}}
                deltas.append({"tool_calls": [part]})
        return deltas, "tool_calls"
    words = _text_of(vendors, body).split(" ")
    pieces = [word + " " * (number < len(words) - 1) for number, word in enumerate(words)]
    return [{"content": piece} for piece in pieces], "stop"


async def _chat_stream(
    vendors: Vendors, request: Request, body: dict[str, Any], fault: Fault | None
) -> AsyncIterator[bytes]:
    wants_usage = bool((body.get("stream_options") or {}).get("include_usage"))
    frame = {
        "id": f"chatcmpl-{secrets.token_hex(8)}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": body["model"],
        "service_tier": "default",
        "system_fingerprint": "fp_double",
    }

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        told = {**frame, "choices": [choice], **({"usage": None} if wants_usage else {})}
        return _event({**told, "obfuscation": "x" * 7})

    deltas, finish = _deltas(vendors, body)
    yield chunk({"role": "assistant", "content": "", "refusal": None})
    for number, delta in enumerate(deltas):
        await vendors.chat.pause(number)
        if fault and number >= fault.after:
            if fault.kind == "garble":
                yield b'data: {"choices": [{"del\n\n'
                continue
            if fault.kind in ("stall", "cut", "error", "no_end"):
                async for rest in _breaking(vendors, request, fault):
                    yield rest
                return
            if fault.kind == "empty":
                break
        yield chunk(delta)
    yield chunk({}, finish)
    if wants_usage:
        usage = {
            "prompt_tokens": 40,
            "completion_tokens": len(deltas),
            "total_tokens": 40 + len(deltas),
            "prompt_tokens_details": {"cached_tokens": 8, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }
        yield _event({**frame, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


async def _breaking(vendors: Vendors, request: Request, fault: Fault) -> AsyncIterator[bytes]:
    if fault.kind == "stall":
        await vendors.stall()
    elif fault.kind == "cut":
        vendors.hang_up(request)
    elif fault.kind == "error":
        error = {"message": "broken", "type": "server_error", "code": fault.code, "param": None}
        yield _event({"error": error})


async def sound_pieces(
    vendors: Vendors, request: Request, text: str, fault: Fault | None
) -> AsyncIterator[bytes]:
    """Sound of `text` as a body of bytes, a few characters at a time."""
    script = vendors.speech
    if fault and fault.kind == "empty":
        return
    for number, start in enumerate(range(0, len(text), CHARS_PER_PIECE)):
        await script.pause(number)
        if fault and number >= fault.after:
            if fault.kind == "stall":
                await vendors.stall()
            if fault.kind == "half_sample":
                yield b"\x01"
            elif fault.kind != "garble":
                vendors.hang_up(request)
            return
        yield spelled(text[start : start + CHARS_PER_PIECE])


async def _transcription(vendors: Vendors, socket: WebSocket) -> None:
    """A transcription session: partial words while sound comes, the whole at the commit."""
    if not has_key(socket):
        await socket.send_denial_response(openai_refusal(NO_KEY))
        return
    if refused := vendors.transcribe.refusal():
        await socket.send_denial_response(openai_refusal(refused))
        return
    await socket.accept()
    number = 0

    async def tell(kind: str, **body: Any) -> None:
        nonlocal number
        number += 1
        await socket.send_text(json.dumps({"type": kind, "event_id": f"event_{number}", **body}))

    num_bytes = 0
    try:
        while True:
            event = await socket.receive_json()
            vendors.transcribe.asked.append(event)
            if event["type"] == "input_audio_buffer.append":
                num_bytes += len(base64.b64decode(event["audio"], validate=True))
            elif event["type"] == "input_audio_buffer.commit":
                await tell("input_audio_buffer.committed", item_id="item_1", previous_item_id=None)
                await _transcribed(vendors, socket, tell)
                if vendors.closing.is_set():
                    return
    except WebSocketDisconnect:
        return


async def _transcribed(vendors: Vendors, socket: WebSocket, tell: Any) -> None:
    fault = vendors.transcribe.next_fault()
    ids = {"item_id": "item_1", "content_index": 0}
    await vendors.transcribe.pause(0)
    if fault and fault.kind == "error":
        error = {"type": "server_error", "code": fault.code, "message": "broken", "param": None}
        await tell(f"{TRANSCRIPTION}.failed", error=error, **ids)
        return
    if fault and fault.kind == "stall":
        await vendors.stall()
    if fault and fault.kind == "cut":
        vendors.hang_up(socket)
        return
    text = "" if fault and fault.kind == "empty" else vendors.hears
    for word in text.split():
        await tell(f"{TRANSCRIPTION}.delta", delta=word + " ", **ids)
    usage = {"type": "duration", "seconds": 1.0}
    await tell(f"{TRANSCRIPTION}.completed", transcript=text, usage=usage, **ids)


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"
