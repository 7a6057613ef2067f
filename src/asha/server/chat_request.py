"""A chat completion as OpenAI's clients ask for it: what is taken, passed over, and refused."""

import base64
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from asha.core.audio import Clip
from asha.core.errors import BadInput
from asha.core.message import Message, Part, Role, Sound, Text, ToolCall, ToolResult
from asha.core.ports import ToolSpec
from asha.server.sentences import PlainText
from asha.speech.sound_file import decode_clip

# Parameters of OpenAI's that are hints, or for its own bookkeeping: nothing is promised by them.
PASSED_OVER = frozenset(
    [
        "frequency_penalty",
        "logit_bias",
        "metadata",
        "moderation",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "safety_identifier",
        "seed",
        "service_tier",
        "store",
        "temperature",
        "top_p",
        "user",
        "verbosity",
    ]
)
# Those that would promise something: what they may be here, and what else to do.
ONLY: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "n": ((1,), "`n` can only be 1: there is one answer."),
    "stop": (([], ""), "`stop` cannot be had here; cut the answer yourself."),
    "logprobs": ((False,), "`logprobs` cannot be had here; leave it out."),
    "top_logprobs": ((0,), "`top_logprobs` cannot be had here; leave it out."),
    "functions": (([],), "`functions` is the old name; send `tools`."),
    "function_call": ((), "`function_call` is the old name; send `tool_choice`."),
    "tool_choice": (("auto", "none"), "`tool_choice` can be auto or none; no tool can be forced."),
    "response_format": (({"type": "text"},), "`response_format` can only be text here."),
    "modalities": ((["text"],), "Answers are text here; POST /v1/audio/speech speaks them."),
    "web_search_options": ((), "Nothing searches the web here; leave it out."),
    "audio": ((), "Answers are text here; POST /v1/audio/speech speaks them."),
}


class FunctionCall(BaseModel):
    """What a model called; `arguments` is JSON as text."""

    name: PlainText = Field(min_length=1)
    arguments: PlainText = "{}"


class CallRow(BaseModel):
    """A tool call of an earlier answer."""

    id: PlainText = ""
    function: FunctionCall


class ToolFunction(BaseModel):
    """What a tool is called and what it takes."""

    name: PlainText = Field(min_length=1)
    description: PlainText | None = None
    parameters: dict[str, Any] | None = None


class ToolRow(BaseModel):
    """A tool that the model may call."""

    function: ToolFunction


class StreamOptions(BaseModel):
    """What a stream holds besides the answer."""

    include_usage: bool = False


class ChatMessage(BaseModel):
    """One message as OpenAI writes it; clients send back all fields of an earlier answer."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: PlainText | list[dict[str, Any]] | None = None
    tool_calls: list[CallRow] | None = None
    tool_call_id: PlainText | None = None


class ChatRequest(BaseModel):
    """A chat completion. Hints of OpenAI's that mean nothing here are passed over."""

    model_config = ConfigDict(extra="allow")

    model: str = "asha"
    messages: list[ChatMessage] = Field(min_length=1)
    stream: bool = False
    stream_options: StreamOptions | None = None
    max_tokens: int | None = Field(None, ge=1)
    max_completion_tokens: int | None = Field(None, ge=1)
    tools: list[ToolRow] | None = None
    language: str = Field("auto", description="Asha's own: the reply's language")

    def as_messages(self) -> list[Message]:
        """Our messages. Raises BadInput, with the field named."""
        check_rest(self, PASSED_OVER, ONLY)
        return [_message(message, number) for number, message in enumerate(self.messages)]

    def as_tools(self) -> list[ToolSpec]:
        """Our tools; none where none may be called."""
        if (self.model_extra or {}).get("tool_choice") == "none":
            return []
        found = [row.function for row in self.tools or []]
        return [
            ToolSpec(tool.name, tool.description or "", tool.parameters or {}) for tool in found
        ]


def check_rest(
    wanted: BaseModel, passed_over: frozenset[str], only: Mapping[str, tuple[tuple[Any, ...], str]]
) -> None:
    """What was sent besides the fields that are taken. Raises BadInput: unknown or not to be had.

    A parameter that is null was not sent.
    """
    for name, value in (wanted.model_extra or {}).items():
        if name in passed_over or (name in only and value is None):
            continue
        if name not in only:
            raise BadInput(f"There is no field `{name}` here; leave it out.", param=name)
        allowed, sentence = only[name]
        if not any(value == each and type(value) is type(each) for each in allowed):
            raise BadInput(sentence, param=name)


def _message(message: ChatMessage, number: int) -> Message:
    role: Role = "system" if message.role == "developer" else message.role
    where = f"messages.{number}"
    found = _parts(message.content, f"{where}.content")
    if role == "tool":
        if not message.tool_call_id:
            raise BadInput(
                f"`{where}.tool_call_id` is missing; send the id of the call.",
                param=f"{where}.tool_call_id",
            )
        text = "".join(part.text for part in found if isinstance(part, Text))
        return Message(role, (ToolResult(message.tool_call_id, text),))
    for call in message.tool_calls or []:
        found.append(ToolCall(call.id, call.function.name, call.function.arguments))
    if not found:
        raise BadInput(
            f"`{where}.content` is missing; send text or parts.", param=f"{where}.content"
        )
    return Message(role, tuple(found))


def _parts(content: str | list[dict[str, Any]] | None, where: str) -> list[Part]:
    if isinstance(content, str):
        return [Text(content)]
    return [_part(entry, f"{where}.{index}") for index, entry in enumerate(content or [])]


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
