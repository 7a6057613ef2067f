"""The built page as it is served."""

import re


async def test_the_page_comes_compressed_and_its_files_are_asked_for_once(serve) -> None:
    async with serve() as running, running.client() as client:
        index = await client.get("/")
        assert index.headers["cache-control"] == "no-cache"
        script = re.search(r'src="\./(assets/[^"]+\.js)"', index.text)
        assert script
        answer = await client.get(f"/{script[1]}", headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip"
        assert "immutable" in answer.headers["cache-control"]


async def test_a_stream_of_events_is_never_held_back_to_be_compressed(serve, open_stream) -> None:
    async with serve() as running, running.client() as client:
        session = (await client.post("/v1/sessions", json={})).json()
        async with open_stream(client, session["stream_url"]) as stream:
            first = await stream.next()
        assert first["type"] == "session.created"
