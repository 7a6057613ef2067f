"""The event vocabulary: Realtime's names with Realtime's bodies, and ours."""

import typing

import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter

from asha.core import events as realtime
from asha.core.asha_events import EVENT, Event
from asha.core.event_parts import (
    AshaSession,
    Clocks,
    Content,
    ErrorBody,
    Item,
    Part,
    RateLimit,
    Response,
    Session,
    StatusDetails,
)
from asha.core.typescript import typescript

IDS = {"event_id": "event_1", "session_id": "sess_1", "sequence_number": 1, "turn_id": "turn_1"}
INSIDE = {"response_id": "resp_1", "item_id": "item_1"}
SAID = Item(id="item_1", role="user", content=[Content(type="input_audio", transcript="कितने बजे हैं")])
ANSWER = Item(
    id="item_2", role="assistant", content=[Content(type="output_audio", transcript="पाँच बजे हैं")]
)
CALL = Item(id="item_3", type="function_call", call_id="c", name="time", arguments="{}")
RESULT = Item(id="item_4", type="function_call_output", call_id="c", output="{}")
SESSION = Session(id="sess_1", model="nano", asha=AshaSession(language="hi"))
RESPONSE = Response(
    id="resp_1",
    status="cancelled",
    status_details=StatusDetails(type="cancelled", reason="turn_detected"),
    output=[ANSWER, CALL, RESULT],
)
ERROR = ErrorBody(type="invalid_request_error", code="bad_sound", message="m", param="audio")

REALTIME = [
    realtime.SessionCreated(**IDS, session=SESSION),
    realtime.SessionUpdated(**IDS, session=SESSION),
    realtime.ItemAdded(**IDS, item=SAID),
    realtime.ItemAdded(**IDS, item=CALL),
    realtime.ItemDone(**IDS, item=ANSWER, previous_item_id="item_1"),
    realtime.ItemDone(**IDS, item=RESULT),
    realtime.ItemDeleted(**IDS, item_id="item_1"),
    realtime.ItemTruncated(**IDS, item_id="item_2", audio_end_ms=800),
    realtime.SpeechStarted(**IDS, item_id="item_1", audio_start_ms=100),
    realtime.SpeechStopped(**IDS, item_id="item_1", audio_end_ms=900),
    realtime.AudioCommitted(**IDS, item_id="item_1"),
    realtime.AudioCleared(**IDS),
    realtime.TranscriptDelta(**IDS, item_id="item_1", delta="कितने"),
    realtime.TranscriptCompleted(**IDS, item_id="item_1", transcript="कितने बजे हैं"),
    realtime.TranscriptFailed(**IDS, item_id="item_1", error=ERROR),
    realtime.ResponseCreated(**IDS, response=Response(id="resp_1", status="in_progress")),
    realtime.ResponseDone(**IDS, response=RESPONSE),
    realtime.OutputItemAdded(**IDS, response_id="resp_1", item=ANSWER),
    realtime.OutputItemDone(**IDS, response_id="resp_1", item=ANSWER),
    realtime.ContentPartAdded(**IDS, **INSIDE, part=Part(type="audio")),
    realtime.ContentPartDone(**IDS, **INSIDE, part=Part(type="text", text="x")),
    realtime.OutputTextDelta(**IDS, **INSIDE, delta="पाँच"),
    realtime.OutputTextDone(**IDS, **INSIDE, text="पाँच"),
    realtime.OutputAudioDelta(**IDS, **INSIDE, delta="AAAA", start_ms=0),
    realtime.OutputAudioDone(**IDS, **INSIDE),
    realtime.OutputTranscriptDelta(**IDS, **INSIDE, delta="पाँच", start_ms=0),
    realtime.OutputTranscriptDone(**IDS, **INSIDE, transcript="पाँच"),
    realtime.ArgumentsDelta(**IDS, **INSIDE, call_id="c", delta="{"),
    realtime.ArgumentsDone(**IDS, **INSIDE, call_id="c", name="time", arguments="{}"),
    realtime.RateLimitsUpdated(**IDS, rate_limits=[RateLimit(name="requests", limit=3)]),
    realtime.ErrorRaised(**IDS, error=ERROR),
]

STOCK = TypeAdapter(RealtimeServerEvent)


@pytest.mark.parametrize("event", REALTIME, ids=lambda event: event.type)
def test_the_stock_openai_types_accept_our_event(event: realtime.WireEvent) -> None:
    body = event.model_dump(mode="json", by_alias=True, exclude_none=True)
    stock = STOCK.validate_python(body)
    assert stock is not None
    assert getattr(stock, "type", None) == event.type


def test_every_realtime_event_of_ours_is_checked_against_the_stock_types() -> None:
    union = typing.get_args(Event)[0]
    ours = {arm.model_fields["type"].default for arm in typing.get_args(union)}
    assert {name for name in ours if not name.startswith("asha.")} == {e.type for e in REALTIME}


@pytest.mark.parametrize("event", REALTIME, ids=lambda event: event.type)
def test_an_event_survives_the_wire(event: realtime.WireEvent) -> None:
    assert EVENT.validate_json(event.model_dump_json(by_alias=True)) == event


def test_typescript_has_one_interface_per_event_and_a_union_of_all() -> None:
    text = typescript()
    union = text[text.index("export type AshaEvent") :]
    for arm in typing.get_args(typing.get_args(Event)[0]):
        assert f"export interface {arm.__name__} {{" in text
        assert f"| {arm.__name__}" in union


def test_the_yield_clock_is_named_as_in_the_design() -> None:
    assert Clocks(yield_ms=120.0).model_dump(by_alias=True)["yield"] == 120.0
