"""The engine as the event loop sees it: voices of a process of its own, heard as they speak."""

import asyncio
import contextlib
import itertools
import json
from collections.abc import AsyncGenerator
from pathlib import Path

import numpy as np

from asha.core.audio import Float32
from asha.core.errors import Busy, ProviderBusy
from asha.engine.frames import ANSWER, CLOSE, END, ERROR, FULL, OPEN, PIECE, SOUND, STOP, TEXT
from asha.engine.pieces import Piece, from_fields
from asha.engine.process import Program, WorkerProcess

START_S = 60.0  # to load the weights, on a machine that is busy with other things
RETRY_MS = 500  # an answer takes about as long
NAME = "asha-nano"


class Engine:
    """One worker process with the weights; started by the first voice, again after a crash."""

    def __init__(self, folder: Path) -> None:
        self._numbers = itertools.count(1)
        self.process = WorkerProcess(
            Program(["asha.engine.worker", str(folder)], NAME, "the engine", START_S)
        )

    async def open(self, tag: str = "auto") -> "Voice":
        """A new utterance, answered in `tag`, or with "auto" in the language that is heard.

        Raises:
            Busy: four are open already.
            BadCheckpoint: the weights cannot be read.
        """
        await self.start()
        voice = Voice(self.process, next(self._numbers))
        try:
            await self.process.send(OPEN, voice.number, body=tag.encode())
        except BaseException:  # given up while the pipe was full: nobody will close it later
            await asyncio.shield(asyncio.ensure_future(voice.close()))
            raise
        return voice

    async def start(self) -> None:
        """Load the weights, where they are not loaded yet."""
        await self.process.start()

    async def close(self) -> None:
        """End the process."""
        await self.process.close()


class Voice:
    """One utterance in the worker: push as the sound comes, ask for an answer at any time."""

    def __init__(self, process: WorkerProcess, number: int) -> None:
        self.number = number
        self._process = process
        self._frames = process.inbox(number)
        self._revision = 0

    async def push(self, samples: Float32) -> None:
        """Hear 16 kHz samples, -1..1."""
        body = np.ascontiguousarray(samples, dtype=np.float32).tobytes()
        await self._process.send(SOUND, self.number, body=body)

    async def type(self, text: str) -> None:
        """Read typed words."""
        await self._process.send(TEXT, self.number, body=text.encode())

    async def answer(self) -> AsyncGenerator[Piece, None]:
        """Pieces of the answer to what has come so far. Closing the iterator stops it.

        Raises:
            Busy: there was no room for this voice.
            BadSound, BadText: too long.
            ProviderBusy: the process died.
        """
        self._revision += 1
        revision, is_over = self._revision, False
        try:
            await self._process.send(ANSWER, self.number, revision)
            while True:
                kind, _, asked, body = await self._frames.get()
                if kind in (FULL, ERROR):
                    is_over = True
                    raise busy() if kind == FULL else self._process.error_of(body)
                if asked != revision:
                    continue  # of an answer that was given up
                if kind == END:
                    is_over = True
                    return
                if kind == PIECE:
                    yield from_fields(json.loads(body))
        finally:
            if not is_over:
                with contextlib.suppress(ProviderBusy):  # the process may be gone before its voice
                    await self._process.send(STOP, self.number)

    async def close(self) -> None:
        """Make room for another voice."""
        self._process.inboxes.pop(self.number, None)
        try:
            await self._process.send(CLOSE, self.number)
        except ProviderBusy:
            return  # the process is gone, and the voice with it


def busy() -> Busy:
    """What the fifth speaker is told."""
    return Busy("Four people are talking to Asha already; try again.", retry_after_ms=RETRY_MS)
