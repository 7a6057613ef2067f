"""The data folder belongs to one process at a time; the lock dies with it, even by SIGKILL."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from asha.core.errors import Conflict


@contextlib.contextmanager
def held_folder(folder: Path) -> Iterator[None]:
    """Hold `folder` while inside.

    Raises:
        Conflict: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as file:
        try:
            import fcntl
        except ImportError:  # Windows: SQLite's own locks have to do
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise Conflict(
                f"Another asha uses {folder}; stop it, or give this one its own --data-dir."
            ) from held
        yield
