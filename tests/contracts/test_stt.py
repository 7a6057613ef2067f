"""The contract of every pair of ears that streams, over the registry and the doubles."""

from collections.abc import AsyncIterator

import pytest
from listening import clip_chunks

from asha.core.account import Switch
from asha.core.errors import (
    ProviderBusy,
    ProviderCut,
    ProviderError,
    ProviderRefused,
    ProviderSilent,
)
from asha.core.language import TAGS
from asha.core.ports import SpeechToText
from asha.core.settings import Settings
from asha.doubles.faults import Fault
from asha.doubles.vendors import KEY, Vendors
from asha.providers.failover import FailoverSTT
from asha.providers.registry import EARS

LIVE = [name for name in EARS if name != "whisper"]  # weights are not part of the tests


@pytest.fixture(params=LIVE)
def ears(request: pytest.FixtureRequest, settings: Settings) -> SpeechToText:
    made: SpeechToText = EARS[request.param].made(settings)
    return made


def fails(vendors: Vendors, fault: Fault) -> None:
    vendors.scribe.always = vendors.transcribe.always = fault


@pytest.mark.parametrize("tag", [*TAGS, "auto"])
async def test_words_come_while_sound_flows_and_one_final_at_its_end(
    ears: SpeechToText, tag: str
) -> None:
    heard = [word async for word in ears.transcribe(clip_chunks(), language=tag)]
    assert [word.is_final for word in heard] == [False] * (len(heard) - 1) + [True]
    assert len(heard) > 1
    assert heard[-1].text == "wake me at seven"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("status", status=401, code="invalid_api_key"), ProviderRefused),
        (Fault("status", status=429, code="busy"), ProviderBusy),
        (Fault("cut"), ProviderCut),
        (Fault("empty"), ProviderSilent),
        (Fault("error", code="quota_exceeded"), ProviderRefused),
        (Fault("error", code="transcriber_error"), ProviderCut),
    ],
)
async def test_each_failure_has_its_own_name(
    ears: SpeechToText, vendors: Vendors, fault: Fault, error: type[ProviderError]
) -> None:
    fails(vendors, fault)
    with pytest.raises(error) as told:
        [word async for word in ears.transcribe(clip_chunks(), language="hi")]
    assert KEY not in str(told.value)


async def test_a_listener_that_leaves_closes_the_connection(ears: SpeechToText) -> None:
    words: AsyncIterator[object] = ears.transcribe(clip_chunks(), language="hi")
    await anext(words)
    await words.aclose()  # type: ignore[attr-defined]


async def test_the_next_ears_hear_the_same_sound_from_its_beginning(
    settings: Settings, vendors: Vendors
) -> None:
    vendors.scribe.always = Fault("cut")
    switches: list[Switch] = []
    both = FailoverSTT([EARS[name].made(settings) for name in LIVE], switches.append)
    heard = [word async for word in both.transcribe(clip_chunks(), language="hi")]
    assert heard[-1].text == "wake me at seven"
    assert [(switch.failed, switch.code) for switch in switches] == [
        ("elevenlabs-scribe", "provider_cut")
    ]
    sent = [event for event in vendors.transcribe.asked if "append" in event["type"]]
    assert len(sent) == 5, "all of the sound"
