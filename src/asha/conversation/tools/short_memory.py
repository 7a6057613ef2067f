"""A store that forgets when the program ends: for one question on the command line, and tests."""

from collections.abc import Sequence

from asha.core.errors import NotFound
from asha.core.ports import Row


class ShortMemory:
    """Fills the port `Store`."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], tuple[str, Row]] = {}  # (kind, key) -> owner, row

    async def put(self, kind: str, key: str, row: Row, *, owner: str) -> None:
        """Insert or replace a row of `owner`'s."""
        if self._rows.get((kind, key), (owner, row))[0] != owner:
            raise NotFound(f"There is no {kind} {key!r} of yours.")
        self._rows[kind, key] = (owner, row)

    async def get(self, kind: str, key: str, *, owner: str) -> Row | None:
        """The row, or None where it is missing or another's."""
        found = self._rows.get((kind, key))
        return found[1] if found and found[0] == owner else None

    async def find(self, kind: str, *, owner: str, **equal: str) -> Sequence[Row]:
        """The owner's rows of a kind, oldest first."""
        return [self._rows[key][1] for key in self._keys(kind, owner, equal)]

    async def delete(self, kind: str, *, owner: str, **equal: str) -> int:
        """Delete rows; how many went."""
        keys = self._keys(kind, owner, equal)
        for key in keys:
            del self._rows[key]
        return len(keys)

    def _keys(self, kind: str, owner: str, equal: dict[str, str]) -> list[tuple[str, str]]:
        return [
            key
            for key, (whose, row) in self._rows.items()
            if key[0] == kind
            and whose == owner
            and all(row.get(name) == value for name, value in equal.items())
        ]
