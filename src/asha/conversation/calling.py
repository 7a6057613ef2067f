"""What becomes of a model's tool calls: prepared, refused, or first asked about."""

import json
from collections.abc import Mapping

from asha.core.errors import BadInput
from asha.core.language import Language
from asha.core.message import ToolCall, ToolResult
from asha.core.ports import Prepared, Tool

# The recogniser's own measure, the likelihood of its words: below this one word in three of a
# short request is wrong more often than not, and what was stored wrongly is found out too late.
ASK_BELOW = 0.6
ASKS = "confirm"  # the tool that asks, and keeps what it asked about
ANSWERS = ("yes", "no", ASKS)  # the talk about a question is not questioned again
REFUSES = "not_understood"  # the tool that says what Asha says where she does not know


def careful(call: ToolCall, tools: Mapping[str, Tool], *, confidence: float) -> ToolCall:
    """`call`, or the question whether it was meant: a writer is not called on words half heard."""
    tool = tools.get(call.name)
    if tool is None or tool.effect != "write" or call.name in ANSWERS or ASKS not in tools:
        return call
    if confidence >= ASK_BELOW:
        return call
    try:
        arguments = json.loads(call.arguments or "{}")
    except ValueError:
        return call  # the model is told so
    asked = {"name": call.name, "arguments": arguments}
    return ToolCall(call.call_id, ASKS, json.dumps(asked, ensure_ascii=False))


def refuses(phrase: str, tools: Mapping[str, Tool], spoken: Language) -> bool:
    """Whether an answer that begins with `phrase` is that Asha does not know."""
    tool = tools.get(REFUSES)
    return tool is not None and tool.prepare({}, language=spoken).say.startswith(phrase.strip())


def prepared(
    call: ToolCall, tools: Mapping[str, Tool], spoken: Language
) -> tuple[Prepared | None, ToolResult]:
    """What the tool would do (None: nothing, it was called wrongly), and what the model is told."""
    tool = tools.get(call.name)
    if tool is None:
        known = ", ".join(tools)
        problem = json.dumps({"error": f"There is no tool {call.name!r}; there are {known}."})
        return None, ToolResult(call.call_id, problem)
    try:
        arguments = json.loads(call.arguments or "{}")
        if not isinstance(arguments, dict):
            raise BadInput("The arguments must be a JSON object.")
        found = tool.prepare(arguments, language=spoken)
    except (BadInput, ValueError) as wrong:
        return None, ToolResult(call.call_id, json.dumps({"error": str(wrong)}))
    return found, ToolResult(call.call_id, json.dumps(dict(found.result), default=str))
