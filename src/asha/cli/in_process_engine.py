"""Nano in this very process, behind the engine's own interface: for scenes in virtual time.

A scene's clock jumps from timer to timer, so nothing in it may wait for another process.
"""

from collections.abc import AsyncGenerator
from pathlib import Path

from asha.core.audio import Float32
from asha.engine.client import Engine, Voice
from asha.engine.exported import Weights, load_weights
from asha.engine.pieces import Piece
from asha.engine.process import WorkerProcess
from asha.engine.utterance import Utterance


class InProcessEngine(Engine):
    """Takes no time on the loop's clock: what is measured is who speaks when, not this machine."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._weights: Weights = load_weights(folder)

    async def open(self, tag: str = "auto") -> Voice:
        """A new utterance; there is always room."""
        return InProcessVoice(self.process, Utterance(self._weights, tag))

    async def start(self) -> None:
        """It is there already."""

    async def close(self) -> None:
        """There is no process to end."""


class InProcessVoice(Voice):
    """One utterance, computed when it is asked for."""

    def __init__(self, process: WorkerProcess, utterance: Utterance) -> None:
        super().__init__(process, 0)
        self._utterance = utterance

    async def push(self, samples: Float32) -> None:
        """Hear 16 kHz samples."""
        self._utterance.push(samples)

    async def type(self, text: str) -> None:
        """Read typed words."""
        self._utterance.type(text)

    async def answer(self) -> AsyncGenerator[Piece, None]:
        """Pieces of the answer to what has come so far."""
        for piece in self._utterance.answer():
            if piece is not None:
                yield piece

    async def close(self) -> None:
        """Nothing is held."""
