"""Hearing while the user speaks: a model that hears follows the sound of a turn as it comes."""

import asyncio
from collections.abc import Callable

from asha.core.audio import Clip, Float32
from asha.core.errors import AshaError
from asha.core.ports import Following


class Attention:
    """Gives a model's ear what is new; slices that come while it is busy go in one piece.

    It only saves time: where it fails, the model hears everything when it is asked.
    """

    def __init__(self, following: Following, clip: Callable[[], Float32]) -> None:
        """`clip` is the turn's sound so far, at 16 kHz."""
        self._following, self._clip = following, clip
        self._news = asyncio.Event()
        self._is_over = False
        self._task = asyncio.create_task(self._follow())

    def tell(self) -> None:
        """There is more sound."""
        self._news.set()

    async def words(self) -> str:
        """What was said up to now; "" where the ear cannot tell."""
        try:
            await self._following.hear(Clip(self._clip()))
            return await self._following.words()
        except AshaError:
            return ""

    async def close(self) -> None:
        """Let the ear go. What is being heard just now is heard to its end: half an opened voice
        could not be closed."""
        self._is_over = True
        self._news.set()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._following.close()

    async def _follow(self) -> None:
        while True:
            await self._news.wait()
            if self._is_over:
                return
            self._news.clear()
            try:
                await self._following.hear(Clip(self._clip()))
            except AshaError:
                return
