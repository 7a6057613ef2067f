"""Where sessions, items, facts and events are kept: SQLite on one node.

One connection in WAL mode. Writers are grouped: everything that waits when the disk is free goes
into one transaction, so a hundred sessions cost hardly more than one. What was committed survives
SIGKILL (`synchronous = NORMAL`; a power cut may lose the last moments, never the order).
Deleted rows are overwritten (`secure_delete`).
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from asha.core.errors import NotFound
from asha.core.ports import LoggedEvent, Row

# Each entry brings the database from the version before it to its own; never edit, only add.
MIGRATIONS = (
    """
    CREATE TABLE events (session_id TEXT, seq INTEGER, type TEXT, body TEXT,
        PRIMARY KEY (session_id, seq)) WITHOUT ROWID;
    CREATE TABLE epochs (session_id TEXT PRIMARY KEY, epoch TEXT, last_seq INTEGER) WITHOUT ROWID;
    CREATE TABLE rows (id INTEGER PRIMARY KEY, kind TEXT, key TEXT, owner TEXT, body TEXT,
        UNIQUE (kind, key));
    CREATE INDEX rows_by_owner ON rows (owner, kind, id);
    CREATE TABLE leases (session_id TEXT PRIMARY KEY, owner TEXT, token INTEGER, until REAL)
        WITHOUT ROWID;
    """,
)

MAX_EVENTS = 2_000  # kept of a session, some eighty turns; a cursor before them gets a snapshot
TRIM_EVERY = 100

T = TypeVar("T")
Write = Callable[[Any], T]  # takes the sqlite3 connection, inside the writer's thread


class SqliteMemory:
    """Fills the ports EventLog, Store and Lease. Open it with `await SqliteMemory.open(path)`."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._db = connection
        self._waiting: list[tuple[Write[Any], asyncio.Future[Any]]] = []
        self._flushing: asyncio.Task[None] | None = None
        self._epochs: dict[str, tuple[str, int]] = {}

    @classmethod
    async def open(cls, path: Path) -> "SqliteMemory":
        """Open or create the database, and bring it to the newest version."""
        path.parent.mkdir(parents=True, exist_ok=True)
        db = await aiosqlite.connect(path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
            await db.execute_fetchall(f"PRAGMA {pragma}")
        await db.execute_fetchall("PRAGMA busy_timeout=5000")
        [[version]] = await db.execute_fetchall("PRAGMA user_version")
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            await db.executescript(f"BEGIN; {script} PRAGMA user_version={number}; COMMIT;")
        return cls(db)

    async def close(self) -> None:
        """Write what waits, then close."""
        if self._flushing:
            await self._flushing
        await self._db.close()

    # ---- EventLog

    async def append(
        self, session_id: str, events: Sequence[tuple[str, str]]
    ) -> Sequence[LoggedEvent]:
        """Add events; they are committed when this returns."""
        epoch, last = await self._head(session_id)
        logged = [
            LoggedEvent(epoch, last + number, kind, body)
            for number, (kind, body) in enumerate(events, start=1)
        ]
        self._epochs[session_id] = (epoch, last + len(logged))

        def write(db: Any) -> None:
            db.executemany(
                "INSERT INTO events VALUES (?, ?, ?, ?)",
                [(session_id, entry.seq, entry.type, entry.body) for entry in logged],
            )
            newest = last + len(logged)
            db.execute(
                "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?)", (session_id, epoch, newest)
            )
            if newest // TRIM_EVERY > last // TRIM_EVERY:
                db.execute(
                    "DELETE FROM events WHERE session_id = ? AND seq <= ?",
                    (session_id, newest - MAX_EVENTS),
                )

        await self._written(write)
        return logged

    async def after(self, session_id: str, seq: int) -> Sequence[LoggedEvent]:
        """All events later than `seq`."""
        epoch, _ = await self._head(session_id)
        sql = "SELECT seq, type, body FROM events WHERE session_id = ? AND seq > ? ORDER BY seq"
        rows = await self._db.execute_fetchall(sql, (session_id, seq))
        return [LoggedEvent(epoch, *row) for row in rows]

    async def epoch(self, session_id: str) -> str:
        """The epoch of the session's log."""
        return (await self._head(session_id))[0]

    async def forget(self, session_id: str) -> None:
        """Delete the session's events."""

        def write(db: Any) -> None:
            db.execute("DELETE FROM events WHERE session_id = ?", (session_id,))
            db.execute("DELETE FROM epochs WHERE session_id = ?", (session_id,))

        await self._written(write)
        self._epochs.pop(session_id, None)
        await self.scrub()

    async def scrub(self) -> None:
        """Empty the write-ahead log: it still holds what was deleted."""
        # (A statement left open blocks commits, so the answer is read to its end.)
        await self._db.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _head(self, session_id: str) -> tuple[str, int]:
        if session_id not in self._epochs:
            sql = "SELECT epoch, last_seq FROM epochs WHERE session_id = ?"
            rows = list(await self._db.execute_fetchall(sql, (session_id,)))
            head = (str(rows[0][0]), int(rows[0][1])) if rows else (secrets.token_hex(4), 0)
            self._epochs.setdefault(session_id, head)
        return self._epochs[session_id]

    # ---- Store

    async def put(self, kind: str, key: str, row: Row, *, owner: str) -> None:
        """Insert or replace a row of `owner`'s."""
        body = json.dumps(dict(row), ensure_ascii=False)

        def write(db: Any) -> bool:
            cursor = db.execute(
                "INSERT INTO rows (kind, key, owner, body) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body "
                "WHERE owner = excluded.owner",
                (kind, key, owner, body),
            )
            return bool(cursor.rowcount)

        if not await self._written(write):
            raise NotFound(f"There is no {kind} {key!r} of yours.")

    async def get(self, kind: str, key: str, *, owner: str) -> Row | None:
        """The row, or None where it is missing or another's."""
        sql = "SELECT body FROM rows WHERE kind = ? AND key = ? AND owner = ?"
        found = list(await self._db.execute_fetchall(sql, (kind, key, owner)))
        return json.loads(found[0][0]) if found else None

    async def find(self, kind: str, *, owner: str, **equal: str) -> Sequence[Row]:
        """The owner's rows of a kind, oldest first."""
        where, values = _where(kind, owner, equal)
        rows = await self._db.execute_fetchall(f"SELECT body FROM rows {where} ORDER BY id", values)
        return [json.loads(body) for (body,) in rows]

    async def delete(self, kind: str, *, owner: str, **equal: str) -> int:
        """Delete rows for good; how many went."""
        where, values = _where(kind, owner, equal)

        def write(db: Any) -> int:
            return int(db.execute(f"DELETE FROM rows {where}", values).rowcount)

        return await self._written(write)

    # ---- Lease

    async def acquire(self, session_id: str, owner: str, *, ttl_s: float) -> int | None:
        """A fencing token, or None while another owner holds the session."""

        def write(db: Any) -> int | None:
            now = time.time()  # all processes that share the file share this clock
            held = db.execute(
                "SELECT owner, token, until FROM leases WHERE session_id = ?", (session_id,)
            ).fetchone()
            if held and held[0] != owner and held[2] > now:
                return None
            token = (held[1] if held else 0) + 1
            db.execute(
                "INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)",
                (session_id, owner, token, now + ttl_s),
            )
            return int(token)

        return await self._written(write)

    async def release(self, session_id: str, token: int) -> None:
        """Give the session back; a stale token does nothing."""

        def write(db: Any) -> None:
            db.execute(
                "UPDATE leases SET until = 0 WHERE session_id = ? AND token = ?",
                (session_id, token),
            )

        await self._written(write)

    async def end_leases(self) -> None:
        """Take over from a process that is known to be dead (its folder lock is gone)."""
        await self._written(lambda db: db.execute("UPDATE leases SET until = 0"))

    # ---- the grouped writer

    async def _written(self, write: Write[T]) -> T:
        """Run `write` in the next transaction; its result once that is committed."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((write, done))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await done

    async def _flush(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            try:
                results = await self._db._execute(  # type: ignore[no-untyped-call]
                    _transaction, self._db._conn, group
                )
            except Exception as failure:
                for _, done in group:
                    if not done.done():
                        done.set_exception(failure)
                continue
            for (_, done), result in zip(group, results, strict=True):
                if not done.done():
                    done.set_result(result)


def _transaction(db: Any, group: list[tuple[Write[Any], Any]]) -> list[Any]:
    db.execute("BEGIN IMMEDIATE")
    try:
        results = [write(db) for write, _ in group]
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
    return results


def _where(kind: str, owner: str, equal: dict[str, str]) -> tuple[str, list[str]]:
    """SQL for "this owner's rows of this kind whose fields equal these"."""
    clauses, values = ["kind = ?", "owner = ?"], [kind, owner]
    for name, value in equal.items():
        if not name.isidentifier():
            raise ValueError(f"{name!r} is not a field name")
        clauses.append(f"json_extract(body, '$.{name}') = ?")
        values.append(value)
    return "WHERE " + " AND ".join(clauses), values
