"""SQLite keeps what it was told, for its owner alone, and forgets for good."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from scripted import LoudIsSpeech

from asha.conversation.fillers import Fillers
from asha.conversation.memory import MAX_EVENTS, TRIM_EVERY, SqliteMemory
from asha.conversation.parts import Parts
from asha.conversation.rules import Rules
from asha.conversation.session import Services
from asha.conversation.sessions import Sessions
from asha.core.errors import NotFound


def files_with(text: bytes, folder: Path) -> list[str]:
    """The files that hold `text`."""
    return [file.name for file in folder.iterdir() if text in file.read_bytes()]


@pytest.fixture
async def memory(tmp_path: Path) -> AsyncIterator[SqliteMemory]:
    opened = await SqliteMemory.open(tmp_path / "asha.db")
    yield opened
    await opened.close()


async def test_events_are_numbered_from_one_and_read_back_in_order(memory: SqliteMemory) -> None:
    await memory.append("s", [("a", "{}"), ("b", "{}")])
    await memory.append("s", [("c", "{}")])
    assert [(entry.seq, entry.type) for entry in await memory.after("s", 1)] == [(2, "b"), (3, "c")]


async def test_a_hundred_writers_at_once_get_distinct_numbers(memory: SqliteMemory) -> None:
    written = await asyncio.gather(*(memory.append("s", [("a", "{}")]) for _ in range(100)))
    assert sorted(entry.seq for [entry] in written) == list(range(1, 101))
    assert len(await memory.after("s", 0)) == 100


async def test_epoch_and_numbers_survive_a_restart(tmp_path: Path) -> None:
    first = await SqliteMemory.open(tmp_path / "asha.db")
    [before] = await first.append("s", [("a", "{}")])
    await first.close()
    second = await SqliteMemory.open(tmp_path / "asha.db")
    [after] = await second.append("s", [("b", "{}")])
    assert (after.epoch, after.seq) == (before.epoch, 2)
    await second.close()


async def test_a_row_belongs_to_its_owner(memory: SqliteMemory) -> None:
    await memory.put("fact", "f1", {"id": "f1", "text": "likes tea"}, owner="ravi")
    assert await memory.get("fact", "f1", owner="priya") is None
    assert await memory.find("fact", owner="priya") == []
    assert await memory.delete("fact", owner="priya", id="f1") == 0
    with pytest.raises(NotFound):
        await memory.put("fact", "f1", {"id": "f1", "text": "mine now"}, owner="priya")
    found = await memory.get("fact", "f1", owner="ravi")
    assert found and found["text"] == "likes tea"


async def test_one_failed_write_does_not_take_others_with_it(memory: SqliteMemory) -> None:
    await memory.put("fact", "f1", {"id": "f1"}, owner="ravi")
    results = await asyncio.gather(
        memory.put("fact", "f1", {"id": "f1"}, owner="priya"),
        memory.put("fact", "f2", {"id": "f2"}, owner="ravi"),
        return_exceptions=True,
    )
    assert isinstance(results[0], NotFound) and results[1] is None
    assert len(await memory.find("fact", owner="ravi")) == 2


async def test_deleted_text_is_gone_from_the_file(tmp_path: Path) -> None:
    memory = await SqliteMemory.open(tmp_path / "asha.db")
    secret = "मेरा पिन चार दो सात एक है"
    await memory.put("item", "i", {"id": "i", "session_id": "s", "text": secret}, owner="ravi")
    await memory.append("s", [("a", f'{{"delta":"{secret}"}}')])
    await memory.delete("item", owner="ravi", session_id="s")
    await memory.forget("s")
    await memory.close()
    assert not files_with(secret.encode(), tmp_path)


async def test_a_session_has_one_owner_until_it_is_released(memory: SqliteMemory) -> None:
    token = await memory.acquire("s", "first", ttl_s=60)
    assert token == 1
    assert await memory.acquire("s", "second", ttl_s=60) is None
    await memory.release("s", 99)
    assert await memory.acquire("s", "second", ttl_s=60) is None
    await memory.release("s", token)
    assert await memory.acquire("s", "second", ttl_s=60) == 2


async def test_a_dead_owners_lease_runs_out(memory: SqliteMemory) -> None:
    await memory.acquire("s", "first", ttl_s=0)
    assert await memory.acquire("s", "second", ttl_s=60) == 2


async def test_of_a_long_session_the_latest_events_are_kept(memory: SqliteMemory) -> None:
    await memory.append("other", [("a", "{}")])
    for _ in range(MAX_EVENTS // 50 + 10):
        await memory.append("s", [("a", "{}")] * 50)
    kept = await memory.after("s", 0)
    assert MAX_EVENTS <= len(kept) <= MAX_EVENTS + TRIM_EVERY
    assert [entry.seq for entry in kept] == list(range(kept[0].seq, kept[-1].seq + 1))
    assert kept[-1].seq == (MAX_EVENTS // 50 + 10) * 50
    assert len(await memory.after("other", 0)) == 1


async def test_a_deleted_session_is_in_no_byte_of_the_file(tmp_path: Path) -> None:
    memory = await SqliteMemory.open(tmp_path / "asha.db")
    secret, kept = "tamarind rasam", "kept by another"
    services = Services(
        parts=Parts(llm=None, tts=None, detector=LoudIsSpeech),
        log=memory,
        store=memory,
        fillers=Fillers(None),
        rules=Rules(),
        now_ms=lambda: asyncio.get_running_loop().time() * 1_000,
    )
    sessions = Sessions(services, memory, max_open=2)
    session = await sessions.create("ravi", {"title": secret})
    of_session = {"session_id": session.config.id, "text": secret}
    turn = f"turn_{session.config.id.removeprefix('sess_')}_1"
    await memory.put("item", "item_1", {"id": "item_1", **of_session}, owner="ravi")
    await memory.put("summary", session.config.id, of_session, owner="ravi")
    await memory.put("spending", session.config.id, {**of_session, "usd": 1.0}, owner="ravi")
    await memory.put("fact", f"{turn}.name", {"id": f"{turn}.name", "text": secret}, owner="ravi")
    await memory.put("fact", "of_another", {"id": "of_another", "text": kept}, owner="ravi")
    await memory.append(session.config.id, [("x", f'{{"text": "{secret}"}}')] * 300)
    assert files_with(secret.encode(), tmp_path)
    del session
    [row] = await memory.find("session", owner="ravi")
    await sessions.delete(row["id"], "ravi")
    assert not files_with(secret.encode(), tmp_path)
    assert files_with(kept.encode(), tmp_path)
    assert [fact["id"] for fact in await memory.find("fact", owner="ravi")] == ["of_another"]
    await memory.close()
