"""OpenAI-compatible chat: the model that thinks here, with sound in messages."""

import base64
import json
import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Literal

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from asha.conversation.parts import Parts
from asha.core.audio import Chunk, Clip, pcm_of
from asha.core.errors import AshaError, BadInput, NotFound, ProviderRefused, UnknownLanguage
from asha.core.language import TAGS
from asha.core.message import Message, Part, Role, Sound, Text, ToolCall, ToolResult
from asha.core.ports import ReplyOptions, ToolSpec, Usage
from asha.server.desk import Desk
from asha.server.paying import account_of_call, booked
from asha.server.problems import told
from asha.server.sentences import PlainText
from asha.server.sse import streamed
from asha.speech.sound_file import decode_clip

router = APIRouter(prefix="/v1", tags=["OpenAI-compatible"])
NOBODY = "no model thinks here yet; set OPENAI_API_KEY, or install the embedded model's weights."


class ChatMessage(BaseModel):
    """One message as OpenAI writes it."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: PlainText | list[dict[str, Any]] | None = None
    tool_calls: list[dict[str, Any]] | None = None
    tool_call_id: str | None = None


class ChatRequest(BaseModel):
    """A chat completion. Parameters that mean nothing here are ignored."""

    model_config = ConfigDict(extra="ignore")

    model: str = "asha"
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool = False
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    tools: list[dict[str, Any]] | None = None
    language: str = Field("auto", description="Asha's own: the reply's language")


@router.get("/models")
async def list_models(desk: Desk) -> dict[str, Any]:
    """What thinks here."""
    names = [desk.parts.llm.name] if desk.parts.llm else []
    data = [{"id": name, "object": "model", "created": 0, "owned_by": "asha"} for name in names]
    return {"object": "list", "data": data}


@router.post("/chat/completions")
async def chat(wanted: ChatRequest, desk: Desk) -> Response:
    """A chat completion, streamed or whole; `input_audio` parts are heard."""
    given = [_message(message, number) for number, message in enumerate(wanted.messages)]
    tools = [_tool(tool, number) for number, tool in enumerate(wanted.tools or [])]
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
        tools=tools,
        max_tokens=wanted.max_completion_tokens or wanted.max_tokens or 400,
    )
    pieces = booked(desk, account, llm.reply(messages, options))
    reply = _Reply(llm.name)
    if wanted.stream:
        return streamed(reply.frames(pieces))
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

    async def frames(self, pieces: AsyncIterator[str | ToolCall | Usage]) -> AsyncIterator[str]:
        yield self._frame({"role": "assistant", "content": ""})
        num_calls = 0
        try:
            async for piece in pieces:
                if isinstance(piece, str):
                    yield self._frame({"content": piece})
                elif isinstance(piece, ToolCall):
                    yield self._frame({"tool_calls": [{"index": num_calls, **_call(piece)}]})
                    num_calls += 1
        except AshaError as error:
            yield f"data: {bytes(told(error).body).decode()}\n\n"
        yield self._frame({}, finish="tool_calls" if num_calls else "stop")
        yield "data: [DONE]\n\n"

    def _frame(self, delta: dict[str, Any], *, finish: str | None = None) -> str:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        body = {**self._head, "object": "chat.completion.chunk", "choices": [choice]}
        return f"data: {json.dumps(body, ensure_ascii=False)}\n\n"


def _message(message: ChatMessage, number: int) -> Message:
    """OpenAI's message as ours. Raises BadInput, with the field named."""
    role: Role = "system" if message.role == "developer" else message.role
    where = f"messages.{number}.content"
    if role == "tool":
        return Message(role, (ToolResult(message.tool_call_id or "", str(message.content)),))
    found: list[Part] = []
    if isinstance(message.content, str):
        found.append(Text(message.content))
    for index, entry in enumerate(message.content if isinstance(message.content, list) else []):
        found.append(_part(entry, f"{where}.{index}"))
    for call in message.tool_calls or []:
        function = call.get("function", {})
        found.append(
            ToolCall(call.get("id", ""), function.get("name", ""), function.get("arguments", "{}"))
        )
    if not found:
        raise BadInput(f"`{where}` is missing; send text or parts.", param=where)
    return Message(role, tuple(found))


def _part(entry: dict[str, Any], where: str) -> Part:
    match entry.get("type"):
        case "text":
            text = entry.get("text")
            if not isinstance(text, str) or "\0" in text:
                raise BadInput(f"`{where}.text` must be text without NUL.", param=f"{where}.text")
            return Text(text)
        case "input_audio":
            return Sound(_clip(entry.get("input_audio"), f"{where}.input_audio"))
        case other:
            raise BadInput(
                f"Parts of type {other!r} are not taken; send text or input_audio.",
                param=f"{where}.type",
            )


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


def _clip(audio: Any, where: str) -> Clip:
    try:
        data = base64.b64decode(audio["data"], validate=True)
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadInput(
            f"`{where}` needs `data` (base64 of a WAV or MP3 file) and `format`.", param=where
        ) from wrong
    try:
        return decode_clip(data, max_s=60.0, what="input_audio")
    except BadInput as wrong:
        raise BadInput(wrong.message, param=where) from wrong


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


def _tool(tool: dict[str, Any], number: int) -> ToolSpec:
    function = tool.get("function")
    if not isinstance(function, dict) or "name" not in function:
        where = f"tools.{number}.function"
        raise BadInput("Each tool needs a `function` with a `name`.", param=where)
    return ToolSpec(
        function["name"], function.get("description", ""), function.get("parameters", {})
    )


def _call(call: ToolCall) -> dict[str, Any]:
    function = {"name": call.name, "arguments": call.arguments}
    return {"id": call.call_id, "type": "function", "function": function}


def _usage(usage: Usage) -> dict[str, int]:
    return {
        "prompt_tokens": usage.num_tokens_in,
        "completion_tokens": usage.num_tokens_out,
        "total_tokens": usage.num_tokens_in + usage.num_tokens_out,
    }
