"""eSpeak NG, the voice that is always there: the client of espeak_worker.py."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Self

from asha.core.audio import Chunk
from asha.core.errors import ProviderBusy, ProviderRefused, ProviderSilent
from asha.core.language import Language
from asha.core.settings import Settings
from asha.speech.espeak_worker import END, ERROR, FRAME

NORMAL_RATE_WPM = 160  # eSpeak's own default of 175 words a minute is brisk for a listener
NORMAL_PITCH = 50  # 0..99
START_S, FRAME_S = 20.0, 10.0  # deadlines: process start, and the gap between two frames


class EspeakTTS:
    """Speaks all languages; one worker process, one phrase at a time."""

    rate_hz = 22_050

    def __init__(
        self, *, rate_wpm: int = NORMAL_RATE_WPM, pitch: int = NORMAL_PITCH, variant: str = ""
    ) -> None:
        """`variant` is one of eSpeak's ways to sound ("f2"), the same in every language."""
        self._rate_wpm, self._pitch = rate_wpm, pitch
        self._variant = f"+{variant}" if variant else ""
        self.name = f"espeak{self._variant}"
        self._worker: asyncio.subprocess.Process | None = None
        self._next_id = 1
        self._turn = asyncio.Lock()

    @classmethod
    def from_settings(cls, settings: Settings, *, variant: str = "") -> Self:
        """It needs nothing."""
        del settings
        return cls(variant=variant)

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """Sound of `phrase` by the language's eSpeak voice, about 100 times faster than real time.

        Raises:
            ProviderRefused: eSpeak NG lacks the voice or cannot start.
            ProviderBusy: the worker hangs or died; the next call starts a new one.
            ProviderSilent: the phrase has nothing that can be spoken.
        """
        async with self._turn:
            worker = await self._started()
            request, self._next_id = self._next_id, self._next_id + 1
            is_silent = True
            await self._ask(worker, request, phrase, language.voice + self._variant)
            while True:
                kind, body = await self._frame(worker, request)
                if kind == END:
                    break
                if kind == ERROR:
                    raise ProviderRefused(self.name, f"{body.decode()}. Run `asha doctor`.")
                is_silent = is_silent and not any(body)
                yield Chunk(body, self.rate_hz)
            if is_silent:
                raise ProviderSilent(self.name, "there is nothing in the phrase to speak.")

    async def close(self) -> None:
        """End the worker."""
        worker, self._worker = self._worker, None
        if worker and worker.returncode is None:
            worker.kill()
            await worker.wait()
        if worker:
            worker._transport.close()  # type: ignore[attr-defined]  # else it warns when collected

    async def _started(self) -> asyncio.subprocess.Process:
        if self._worker and self._worker.returncode is None:
            return self._worker
        await self.close()
        self._worker = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "asha.speech.espeak_worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(START_S):
                await self._frame(self._worker, 0)
        except (TimeoutError, ProviderBusy) as failure:
            await self.close()
            raise ProviderRefused(
                self.name, "eSpeak NG does not start; reinstall with `make run`."
            ) from failure
        return self._worker

    async def _ask(
        self, worker: asyncio.subprocess.Process, request: int, phrase: str, voice: str
    ) -> None:
        asked = {
            "id": request,
            "text": phrase.replace("\0", " "),
            "voice": voice,
            "rate_wpm": self._rate_wpm,
            "pitch": self._pitch,
        }
        assert worker.stdin
        worker.stdin.write(json.dumps(asked).encode() + b"\n")
        try:
            await worker.stdin.drain()
        except ConnectionError as gone:
            await self.close()
            raise ProviderBusy(self.name, "the worker died; try again.") from gone

    async def _frame(self, worker: asyncio.subprocess.Process, request: int) -> tuple[int, bytes]:
        """The next frame of `request`; those of a reply that was cancelled are skipped."""
        assert worker.stdout
        try:
            async with asyncio.timeout(FRAME_S):
                while True:
                    head = await worker.stdout.readexactly(FRAME.size)
                    of, kind, size = FRAME.unpack(head)
                    body = await worker.stdout.readexactly(size)
                    if of == request:
                        return kind, body
        except (TimeoutError, asyncio.IncompleteReadError) as gone:
            await self.close()
            raise ProviderBusy(self.name, "the worker stopped answering; try again.") from gone
