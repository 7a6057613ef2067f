"""Every Realtime-named event is what the stock client's types say it is."""

from typing import Any

import pytest
from openai.types.realtime import RealtimeServerEvent
from pydantic import TypeAdapter
from room import Room, room
from scripted import ScriptedLLM, ScriptedSTT, ScriptedTTS
from virtual_time import run_virtual

from asha.core.asha_events import EVENT

OURS = ("asha.",)
STOCK: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)


def complain(body: dict[str, Any]) -> None:
    """Strictly: the stock client's models forgive missing fields, this does not."""
    found = STOCK.validate_python(body)
    kind = type(found)
    assert kind.model_fields["type"].annotation, body["type"]
    expected = kind.model_fields["type"].annotation.__args__  # type: ignore[union-attr]
    assert body["type"] in expected, f"{body['type']} was taken for {kind.__name__}"
    missing = [
        name for name, spec in kind.model_fields.items() if spec.is_required() and name not in body
    ]
    assert not missing, f"{body['type']} lacks {missing}"


async def eventful() -> Room:
    """A conversation in which about everything happens."""
    from asha.core.errors import ProviderBusy

    long = "This is the first sentence of it. " + "And here is one more sentence. " * 8
    stt = ScriptedSTT(["tell me a story", "no something else", "and", "now"])
    stt.partial_ms = 300
    failing = ScriptedTTS(failures=[])
    async with room(stt=stt, llm=ScriptedLLM([long, "As you like."]), tts=failing) as made:
        await made.conversation.announce()
        await made.speak(800)
        await made.wait_for("response.output_audio.delta")
        await made.be_silent(2_000)
        await made.speak(1_200)
        await made.wait_for("response.done", count=2)
        await made.be_silent(5_000)
        await made.conversation.change({"language": "hi"})
        await made.speak(500)
        await made.be_silent(300)
        made.conversation.clear()
        stt.failure = ProviderBusy("scripted-stt", "overloaded.")
        await made.speak(500)
        await made.wait_for("response.done", count=3)
        stt.failure = None
        await made.conversation.change({"speaks": False})
        made.conversation.type("hello", final=True)
        await made.wait_for("response.done", count=4)
        return made


@pytest.fixture(scope="module")
def made() -> Room:
    return run_virtual(eventful())


def test_about_everything_happens_in_it(made: Room) -> None:
    kinds = {seen.type for seen in made.seen if not seen.type.startswith(OURS)}
    assert len(kinds) >= 23, sorted(kinds)


def test_every_realtime_event_satisfies_the_stock_clients_types(made: Room) -> None:
    for seen in made.seen:
        if not seen.type.startswith(OURS):
            complain(seen.body)


def test_every_event_satisfies_our_own_schema(made: Room) -> None:
    for seen in made.seen:
        EVENT.validate_python(seen.body)


def test_durable_events_are_numbered_without_a_gap_and_transient_ones_not_at_all(
    made: Room,
) -> None:
    numbers = [seen.body["sequence_number"] for seen in made.seen]
    assert [number for number in numbers if number is not None] == list(
        range(1, 1 + sum(number is not None for number in numbers))
    )
    for seen in made.all("response.output_audio.delta"):
        assert seen.body["sequence_number"] is None
