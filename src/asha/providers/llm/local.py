"""An Ultravox-format checkpoint on this machine, in a process of its own: hears and thinks.

Needs the extra `lab` (torch); the service itself stays without it. It calls no tools: the format
has no agreed way to write a call.
"""

import contextlib
import itertools
from collections.abc import AsyncGenerator, Sequence
from pathlib import PurePath
from typing import Self

from asha.core.errors import Busy, ProviderBusy
from asha.core.message import Message
from asha.core.ports import ReplyOptions, Usage
from asha.core.settings import Settings
from asha.engine.frames import ANSWER, END, ERROR, STOP
from asha.engine.process import Program, WorkerProcess
from asha.providers.llm.local_worker import to_body

START_S = 600.0  # gigabytes are read from a disk
MAX_WAITING = 4  # questions; they are answered one after the other
RETRY_MS = 2_000


class LocalCheckpoint:
    """One worker process, started by the first question or by `warm`, again after a crash."""

    hears = True

    def __init__(self, checkpoint: str) -> None:
        """`checkpoint` is a folder or a hub id."""
        self.name = PurePath(checkpoint).name
        self._numbers = itertools.count(1)
        self.process = WorkerProcess(
            Program(
                ["asha.providers.llm.local_worker", checkpoint],
                self.name,
                "the model's process",
                START_S,
            )
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The checkpoint that ASHA_CHECKPOINT names."""
        assert settings.checkpoint
        return cls(settings.checkpoint)

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncGenerator[str | Usage, None]:
        """Pieces of the answer; closing the iterator stops it between two tokens.

        Raises:
            Busy: four questions wait already.
            BadCheckpoint: it cannot be loaded.
            BadSound: a clip that cannot be heard.
            ProviderBusy: the process died.
        """
        if len(self.process.inboxes) >= MAX_WAITING:
            raise Busy("Too many questions wait for the model; try again.", retry_after_ms=RETRY_MS)
        number = next(self._numbers)
        frames = self.process.inbox(number)
        count, is_over = 0, False
        try:
            await self.warm()
            await self.process.send(ANSWER, number, body=to_body(messages, options.max_tokens))
            while True:
                kind, _, _, body = await frames.get()
                if kind in (ERROR, END):
                    is_over = True
                if kind == ERROR:
                    raise self.process.error_of(body)
                if kind == END:
                    break
                count += 1
                yield body.decode()
            yield Usage(num_tokens_out=count)
        finally:
            del self.process.inboxes[number]
            if not is_over:
                with contextlib.suppress(ProviderBusy):
                    await self.process.send(STOP, number)

    async def warm(self) -> None:
        """Load the weights, where they are not loaded yet."""
        await self.process.start()

    async def close(self) -> None:
        """End the process."""
        await self.process.close()
