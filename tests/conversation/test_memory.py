"""SQLite keeps what it was told, for its owner alone, and forgets for good."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from asha.conversation.memory import SqliteMemory
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
