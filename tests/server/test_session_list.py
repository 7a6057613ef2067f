"""The list of a device's sessions."""


async def test_sessions_in_which_something_was_said_are_listed_with_their_names(serve) -> None:
    async with serve() as running, running.client() as client:
        silent = (await client.post("/v1/sessions", json={})).json()["id"]
        spoken = (await client.post("/v1/sessions", json={})).json()["id"]
        sse = {"Accept": "text/event-stream"}
        await client.post(f"/v1/sessions/{spoken}/turns", json={"text": "hello"}, headers=sse)
        await client.patch(f"/v1/sessions/{spoken}", json={"title": "Mine"})
        rows = (await client.get("/v1/sessions")).json()["data"]
        assert [row["id"] for row in rows] == [spoken] != [silent]
        assert rows[0]["title"] == "Mine"
        assert rows[0]["preview"] == "hello"
        assert rows[0]["num_items"] == 2
        assert rows[0]["created_at"]


async def test_a_device_sees_no_other_devices_sessions(serve) -> None:
    async with serve() as running, running.client() as one, running.client() as other:
        made = (await one.post("/v1/sessions", json={})).json()["id"]
        sse = {"Accept": "text/event-stream"}
        await one.post(f"/v1/sessions/{made}/turns", json={"text": "hello"}, headers=sse)
        await other.post("/v1/sessions", json={})
        assert (await other.get("/v1/sessions")).json()["data"] == []
