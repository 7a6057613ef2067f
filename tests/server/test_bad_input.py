"""What cannot be used is refused with the field and the remedy, and harms nobody."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

PCM = {"Content-Type": "audio/pcm;rate=16000"}
SLICE = bytes(3_200)


def files_with(text: bytes, folder: Path) -> list[str]:
    """The files that hold `text`."""
    return [file.name for file in folder.iterdir() if text in file.read_bytes()]


def refused(response: Any, status: int, *, param: str | None = None, says: str = "") -> None:
    assert response.status_code == status, response.text
    error = response.json()["error"]
    assert set(error) >= {"message", "type", "code", "param"}
    if param:
        assert error["param"] == param
    assert says in error["message"]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"language": "fr"}, "language"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"turn_detection": "magic"}, "turn_detection"),
        ({"audio_format": "audio/mp3"}, "audio_format"),
        ({"colour": "red"}, "colour"),
        ({"language": 7}, "language"),
    ],
)
async def test_a_session_that_cannot_be_made_names_the_field(
    serve, body: dict[str, Any], param: str
) -> None:
    async with serve() as running, running.client() as client:
        refused(await client.post("/v1/sessions", json=body), 400, param=param)


async def test_slices_that_cannot_be_heard(serve) -> None:
    async with serve(settings={"max_body_bytes": 400_000}) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        url = f"/v1/sessions/{session['id']}/input_audio"
        where = {"stream": "mic", "seq": 0}

        async def post(content: bytes, headers: dict[str, str], **params: Any) -> Any:
            return await client.post(
                url, params={**where, **params}, content=content, headers=headers
            )

        refused(await post(b"\0" * 3_201, PCM), 400, param="body", says="odd")
        refused(await post(b"", PCM), 400, param="body")
        refused(await post(SLICE, {"Content-Type": "audio/pcm"}), 400, param="rate")
        refused(await post(SLICE, {"Content-Type": "audio/pcm;rate=7"}), 400, param="rate")
        refused(await post(SLICE, {"Content-Type": "audio/mpeg"}), 400, param="content-type")
        refused(await post(SLICE, {}), 400, param="content-type")
        refused(await post(SLICE, PCM, seq=-1), 400, param="seq")
        refused(await post(bytes(192_000), PCM), 400, param="body", says="longer than 5 s")
        refused(await post(bytes(500_000), PCM), 413, param="body")
        assert (await post(SLICE, PCM)).json() == {"next_seq": 1}
        refused(
            await post(SLICE, {"Content-Type": "audio/pcm;rate=48000"}, seq=1), 400, param="rate"
        )


async def test_slices_may_come_twice_and_out_of_order_but_not_far_ahead(serve) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        url = f"/v1/sessions/{session['id']}/input_audio"

        async def post(seq: int) -> Any:
            return await client.post(
                url, params={"stream": "mic", "seq": seq}, content=SLICE, headers=PCM
            )

        assert (await post(0)).json() == {"next_seq": 1}
        assert (await post(0)).json() == {"next_seq": 1}
        assert (await post(2)).json() == {"next_seq": 1}
        assert (await post(3)).json() == {"next_seq": 1}
        refused(await post(4), 409, says="Slice 1 is missing")
        assert (await post(1)).json() == {"next_seq": 4}


async def test_strangers_get_404_whatever_they_ask(serve) -> None:
    async with serve() as running, running.client() as mine, running.client() as other:
        session = (await mine.post("/v1/sessions", json={})).json()
        theirs = (await other.post("/v1/sessions", json={})).json()
        base = f"/v1/sessions/{session['id']}"
        requests = [
            ("GET", base, {}),
            ("PATCH", base, {"json": {"language": "hi"}}),
            ("DELETE", base, {}),
            ("GET", f"{base}/items", {}),
            ("GET", f"{base}/events", {}),
            ("POST", f"{base}/turns", {"json": {"text": "hello"}}),
            ("POST", f"{base}/input_text", {"json": {"text": "hello"}}),
            ("POST", f"{base}/input_audio?stream=a&seq=0", {"content": SLICE, "headers": PCM}),
            ("POST", f"{base}/responses/resp_1/cancel", {"json": {}}),
        ]
        async with running.client() as nobody:
            for method, url, more in requests:
                refused(await other.request(method, url, **more), 404)
                refused(await nobody.request(method, url, **more), 404)
                token = {"Authorization": f"Bearer {theirs['stream_token']}"}
                headers = {**more.get("headers", {}), **token}
                refused(await nobody.request(method, url, **{**more, "headers": headers}), 404)
        assert (await mine.get(base)).status_code == 200


async def test_the_sessions_own_token_is_enough_without_a_cookie(serve) -> None:
    async with serve() as running, running.client() as mine, running.client() as other:
        session = (await mine.post("/v1/sessions", json={})).json()
        url = f"/v1/sessions/{session['id']}"
        bearer = {"Authorization": f"Bearer {session['stream_token']}"}
        assert (await other.get(url, headers=bearer)).status_code == 200
        forged = {"Authorization": f"Bearer {session['stream_token'][:-2]}xx"}
        refused(await other.get(url, headers=forged), 404)


async def test_a_cookie_that_was_tampered_with_is_nobody(serve) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        async with running.client() as forger:
            forger.cookies.set("asha_device", "device_0.AAAA")
            refused(await forger.get(f"/v1/sessions/{session['id']}"), 404)


async def test_turns_that_cannot_be_taken(serve) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        url = f"/v1/sessions/{session['id']}/turns"

        async def post(content: bytes, kind: str) -> Any:
            return await client.post(url, content=content, headers={"Content-Type": kind})

        refused(await post(b"{not json", "application/json"), 400, param="text")
        refused(await post(b'{"text": "  "}', "application/json"), 400, param="text")
        refused(await post(b"RIFFnonsense", "audio/wav"), 400, says="sound file")
        refused(await post(b"", "audio/wav"), 400, param="body")
        refused(await post(b"\0\0\0", "audio/pcm;rate=16000"), 400, param="body")
        refused(await post(b"hello", "text/plain"), 400, param="content-type")


async def test_commit_belongs_to_push_to_talk(serve) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        base = f"/v1/sessions/{session['id']}"
        refused(await client.post(f"{base}/input_audio/commit"), 409, says="turn_detection")
        await client.patch(base, json={"turn_detection": "client"})
        refused(await client.post(f"{base}/input_audio/commit"), 409, says="no sound")


async def test_cancelling_what_is_not_there_is_told(serve) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        url = f"/v1/sessions/{session['id']}/responses/resp_x/cancel"
        refused(await client.post(url, json={}), 404, says="resp_x")


async def test_places_are_limited(serve) -> None:
    async with serve(settings={"max_sessions": 1}) as running, running.client() as client:
        await client.post("/v1/sessions", json={})
        full = await client.post("/v1/sessions", json={})
        refused(full, 429)
        assert full.headers["retry-after"] == "60"


async def test_without_ears_sound_is_refused_with_the_way_out(serve) -> None:
    async with serve(stt=None) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        sent = await client.post(
            f"/v1/sessions/{session['id']}/input_audio?stream=a&seq=0", content=SLICE, headers=PCM
        )
        refused(sent, 409, says="input_text")


async def test_deleting_a_session_deletes_all_of_it(serve, tmp_path) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        base = f"/v1/sessions/{session['id']}"
        async with client.stream(
            "POST",
            f"{base}/turns",
            json={"text": "my secret is tamarind"},
            headers={"Accept": "text/event-stream"},
        ) as response:
            await response.aread()
        assert (await client.delete(base)).status_code == 204
        refused(await client.get(base), 404)
        assert (await client.post("/v1/sessions", json={})).status_code == 201
    assert not files_with(b"tamarind", tmp_path)


async def test_an_unknown_address_is_told_in_the_same_shape(serve) -> None:
    async with serve() as running, running.client() as client:
        refused(await client.get("/v1/nothing"), 404)
        refused(await client.get("/v1/chat/completions"), 405)


async def test_an_address_says_which_methods_it_has(serve) -> None:
    async with serve() as running, running.client() as client:
        answer = await client.get("/v1/chat/completions")
        refused(answer, 405, says="GET is not for this address; use POST")
        assert answer.headers["allow"] == "POST"


HELLO: dict[str, Any] = {"messages": [{"role": "user", "content": "hello"}]}


@pytest.mark.parametrize(
    ("body", "param", "says"),
    [
        ({}, "messages", "`messages` is missing; send it."),
        ({"messages": []}, "messages", "empty"),
        ({"messages": [{"role": "pirate", "content": "x"}]}, "messages.0.role", "must be"),
        ({"messages": [{"role": "user"}]}, "messages.0.content", "missing"),
        ({"messages": [{"role": "user", "content": "a\0b"}]}, "messages.0.content", "NUL"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "messages.0.content.0.type",
            "image_url",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "messages.0.content.0.input_audio",
            "base64",
        ),
        (
            {"messages": [{"role": "user", "content": "x"}], "tools": [{}]},
            "tools.0.function",
            "missing",
        ),
        ({**HELLO, "tools": [{"function": {"name": 3}}]}, "tools.0.function.name", "text"),
        ({**HELLO, "n": 2}, "n", "one answer"),
        ({**HELLO, "n": True}, "n", "one answer"),
        ({**HELLO, "stop": ["."]}, "stop", "cut"),
        ({**HELLO, "response_format": {"type": "json_object"}}, "response_format", "text"),
        ({**HELLO, "modalities": ["text", "audio"]}, "modalities", "/v1/audio/speech"),
        ({**HELLO, "tool_choice": "required"}, "tool_choice", "auto or none"),
        ({**HELLO, "functions": [{"name": "x"}]}, "functions", "tools"),
        ({**HELLO, "langauge": "hi"}, "langauge", "There is no field `langauge`"),
        ({**HELLO, "max_tokens": "many"}, "max_tokens", "whole number"),
        ({"messages": [{"role": "tool", "content": "7"}]}, "messages.0.tool_call_id", "id"),
        (
            {"messages": [{"role": "assistant", "tool_calls": [{"function": 3}]}]},
            "messages.0.tool_calls.0.function",
            "object",
        ),
        ({"messages": [{"role": "user", "content": "x"}], "language": "fr"}, "language", "hi"),
    ],
)
async def test_a_chat_is_checked_before_anybody_looks_for_a_model(
    serve, body: dict[str, Any], param: str, says: str
) -> None:
    async with serve(llm=None) as running, running.client() as client:
        answer = await client.post("/v1/chat/completions", json=body)
        refused(answer, 400, says=says)
        where = answer.json()["error"]["param"]
        assert where == param or where.startswith(f"{param}.")


async def test_what_stock_clients_send_besides_does_no_harm(serve) -> None:
    """Every parameter of OpenAI's own client is taken, passed over, or refused by name."""
    from openai.types.audio.speech_create_params import SpeechCreateParams
    from openai.types.chat.completion_create_params import CompletionCreateParamsBase

    from asha.server.chat_request import ONLY, PASSED_OVER, ChatRequest
    from asha.server.routes import openai_audio

    known = PASSED_OVER | set(ONLY) | set(ChatRequest.model_fields)
    assert set(CompletionCreateParamsBase.__annotations__) <= known
    spoken = openai_audio.PASSED_OVER | set(openai_audio.ONLY)
    fields = set(openai_audio.SpeechRequest.model_fields)
    assert set(SpeechCreateParams.__annotations__) <= spoken | fields
    async with serve() as running, running.client() as client:
        hints = dict.fromkeys(PASSED_OVER, "x") | dict.fromkeys(ONLY) | {"n": 1, "stop": []}
        fine = await client.post("/v1/chat/completions", json={**HELLO, **hints})
        assert fine.status_code == 200, fine.text


async def test_a_recording_is_written_down_in_a_language_and_a_shape_that_are_there(serve) -> None:
    async with serve() as running, running.client() as client:
        for field, value in (("language", "fr"), ("response_format", "srt")):
            form = {"file": ("a.wav", b"x"), field: (None, value)}
            refused(await client.post("/v1/audio/transcriptions", files=form), 400, param=field)


async def test_an_unknown_model_is_told_which_there_are(serve) -> None:
    async with serve() as running, running.client() as client:
        body = {"model": "gpt-99", "messages": [{"role": "user", "content": "hello"}]}
        refused(await client.post("/v1/chat/completions", json=body), 404, says="scripted-llm")


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"speed": 0.1}, "speed"),
        ({"speed": 2}, "speed"),
        ({"voice": "darth"}, "voice"),
        ({"model": "tts-99"}, "model"),
        ({"input": "a\0b"}, "input"),
        ({"input": ["hello"]}, "input"),
        ({"langauge": "hi"}, "langauge"),
        ({"stream_format": "sse"}, "stream_format"),
    ],
)
async def test_speech_that_cannot_be_had_names_the_field(
    serve, given: dict[str, Any], param: str
) -> None:
    async with serve() as running, running.client() as client:
        body = {"input": "hello", **given}
        refused(await client.post("/v1/audio/speech", json=body), 400, param=param)
        for name in ("asha", "scripted-tts", "alloy"):
            fine = {"input": "hello", "voice": name, "response_format": "pcm"}
            assert (await client.post("/v1/audio/speech", json=fine)).status_code == 200


async def test_what_is_missing_is_told_in_a_sentence(serve) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        base = f"/v1/sessions/{session['id']}"
        cancel = f"{base}/responses/resp_x/cancel"
        refused(await client.post(cancel), 400, param="body", says="The body is missing; send")
        missing = await client.post(f"{base}/input_text", json={})
        refused(missing, 400, param="text", says="`text` is missing; send it.")
        no_seq = await client.post(f"{base}/input_audio?stream=a", content=SLICE, headers=PCM)
        refused(no_seq, 400, param="seq", says="`seq` is missing; send it.")
        refused(await client.patch("/v1/memory/x", json={"text": "y"}), 404, says="GET /v1/memory")
    async with serve() as running, running.client() as stranger:
        refused(await stranger.get("/v1/memory"), 404, says="Nothing is kept about you")


async def test_text_that_is_no_text_is_refused_everywhere(serve) -> None:
    lone = rb'{"text": "a\ud800b"}'
    as_json = {"Content-Type": "application/json"}
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        base = f"/v1/sessions/{session['id']}"
        for url in (f"{base}/turns", f"{base}/input_text"):
            nul = await client.post(url, json={"text": "a\0b"})
            refused(nul, 400, param="text", says="NUL")
            refused(await client.post(url, content=lone, headers=as_json), 400, param="text")
            long = await client.post(url, json={"text": "x" * 4_001})
            refused(long, 400, param="text", says="too long; send at most 4,000 characters")
        refused(await client.patch(base, json={"title": "a\0"}), 400, param="title", says="NUL")
        wrong = await client.post(f"{base}/turns", json={"text": "hello", "language": "fr"})
        refused(wrong, 400, param="language")


async def test_a_slice_is_checked_before_it_is_told_that_nobody_hears(serve) -> None:
    async with serve(stt=None) as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        url = f"/v1/sessions/{session['id']}/input_audio?stream=a&seq=0"
        refused(await client.post(url, content=b"abc", headers=PCM), 400, param="body", says="odd")
        refused(await client.post(url, content=SLICE, headers=PCM), 409, says="input_text")


async def test_a_client_that_vanishes_in_mid_body_leaves_no_traceback(
    serve, caplog: pytest.LogCaptureFixture
) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        host, port = running.url.removeprefix("http://").split(":")
        _reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"POST /v1/sessions/{session['id']}/turns HTTP/1.1\r\nHost: {host}\r\n"
            f"Authorization: Bearer {session['stream_token']}\r\n"
            "Content-Type: audio/wav\r\nContent-Length: 5000\r\n\r\n"
        )
        writer.write(head.encode() + b"RIFF")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        for _ in range(3):
            assert (await client.get(f"/v1/sessions/{session['id']}")).status_code == 200
    assert not [record for record in caplog.records if record.exc_info]
