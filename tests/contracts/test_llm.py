"""The contract of every language model, over the registry and the doubles."""

import json
from typing import Any

import numpy as np
import pytest

from asha.core.audio import Clip
from asha.core.errors import (
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderRefused,
    ProviderSilent,
    ProviderUnfit,
)
from asha.core.message import Message, Sound, ToolCall, ToolResult, said
from asha.core.ports import ReplyOptions, ToolSpec, Usage
from asha.core.settings import Settings
from asha.doubles.faults import Fault
from asha.doubles.vendors import KEY, Vendors
from asha.providers.llm.openai_compatible import OpenAICompatibleLLM
from asha.providers.registry import MODELS

HELLO = [said("system", "Be brief."), said("user", "When does my train leave?")]
ALARM = ToolSpec("set_alarm", "Wakes the user.", {"type": "object", "properties": {}})


# The local checkpoint has no vendor to imitate: tests/providers/test_local.py.
@pytest.fixture(params=[name for name in MODELS if name != "checkpoint"])
async def model(request: pytest.FixtureRequest, settings: Settings) -> Any:
    made = MODELS[request.param].made(settings)
    yield made
    await made.close()


async def pieces(model: Any, options: ReplyOptions | None = None) -> list[Any]:
    return [piece async for piece in model.reply(HELLO, options or ReplyOptions())]


async def test_text_comes_in_pieces_and_the_usage_last(model: Any, vendors: Vendors) -> None:
    got = await pieces(model)
    assert "".join(got[:-1]) == vendors.reply
    assert len(got) > 5
    assert got[-1] == Usage(40, len(vendors.reply.split()), 8)


async def test_tool_calls_arrive_whole(model: Any, vendors: Vendors) -> None:
    vendors.tool_calls = [("set_alarm", '{"at": "07:00"}'), ("set_alarm", '{"at": "08:00"}')]
    got = await pieces(model, ReplyOptions(tools=[ALARM]))
    calls = [piece for piece in got if isinstance(piece, ToolCall)]
    assert [json.loads(call.arguments)["at"] for call in calls] == ["07:00", "08:00"]
    assert vendors.chat.asked[-1]["tools"][0]["function"]["name"] == "set_alarm"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", status=400, code="invalid_request_error"), ProviderUnfit),
        (Fault("status", status=401, code="invalid_api_key"), ProviderRefused),
        (Fault("status", status=404, code="model_not_found"), ProviderRefused),
        (Fault("status", status=429, code="insufficient_quota"), ProviderRefused),
        (Fault("status", status=429, code="rate_limit_exceeded"), ProviderBusy),
        (Fault("status", status=503, code="server_is_overloaded"), ProviderBusy),
        (Fault("error", code="server_is_overloaded"), ProviderBusy),
        (Fault("error", after=2, code="server_is_overloaded"), ProviderCut),
        (Fault("cut", after=2), ProviderCut),
        (Fault("no_end", after=2), ProviderCut),
        (Fault("garble", after=2), ProviderCut),
        (Fault("empty"), ProviderSilent),
    ],
)
async def test_each_failure_has_its_own_name_and_tells_no_secret(
    model: Any, vendors: Vendors, fault: Fault, error: type[ProviderError]
) -> None:
    vendors.chat.always = fault
    with pytest.raises(error) as told:
        await pieces(model)
    assert KEY not in str(told.value)
    assert "train" not in str(told.value)


async def test_a_short_wait_that_the_vendor_asks_for_is_read(model: Any, vendors: Vendors) -> None:
    vendors.chat.always = Fault("status", status=429, headers={"retry-after-ms": "250"})
    with pytest.raises(ProviderBusy) as told:
        await pieces(model)
    assert (told.value.kind, told.value.retry_after_ms) == ("rate", 250)


@pytest.mark.parametrize("audio", ["input_audio", "audio_url"])
async def test_a_model_that_hears_is_given_the_sound_itself(
    settings: Settings, vendors: Vendors, audio: str
) -> None:
    hearing = OpenAICompatibleLLM.from_settings(settings.model_copy(update={"openai_audio": audio}))
    assert hearing.hears
    clip = Clip(np.zeros(1_600, np.float32))
    [piece async for piece in hearing.reply([Message("user", (Sound(clip),))], ReplyOptions())]
    part = vendors.chat.asked[-1]["messages"][0]["content"][0]
    assert part["type"] == audio
    assert "UklGR" in json.dumps(part), "a WAV file"
    await hearing.close()


async def test_tools_and_their_results_go_back_in_the_order_the_protocol_wants(
    model: Any, vendors: Vendors
) -> None:
    call, result = ToolCall("call_1", "set_alarm", "{}"), ToolResult("call_1", '{"ok": true}')
    asked = [*HELLO, Message("assistant", (call,)), Message("tool", (result,))]
    [piece async for piece in model.reply(asked, ReplyOptions(tools=[ALARM]))]
    wire = vendors.chat.asked[-1]["messages"]
    assert [told["role"] for told in wire] == ["system", "user", "assistant", "tool"]
    assert wire[2]["tool_calls"][0]["id"] == wire[3]["tool_call_id"]


async def test_the_luna_profile_does_not_reason_and_renames_the_limit(
    settings: Settings, vendors: Vendors
) -> None:
    luna = OpenAICompatibleLLM.from_settings(
        settings.model_copy(update={"openai_model": "gpt-6-luna"})
    )
    await pieces(luna)
    body = vendors.chat.asked[-1]
    assert body["reasoning_effort"] == "none"
    assert body["max_completion_tokens"] == 400
    assert "max_tokens" not in body
    await luna.close()
