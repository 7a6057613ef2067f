"""Streams: resumed without a gap, reset when they must be, closed when they lag."""

import asyncio

import pytest
from scripted import ScriptedLLM

from asha.conversation.fanout import MAX_WAITING_SOUND_MS, Subscriber, Wire
from asha.server.sse import cursor_of


async def finished_turn(client, open_stream, text: str = "hello") -> tuple[dict, list, list]:
    """A session with one answered turn: (session, events, ids) as its stream told them."""
    session = (await client.post("/v1/sessions", json={"output_modalities": ["text"]})).json()
    async with open_stream(client, session["stream_url"]) as stream:
        await stream.next()
        sent = await client.post(f"/v1/sessions/{session['id']}/turns", json={"text": text})
        assert sent.status_code == 202
        await stream.until("asha.cost.report")
    return session, stream.events, stream.ids


async def test_cut_at_any_event_the_stream_goes_on_without_a_gap(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session, events, ids = await finished_turn(client, open_stream)
        for position, cursor in enumerate(ids):
            rest = events[position + 1 :]
            async with open_stream(
                client, session["stream_url"], headers={"Last-Event-ID": cursor}
            ) as stream:
                assert [await stream.next() for _ in rest] == rest
                # And nothing more: the next event is the answer to something new.
                if position in (0, len(ids) // 2, len(ids) - 1):
                    await client.patch(f"/v1/sessions/{session['id']}", json={"language": "hi"})
                    new = await stream.until("session.updated")
                    events.append(new)


async def test_the_cursor_may_come_in_the_query(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session, events, ids = await finished_turn(client, open_stream)
        url = f"{session['stream_url']}?after={ids[2]}"
        async with open_stream(client, url) as stream:
            assert await stream.next() == events[3]


@pytest.mark.parametrize("cursor", ["other-3", "nonsense", "%", "-5", "abc-x"])
async def test_a_cursor_of_another_epoch_gets_a_snapshot(serve, open_stream, cursor: str) -> None:
    async with serve() as running, running.client() as client:
        session, _, ids = await finished_turn(client, open_stream)
        async with open_stream(
            client, session["stream_url"], headers={"Last-Event-ID": cursor}
        ) as stream:
            reset = await stream.next()
        assert reset["type"] == "asha.stream.reset"
        assert [item["role"] for item in reset["items"]] == ["user", "assistant"]
        assert stream.ids == [ids[-1]]


async def test_a_cursor_from_the_future_gets_a_snapshot(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session, _, ids = await finished_turn(client, open_stream)
        epoch = ids[0].split("-")[0]
        async with open_stream(client, f"{session['stream_url']}?after={epoch}-9999") as stream:
            assert (await stream.next())["type"] == "asha.stream.reset"


async def test_without_a_cursor_a_session_begins_with_what_it_has_become(
    serve, open_stream
) -> None:
    async with serve() as running, running.client() as client:
        session, _, ids = await finished_turn(client, open_stream)
        async with open_stream(client, session["stream_url"]) as stream:
            assert (await stream.next())["type"] == "session.created"
            reset = await stream.next()
            assert reset["type"] == "asha.stream.reset"
            assert [item["role"] for item in reset["items"]] == ["user", "assistant"]
            assert stream.ids == [None, ids[-1]]
            await client.patch(f"/v1/sessions/{session['id']}", json={"language": "hi"})
            assert (await stream.next())["type"] == "session.updated"


async def test_two_readers_see_the_same(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        url = session["stream_url"]
        async with open_stream(client, url) as one, open_stream(client, url) as two:
            await asyncio.gather(one.next(), two.next())
            await client.post(f"/v1/sessions/{session['id']}/turns", json={"text": "hello"})
            await asyncio.gather(one.until("asha.cost.report"), two.until("asha.cost.report"))
        assert one.events == two.events


async def test_leaving_the_stream_does_not_cancel_the_answer(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        async with open_stream(client, session["stream_url"]) as stream:
            await stream.next()
            await client.post(f"/v1/sessions/{session['id']}/turns", json={"text": "hello"})
            await stream.until("response.output_audio.delta")
        async with open_stream(client, f"{session['stream_url']}?after={stream.last_id}") as again:
            done = await again.until("response.done")
        assert done["response"]["status"] == "completed"


async def test_a_session_is_unloaded_and_found_again_after_a_restart(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session, events, ids = await finished_turn(client, open_stream)
        cookies = client.cookies
    async with serve() as running, running.client() as client:
        client.cookies = cookies
        async with open_stream(client, f"{session['stream_url']}?after={ids[-3]}") as stream:
            assert [await stream.next(), await stream.next()] == events[-2:]
            sent = await client.post(
                f"/v1/sessions/{session['id']}/turns", json={"text": "and now"}
            )
            assert sent.json()["turn_id"].endswith("_2")
            await stream.until("asha.cost.report")
        items = (await client.get(f"/v1/sessions/{session['id']}/items")).json()["data"]
        assert len(items) == 4


async def test_a_greeting_is_said_once_even_across_a_restart(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={"greet": True, "language": "hi"})).json()
        async with open_stream(client, session["stream_url"]) as stream:
            done = await stream.until("response.done")
        [item] = done["response"]["output"]
        assert "आशा" in item["content"][0]["transcript"]
        cookies = client.cookies
    async with serve() as running, running.client() as client:
        client.cookies = cookies
        async with open_stream(client, f"{session['stream_url']}?after={stream.last_id}") as again:
            await client.patch(f"/v1/sessions/{session['id']}", json={"language": "en-IN"})
            await again.until("session.updated")
        kinds = [event["type"] for event in again.events]
        assert "response.created" not in kinds


def wire(seq: int, *, sound_ms: float = 0.0) -> Wire:
    return Wire(seq, "x", "{}", sound_ms)


async def test_a_slow_reader_is_told_that_it_lagged_and_others_are_not_held_up() -> None:
    slow, quick = Subscriber(), Subscriber()
    sound = round(MAX_WAITING_SOUND_MS / 100)
    for seq in range(sound + 10):
        slow.push(wire(seq, sound_ms=100))
        quick.push(wire(seq, sound_ms=100))
        assert await quick.next(timeout_s=1) == wire(seq, sound_ms=100)
    assert slow.dropped == 10 and not quick.dropped
    taken = 0
    while not slow.is_drained:
        assert await slow.next(timeout_s=1)
        taken += 1
    assert taken == sound


def test_a_cursor_is_an_epoch_and_a_number() -> None:
    assert cursor_of("ab12-7") == ("ab12", 7)
    for strange in (f"ab12-{'9' * 29}", "ab12-²", f"ab12-{'1' * 5_000}"):
        assert cursor_of(strange) == ("", 0)  # a reset, never a number the store cannot hold
    assert cursor_of(None) is None
    assert cursor_of("") is None
    assert cursor_of("seven") == ("", 0)


async def test_a_follow_up_question_after_a_restart_is_asked_with_what_was_said(
    serve, open_stream
) -> None:
    long = "मेरी बेटी का नाम अनाया है और वह पुणे में रहती है। " * 20
    first, second = ScriptedLLM(["Yes, I know."]), ScriptedLLM(["In Pune."])
    async with serve(llm=first) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={"output_modalities": ["text"]})).json()
        url = f"/v1/sessions/{session['id']}/turns"
        async with open_stream(client, session["stream_url"]) as stream:
            for number in range(7):
                await client.post(url, json={"text": f"{number}: {long}"})
                await stream.until("asha.cost.report")
        cookies = client.cookies
    async with serve(llm=second) as running, running.client() as client:
        client.cookies = cookies
        headers = {"Accept": "text/event-stream"}
        question = {"text": "and where does she live?"}
        async with open_stream(client, url, method="POST", json=question, headers=headers) as turn:
            await turn.rest()
    [asked] = second.asked
    assert asked[-1].text == "and where does she live?"
    assert asked[-2].text == "Yes, I know." and asked[-3].text.startswith("6: ")
    assert "Earlier: Yes, I know." in asked[0].text, "the summary that the model itself made"
    assert len(asked) < 14, "not everything is told again"
