"""Live sound that can be listened to more than once, so that ears can be replaced at any time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Self

from asha.core.audio import Chunk
from asha.core.errors import ProviderBusy
from asha.core.ports import Heard
from asha.providers.deadlines import closing


class Recording:
    """`async with Recording(sound) as recording`: reads `sound` once, keeps it till the end."""

    def __init__(self, sound: AsyncIterator[Chunk]) -> None:
        self._sound = sound
        self._kept: list[Chunk] = []
        self._more = asyncio.Condition()
        self.ended = asyncio.Event()
        self._failure: BaseException | None = None
        self._reading: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._reading
        self._reading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._reading

    async def _read(self) -> None:
        try:
            async for chunk in self._sound:
                async with self._more:
                    self._kept.append(chunk)
                    self._more.notify_all()
        except Exception as failure:  # told to whoever listens
            self._failure = failure
        self.ended.set()
        async with self._more:
            self._more.notify_all()

    async def chunks(self) -> AsyncIterator[Chunk]:
        """The sound from its beginning, and on as it flows."""
        position = 0
        while True:
            async with self._more:
                while position == len(self._kept) and not self.ended.is_set():
                    await self._more.wait()
                fresh = self._kept[position:]
            for chunk in fresh:
                yield chunk
            position += len(fresh)
            if not fresh:
                if self._failure:
                    raise self._failure
                return


async def timely_final(
    words: AsyncIterator[Heard], recording: Recording, *, final_s: float, provider: str
) -> AsyncIterator[Heard]:
    """`words`; once the sound has ended, its final ones are waited for `final_s`.

    Raises:
        ProviderBusy: of kind "stall".
    """
    ended = asyncio.create_task(recording.ended.wait())
    try:
        async with closing(words):
            while True:
                coming = asyncio.ensure_future(anext(words, None))
                try:
                    await asyncio.wait({coming, ended}, return_when=asyncio.FIRST_COMPLETED)
                    async with asyncio.timeout(final_s):
                        heard = await coming
                except TimeoutError as late:
                    raise ProviderBusy(
                        provider,
                        f"no words within {final_s:.1f} s of the sound's end.",
                        kind="stall",
                    ) from late
                finally:
                    if not coming.done():
                        coming.cancel()
                        await asyncio.gather(coming, return_exceptions=True)
                if heard is None:
                    return
                yield heard
    finally:
        ended.cancel()
