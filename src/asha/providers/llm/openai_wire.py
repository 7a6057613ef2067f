"""The chat-completions protocol as pure functions: messages to a body, stream lines to pieces."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from asha.core.audio import pcm_of
from asha.core.errors import ProviderCut, ProviderSilent
from asha.core.message import Message, Sound, Text, ToolCall, ToolResult
from asha.core.ports import ReplyOptions, Usage
from asha.providers.http import refusal, vendor_code
from asha.providers.models import AudioIn, Model
from asha.speech.sound_file import encode_wav

BUSY_CODES = ("overloaded", "rate_limit", "slow_down", "server_error", "unavailable")


def request_body(
    model: Model, messages: Sequence[Message], options: ReplyOptions, audio: AudioIn
) -> dict[str, Any]:
    """The JSON body of a streamed request; it names nothing that compatible servers refuse."""
    body: dict[str, Any] = {
        "model": model.id,
        "messages": [part for message in messages for part in _wire(message, audio)],
        "stream": True,
        "stream_options": {"include_usage": True},
        model.token_limit: options.max_tokens,
        **model.parameters,
        # Functions in it (what the embedded model tells its listener) are not for the wire.
        **{name: value for name, value in options.extra.items() if not callable(value)},
    }
    if options.tools:
        body["tools"] = [
            {
                "type": "function",
                "function": {
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": dict(tool.parameters),
                },
            }
            for tool in options.tools
        ]
    return body


def _wire(message: Message, audio: AudioIn) -> list[dict[str, Any]]:
    """One message may be several on the wire: every tool's result is a message of its own."""
    calls = [part for part in message.parts if isinstance(part, ToolCall)]
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    wire: list[dict[str, Any]] = [
        {"role": "tool", "tool_call_id": result.call_id, "content": result.output}
        for result in results
    ]
    said = [part for part in message.parts if isinstance(part, Text | Sound)]
    if said or calls:
        told: dict[str, Any] = {"role": message.role, "content": _content(message, audio)}
        if calls:
            told["tool_calls"] = [
                {
                    "id": call.call_id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": call.arguments},
                }
                for call in calls
            ]
        wire.append(told)
    return wire


def _content(message: Message, audio: AudioIn) -> str | list[dict[str, Any]] | None:
    """Plain text where it is only text: the shape every compatible server takes."""
    has_sound = any(isinstance(part, Sound) for part in message.parts)
    if not has_sound or audio == "none":
        return message.text or None
    parts: list[dict[str, Any]] = []
    for part in message.parts:
        if isinstance(part, Text):
            parts.append({"type": "text", "text": part.text})
        elif isinstance(part, Sound):
            wav = encode_wav(pcm_of(part.clip.samples), rate_hz=part.clip.rate_hz)
            data = base64.b64encode(wav).decode()
            if audio == "input_audio":
                sound = {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}
            else:
                url = f"data:audio/wav;base64,{data}"
                sound = {"type": "audio_url", "audio_url": {"url": url}}
            parts.append(sound)
    return parts


@dataclass(slots=True)
class _Call:
    call_id: str = ""
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class StreamReader:
    """Reads a reply line by line: `read` gives its text, `finish` the rest, or says it was cut."""

    provider: str
    has_text: bool = False
    finish_reason: str | None = None
    _usage: Usage | None = None
    _calls: dict[int, _Call] = field(default_factory=dict)

    def read(self, line: bytes) -> str:
        """The text in one line of the stream, "" where there is none.

        Raises:
            ProviderError: an error inside the stream, or a line that is not JSON.
        """
        if not line.startswith(b"data:"):
            return ""
        data = line[5:].strip()
        if data in (b"[DONE]", b""):
            return ""
        try:
            chunk = json.loads(data)
        except ValueError as broken:  # a chunk that is skipped is a word that is lost
            raise ProviderCut(self.provider, "the reply is garbled; try again.") from broken
        if not isinstance(chunk, dict):
            return ""
        if chunk.get("error"):
            raise self._failure(data)
        if usage := chunk.get("usage"):
            self._usage = _usage(usage)
        text = "".join(self._choice(choice) for choice in (chunk.get("choices") or [])[:1])
        self.has_text = self.has_text or bool(text.strip())
        return text

    def finish(self) -> list[ToolCall | Usage]:
        """Whole tool calls and the usage, once the body has ended.

        Raises:
            ProviderCut: it ended without a finish reason, which no client library notices.
            ProviderSilent: it ended well and said nothing.
        """
        if self.finish_reason is None and (self.has_text or self._calls):
            raise ProviderCut(self.provider, "the reply broke off; try again.")
        if not self.has_text and not self._calls:
            raise ProviderSilent(self.provider, "the model answered with nothing; ask again.")
        calls = [
            ToolCall(call.call_id or f"call_{index}", call.name, call.arguments)
            for index, call in sorted(self._calls.items())
        ]
        return [*calls, *([self._usage] if self._usage else [])]

    def _choice(self, choice: dict[str, Any]) -> str:
        self.finish_reason = choice.get("finish_reason") or self.finish_reason
        delta = choice.get("delta") or {}
        for piece in delta.get("tool_calls") or []:
            call = self._calls.setdefault(int(piece.get("index") or 0), _Call())
            function = piece.get("function") or {}
            call.call_id = piece.get("id") or call.call_id
            call.name += function.get("name") or ""
            call.arguments += function.get("arguments") or ""
        return str(delta.get("content") or delta.get("refusal") or "")

    def _failure(self, data: bytes) -> Exception:
        """An error chunk: before any text it is what its code says, after it a cut."""
        if self.has_text:
            return ProviderCut(self.provider, "the reply broke off with an error; try again.")
        is_busy = any(code in vendor_code(data) for code in BUSY_CODES)
        return refusal(self.provider, 503 if is_busy else 500, {}, data)


def _usage(told: dict[str, Any]) -> Usage:
    details = told.get("prompt_tokens_details") or {}
    return Usage(
        num_tokens_in=int(told.get("prompt_tokens") or 0),
        num_tokens_out=int(told.get("completion_tokens") or 0),
        num_tokens_cached=int(details.get("cached_tokens") or 0),
    )
