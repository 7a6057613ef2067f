"""A program of ours in a process of its own, spoken to in frames over its pipes."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from asha.core import errors
from asha.core.errors import AshaError, ProviderBusy
from asha.engine.frames import ERROR, HEADER, READY, Frame, packed


@dataclass(frozen=True, slots=True)
class Program:
    """What is run (`python -m` and these words), and what it is called where it fails."""

    words: Sequence[str]
    name: str  # of the provider
    noun: str  # what it is to the user
    start_s: float  # it says READY within this time


class WorkerProcess:
    """Started by `start`, again after a crash; each number has an inbox for its frames."""

    def __init__(self, program: Program) -> None:
        self.inboxes: dict[int, asyncio.Queue[Frame]] = {}
        self._program = program
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        """Its process id; None where it was never started, or was closed."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Run it and wait until it is ready, where it does not run yet.

        Raises:
            BadCheckpoint: what it told when it could not load its weights.
            ProviderBusy: it did not start in time.
        """
        async with self._starting:
            if self._reader and not self._reader.done():
                return  # it reads until the process ends, which shows before its exit code does
            await self.close()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self._program.words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"OMP_NUM_THREADS": "1", **os.environ},
            )
            try:
                await self._greeted()
            except BaseException:
                await self.close()
                raise
            self._reader = asyncio.create_task(self._read())

    async def close(self) -> None:
        """End it."""
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
        """A frame to it; what nobody listens to is lost. Raises ProviderBusy."""
        if self._process is None or self._process.stdin is None:
            raise self._busy("stopped")
        try:
            self._process.stdin.write(packed(kind, number, revision, body))
            await self._process.stdin.drain()
        except ConnectionError as gone:
            raise self._busy("stopped") from gone

    def inbox(self, number: int) -> "asyncio.Queue[Frame]":
        """Where the frames for a number arrive from now on, until it is taken out of `inboxes`."""
        return self.inboxes.setdefault(number, asyncio.Queue())

    def error_of(self, body: bytes) -> AshaError:
        """The error that an ERROR frame tells."""
        told = json.loads(body)
        kind = getattr(errors, told["kind"], None)
        if kind is None or issubclass(kind, errors.ProviderError):
            return ProviderBusy(self._program.name, told["message"])
        made: AshaError = kind(told["message"])
        return made

    async def _greeted(self) -> None:
        try:
            async with asyncio.timeout(self._program.start_s):
                kind, _, _, body = await self._frame()
        except (TimeoutError, asyncio.IncompleteReadError) as failure:
            raise self._busy("does not start") from failure
        if kind != READY:
            raise self.error_of(body)

    async def _frame(self) -> Frame:
        assert self._process and self._process.stdout
        header = await self._process.stdout.readexactly(HEADER.size)
        kind, number, revision, length = HEADER.unpack(header)
        return kind, number, revision, await self._process.stdout.readexactly(length)

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._frame()
                if inbox := self.inboxes.get(frame[1]):
                    inbox.put_nowait(frame)
        except asyncio.IncompleteReadError:
            told = {"kind": "", "message": self._sentence("stopped")}
            body = json.dumps(told).encode()
            for number, inbox in self.inboxes.items():
                inbox.put_nowait((ERROR, number, 0, body))

    def _busy(self, what: str) -> ProviderBusy:
        return ProviderBusy(self._program.name, self._sentence(what))

    def _sentence(self, what: str) -> str:
        return f"{self._program.noun} {what}; try again."
