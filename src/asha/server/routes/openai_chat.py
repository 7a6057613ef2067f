"""OpenAI-compatible chat: the model that thinks here, with sound in messages."""

import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from asha.conversation.parts import Parts
from asha.core.audio import Chunk, Clip, pcm_of
from asha.core.errors import AshaError, NotFound, ProviderRefused, UnknownLanguage
from asha.core.language import TAGS
from asha.core.message import Message, Sound, Text, ToolCall
from asha.core.ports import ReplyOptions, Usage
from asha.server.chat_request import ChatRequest
from asha.server.desk import Desk
from asha.server.paying import account_of_call, booked
from asha.server.problems import told
from asha.server.sse import streamed

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
NOBODY = "no model thinks here yet; set OPENAI_API_KEY, or install the embedded model's weights."


@router.get("/models")
async def list_models(desk: Desk) -> dict[str, Any]:
    """What thinks here."""
    names = [desk.parts.llm.name] if desk.parts.llm else []
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "asha"} for name in names]
    return {"object": "list", "data": data}


@router.post("/chat/completions")
async def chat(wanted: ChatRequest, desk: Desk) -> Response:
    """A chat completion, streamed or whole; `input_audio` parts are heard."""
    given = wanted.as_messages()
    if wanted.language not in ("auto", *TAGS):
        raise UnknownLanguage(f"language is auto, {', '.join(TAGS)}.", param="language")
    llm = desk.parts.llm
    if llm is None:
        raise ProviderRefused("asha", NOBODY)
    _check_model(wanted.model, llm.name)
    account = await account_of_call(desk)
    messages = given if llm.hears else [await _read(message, desk.parts) for message in given]
    options = ReplyOptions(
        language=wanted.language,
        tools=wanted.as_tools(),
        max_tokens=wanted.max_completion_tokens or wanted.max_tokens or 400,
    )
    pieces = booked(desk, account, llm.reply(messages, options))
    reply = _Reply(llm.name)
    if wanted.stream:
        tells_usage = bool(wanted.stream_options and wanted.stream_options.include_usage)
        return streamed(reply.frames(pieces, tells_usage=tells_usage))
    return JSONResponse(await reply.whole(pieces))


class _Reply:
    """One completion's identity, on its way into OpenAI's two shapes."""

    def __init__(self, model: str) -> None:
        self._head = {
            "id": f"chatcmpl-{secrets.token_hex(12)}",
            "created": int(time.time()),
            "model": model,
        }

    async def whole(self, pieces: AsyncIterator[str | ToolCall | Usage]) -> dict[str, Any]:
        text, calls, usage = "", [], Usage()
        async for piece in pieces:
            if isinstance(piece, str):
                text += piece
            elif isinstance(piece, ToolCall):
                calls.append(_call(piece))
            else:
                usage = piece
        message: dict[str, Any] = {"role": "assistant", "content": text or None}
        if calls:
            message["tool_calls"] = calls
        choice = {
            "index": 0,
            "message": message,
            "finish_reason": "tool_calls" if calls else "stop",
            "logprobs": None,
        }
        return {
            **self._head,
            "object": "chat.completion",
            "choices": [choice],
            "usage": _usage(usage),
        }

    async def frames(
        self, pieces: AsyncIterator[str | ToolCall | Usage], *, tells_usage: bool
    ) -> AsyncIterator[str]:
        yield self._frame({"role": "assistant", "content": ""})
        num_calls, usage = 0, Usage()
        try:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield self._frame({"content": piece})
                elif isinstance(piece, ToolCall):
                    yield self._frame({"tool_calls": [{"index": num_calls, **_call(piece)}]})
                    num_calls += 1
                else:
                    usage = piece
        except AshaError as error:
            yield f"data: {bytes(told(error).body).decode()}\n\n"
        yield self._frame({}, finish="tool_calls" if num_calls else "stop")
        if tells_usage:
            yield self._framed({"choices": [], "usage": _usage(usage)})
        yield "data: [DONE]\n\n"

    def _frame(self, delta: dict[str, Any], *, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return self._framed({"choices": [choice]})

    def _framed(self, fields: dict[str, Any]) -> str:
        body = {**self._head, "object": "chat.completion.chunk", **fields}
        return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


async def _read(message: Message, parts: Parts) -> Message:
    """Sound for a model that cannot hear is written down first."""
    found = [
        Text(await written(part.clip, parts, language="auto")) if isinstance(part, Sound) else part
        for part in message.parts
    ]
    return replace(message, parts=tuple(found))


def _check_model(wanted: str, name: str) -> None:
    """Asha's own name, the model's, or the vendor's id of it."""
    known = ("asha", name, name.partition(":")[2] or name)
    if wanted not in known:
        names = ", ".join(dict.fromkeys(known))
        raise NotFound(f"There is no model {wanted!r} here; there are {names}.")


async def written(clip: Clip, parts: Parts, *, language: str) -> str:
    """The words of a clip by the recogniser. Raises ProviderRefused where there is none."""
    if parts.stt is None:
        raise ProviderRefused("asha", "nothing here writes speech down; configure a recogniser.")

    async def sound() -> AsyncIterator[Chunk]:
        yield Chunk(pcm_of(clip.samples), clip.rate_hz)

    text = ""
    async for heard in parts.stt.transcribe(sound(), language=language):
        text = heard.text
    return text


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.call_id, "type": "function", "function": function}


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.num_tokens_in,
        "completion_tokens": usage.num_tokens_out,
        "total_tokens": usage.num_tokens_in + usage.num_tokens_out,
    }
