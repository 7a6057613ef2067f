"""Any program that speaks into a WAV file, as a voice for `asha data make`."""

import asyncio
import shlex
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from asha.core.audio import HEARING_RATE_HZ, Chunk, pcm_of
from asha.core.errors import BadInput, BadSound, ProviderRefused, ProviderUnfit
from asha.core.language import Language
from asha.data.sample import read_clip

OUT, TEXT = "{out}", "{text}"
LONGEST_S = 60.0  # for one phrase


class ProgramVoice:
    """`command` is a program with its arguments; `{out}` is the file it shall write, `{text}` what
    it shall say. Without `{text}` it is told on its standard input.
    """

    rate_hz = HEARING_RATE_HZ

    def __init__(self, command: str) -> None:
        """Nothing runs before the first phrase.

        Raises:
            BadInput: no program or no `{out}` is named.
        """
        self._words = shlex.split(command)
        if not self._words or OUT not in command:
            raise BadInput(f"command:{command} names no program that writes to {OUT}.")
        self.name = f"command:{Path(self._words[0]).name}"

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """The whole phrase in one chunk.

        Raises:
            ProviderRefused: the program is not there, failed, took a minute, or wrote no sound.
            ProviderUnfit: it crashed on this phrase; others may do.
        """
        del language  # the command says it
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "said.wav"
            await self._run(phrase, out)
            try:
                clip = read_clip(out)
            except BadSound as broken:
                raise ProviderRefused(self.name, f"it wrote no sound: {broken.message}") from broken
        yield Chunk(pcm_of(clip.samples), clip.rate_hz)

    async def _run(self, phrase: str, out: Path) -> None:
        filled = [it.replace(OUT, str(out)).replace(TEXT, phrase) for it in self._words]
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *filled, stdin=pipe, stdout=asyncio.subprocess.DEVNULL, stderr=pipe
            )
        except OSError as failed:
            raise ProviderRefused(self.name, "there is no such program; install it.") from failed
        try:
            async with asyncio.timeout(LONGEST_S):
                _, told = await process.communicate(phrase.encode())
        except TimeoutError as late:
            raise ProviderRefused(self.name, f"it did not end in {LONGEST_S:.0f} s.") from late
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode is not None and process.returncode < 0:
            raise ProviderUnfit(self.name, f"it crashed (signal {-process.returncode}).")
        if process.returncode:
            last = told.decode(errors="replace").strip().splitlines()[-1:]
            raise ProviderRefused(self.name, f"it failed: {''.join(last) or process.returncode}.")
