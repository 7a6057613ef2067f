"""Asynchronous iterators that are given up in the middle."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

T = TypeVar("T")


@asynccontextmanager
async def closing(items: AsyncIterator[T]) -> AsyncIterator[AsyncIterator[T]]:
    """Close `items` on leaving, however that happens.

    A generator that is merely dropped is closed some time later, by a task nobody waits for, and
    its vendor's connection with it.
    """
    try:
        yield items
    finally:
        close = getattr(items, "aclose", None)
        if close is not None:
            await close()
