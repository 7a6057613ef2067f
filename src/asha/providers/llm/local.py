"""An Ultravox-format checkpoint on this machine, in a process of its own: hears and thinks.

Needs the extra `lab` (torch); the service itself stays without it. It calls no tools: the format
has no agreed way to write a call.
"""

import asyncio
import contextlib
import itertools
import json
import os
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import PurePath
from typing import Self

from asha.core import errors
from asha.core.errors import AshaError, Busy, ProviderBusy
from asha.core.message import Message
from asha.core.ports import ReplyOptions, Usage
from asha.core.settings import Settings
from asha.engine.frames import ANSWER, END, ERROR, HEADER, READY, STOP, Frame, packed
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
        self._checkpoint = checkpoint
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[Frame]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()

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
        if len(self._answers) >= MAX_WAITING:
            raise Busy("Too many questions wait for the model; try again.", retry_after_ms=RETRY_MS)
        number, frames = next(self._numbers), asyncio.Queue[Frame]()
        self._answers[number] = frames
        count, is_over = 0, False
        try:
            await self.warm()
            await self._send(packed(ANSWER, number, 0, to_body(messages, options.max_tokens)))
            while True:
                kind, _, _, body = await frames.get()
                if kind == ERROR:
                    is_over = True
                    raise self._error(body)
                if kind == END:
                    is_over = True
                    break
                count += 1
                yield body.decode()
            yield Usage(num_tokens_out=count)
        finally:
            del self._answers[number]
            if not is_over and self._process:
                with contextlib.suppress(ProviderBusy):
                    await self._send(packed(STOP, number))

    async def warm(self) -> None:
        """Load the weights, where they are not loaded yet."""
        async with self._starting:
            if self._reader and not self._reader.done():
                return  # it reads until the process ends, which shows before its exit code does
            await self.close()
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "asha.providers.llm.local_worker",
                self._checkpoint,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"OMP_NUM_THREADS": "1", **os.environ},
            )
            try:
                async with asyncio.timeout(START_S):
                    kind, _, _, body = await self._frame()
            except (TimeoutError, asyncio.IncompleteReadError) as failure:
                await self.close()
                raise ProviderBusy(self.name, "the model does not start; try again.") from failure
            except BaseException:
                await self.close()
                raise
            if kind != READY:
                await self.close()
                raise self._error(body)
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

    async def _send(self, frame: bytes) -> None:
        if self._process is None or self._process.stdin is None:
            raise self._gone()
        try:
            self._process.stdin.write(frame)
            await self._process.stdin.drain()
        except ConnectionError as gone:
            raise self._gone() from gone

    async def _frame(self) -> Frame:
        assert self._process and self._process.stdout
        header = await self._process.stdout.readexactly(HEADER.size)
        kind, number, revision, length = HEADER.unpack(header)
        return kind, number, revision, await self._process.stdout.readexactly(length)

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._frame()
                if frames := self._answers.get(frame[1]):
                    frames.put_nowait(frame)
        except asyncio.IncompleteReadError:
            body = json.dumps({"kind": "", "message": self._gone().message}).encode()
            for number, frames in self._answers.items():
                frames.put_nowait((ERROR, number, 0, body))

    def _gone(self) -> ProviderBusy:
        return ProviderBusy(self.name, "the model's process stopped; try again.")

    def _error(self, body: bytes) -> AshaError:
        told = json.loads(body)
        kind = getattr(errors, told["kind"], None)
        if kind is None or issubclass(kind, errors.ProviderError):
            return ProviderBusy(self.name, told["message"])
        made: AshaError = kind(told["message"])
        return made
