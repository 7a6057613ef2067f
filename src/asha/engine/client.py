"""The engine as the event loop sees it: voices of a process of its own, heard as they speak."""

import asyncio
import itertools
import json
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import numpy as np

from asha.core import errors
from asha.core.audio import Float32
from asha.core.errors import AshaError, Busy, ProviderBusy
from asha.engine.frames import (
    ANSWER,
    CLOSE,
    END,
    ERROR,
    FULL,
    HEADER,
    OPEN,
    PIECE,
    READY,
    SOUND,
    STOP,
    TEXT,
    Frame,
    packed,
)
from asha.engine.pieces import Piece, from_fields

START_S = 60.0  # to load the weights, on a machine that is busy with other things
RETRY_MS = 500  # an answer takes about as long
NAME = "asha-nano"


class Engine:
    """One worker process with the weights; started by the first voice, again after a crash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._voices: dict[int, Voice] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    async def open(self, tag: str = "auto") -> "Voice":
        """A new utterance, answered in `tag`, or with "auto" in the language that is heard.

        Raises:
            Busy: four are open already.
            BadCheckpoint: the weights cannot be read.
        """
        await self.start()
        voice = Voice(self, next(self._numbers))
        self._voices[voice.number] = voice
        try:
            await self.send(OPEN, voice.number, body=tag.encode())
        except BaseException:  # given up while the pipe was full: nobody will close it later
            await asyncio.shield(asyncio.ensure_future(voice.close()))
            raise
        return voice

    async def start(self) -> None:
        """Load the weights, where they are not loaded yet."""
        async with self._starting:
            if self._reader and not self._reader.done():
                return  # it reads until the process ends, which shows before its exit code does
            await self.close()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "asha.engine.worker",
                str(self._folder),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
            try:
                async with asyncio.timeout(START_S):
                    kind, _, _, body = await self._frame()
            except (TimeoutError, asyncio.IncompleteReadError) as failure:
                await self.close()
                raise ProviderBusy(NAME, "the engine does not start; try again.") from failure
            if kind != READY:
                await self.close()
                raise _error_of(body)
            self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        """End the process."""
        reader, self._reader = self._reader, None
        if reader:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)
        process, self._process = self._process, None
        if process:
            if process.returncode is None:
                process.kill()
            await process.wait()
            process._transport.close()  # type: ignore[attr-defined]  # else it warns when collected

    async def send(self, kind: int, number: int, revision: int = 0, body: bytes = b"") -> None:
        """A frame to the worker; what nobody listens to is lost."""
        if self._process is None or self._process.stdin is None:
            raise ProviderBusy(NAME, "the engine stopped; try again.")
        try:
            self._process.stdin.write(packed(kind, number, revision, body))
            await self._process.stdin.drain()
        except ConnectionError as gone:
            raise ProviderBusy(NAME, "the engine stopped; try again.") from gone

    def forget(self, number: int) -> None:
        """Take no more frames for a voice."""
        self._voices.pop(number, None)

    async def _frame(self) -> Frame:
        assert self._process and self._process.stdout
        header = await self._process.stdout.readexactly(HEADER.size)
        kind, number, revision, length = HEADER.unpack(header)
        return kind, number, revision, await self._process.stdout.readexactly(length)

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._frame()
                if voice := self._voices.get(frame[1]):
                    voice.frames.put_nowait(frame)
        except asyncio.IncompleteReadError:
            gone = json.dumps({"kind": "", "message": "the engine stopped; try again."}).encode()
            for number, voice in self._voices.items():
                voice.frames.put_nowait((ERROR, number, 0, gone))


class Voice:
    """One utterance in the worker: push as the sound comes, ask for an answer at any time."""

    def __init__(self, engine: Engine, number: int) -> None:
        self.number = number
        self.frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._engine = engine
        self._revision = 0

    async def push(self, samples: Float32) -> None:
        """Hear 16 kHz samples, -1..1."""
        body = np.ascontiguousarray(samples, dtype=np.float32).tobytes()
        await self._engine.send(SOUND, self.number, body=body)

    async def type(self, text: str) -> None:
        """Read typed words."""
        await self._engine.send(TEXT, self.number, body=text.encode())

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
            await self._engine.send(ANSWER, self.number, revision)
            while True:
                kind, _, asked, body = await self.frames.get()
                if kind in (FULL, ERROR):
                    is_over = True
                    raise busy() if kind == FULL else _error_of(body)
                if asked != revision:
                    continue  # of an answer that was given up
                if kind == END:
                    is_over = True
                    return
                if kind == PIECE:
                    yield from_fields(json.loads(body))
        finally:
            if not is_over:
                await self._engine.send(STOP, self.number)

    async def close(self) -> None:
        """Make room for another voice."""
        self._engine.forget(self.number)
        try:
            await self._engine.send(CLOSE, self.number)
        except ProviderBusy:
            return  # the process is gone, and the voice with it


def busy() -> Busy:
    """What the fifth speaker is told."""
    return Busy("Four people are talking to Asha already; try again.", retry_after_ms=RETRY_MS)


def _error_of(body: bytes) -> AshaError:
    fields: dict[str, Any] = json.loads(body)
    kind = getattr(errors, fields["kind"], None)
    if kind is None or issubclass(kind, errors.ProviderError):
        return ProviderBusy(NAME, fields["message"])
    made: AshaError = kind(fields["message"])
    return made
