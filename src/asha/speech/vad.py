"""Voice activity: how probable it is that 32 ms of sound hold speech.

Two detectors: energy over an adaptive noise floor, and Silero's network behind that gate, so that
silence costs nothing (the network takes 0.14 ms of CPU per frame, the gate 0.01).
"""

from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Float32, level_dbfs
from asha.speech.onnx import onnx_session

FRAME_SAMPLES = 512  # what Silero hears at once: 32 ms at 16 kHz
FRAME_MS = FRAME_SAMPLES * 1_000 / HEARING_RATE_HZ

START_FLOOR_DBFS = -60.0  # a quiet room through a phone's microphone
FLOOR_RANGE_DBFS = (-75.0, -30.0)
MARGIN_DB = 12.0  # speech stands at least this far above the noise
FALL = 0.2  # the floor follows quieter frames at once ...
RISE_DB_PER_FRAME = 0.05  # ... and louder ones by 1.5 dB a second, so that speech does not lift it
HOLD_FRAMES = 2  # the gate stays open through gaps inside of words (64 ms)
IS_SPEECH = 0.5  # Silero's own threshold
# The network is one to three frames late at an onset; a frame 17 dB above the room that it half
# believes is speech already (median onset 48 -> 16 ms on the benchmark's clips).
VERY_LOUD, DOUBTFUL = 0.9, 0.3
# In loud speech of which it is sure the network is asked for every third frame only: it is
# much of what a slice costs, and where speech ends is the gate's word anyway.
SURE = 0.9
MAX_UNASKED = 2  # frames in a row: 64 ms


NETWORK = Path(__file__).parent / "silero" / "vad.onnx"
CONTEXT_SAMPLES = 64  # of the frame before, which the network hears again
RATE = np.array(HEARING_RATE_HZ, np.int64)


class VoiceDetector(Protocol):
    """Judges one frame after the other of one stream."""

    def probability(self, frame: Float32) -> float:
        """0..1 that `frame` (512 samples at 16 kHz) holds speech."""
        ...


class EnergyVoice:
    """Speech is what stands out from the noise."""

    def __init__(self) -> None:
        self._floor_dbfs = START_FLOOR_DBFS
        self._held = 0

    def probability(self, frame: Float32) -> float:
        """0 below the margin, rising to 1 at 12 dB above it."""
        level = level_dbfs(frame)
        above = level - self._floor_dbfs
        if above < 0:
            self._floor_dbfs += FALL * above
        else:
            self._floor_dbfs += min(RISE_DB_PER_FRAME, above)
        low, high = FLOOR_RANGE_DBFS
        self._floor_dbfs = min(high, max(low, self._floor_dbfs))
        return float(np.clip((above - MARGIN_DB) / 12.0 + IS_SPEECH, 0.0, 1.0))


class SileroVoice:
    """Silero's network, asked only where the energy says there may be something."""

    def __init__(self) -> None:
        self._network = _Network()
        self._gate = EnergyVoice()
        self._open_frames = 0
        self._last = 0.0  # the network's last word ...
        self._unasked = 0  # ... and for how many frames it has been taken

    def probability(self, frame: Float32) -> float:
        """The network's probability, or 0 where the frame is as quiet as the room.

        The network alone hears speech for 30 to 60 ms after its end (eSpeak NG, seven tracks); the
        gate takes those back, because every delay is counted from there.
        """
        loudness = self._gate.probability(frame)
        is_loud = loudness > 0.2
        if is_loud:
            self._open_frames = HOLD_FRAMES
        elif self._open_frames:
            self._open_frames -= 1
            if not self._open_frames:
                self._network.reset()  # its memory is of another moment when the gate opens again
        if not self._open_frames:
            self._last = 0.0
            return 0.0
        probability = self._judged(frame, is_very_loud=loudness >= VERY_LOUD)
        if loudness >= VERY_LOUD and probability >= DOUBTFUL:
            return max(probability, IS_SPEECH)
        return probability if is_loud else 0.0

    def _judged(self, frame: Float32, *, is_very_loud: bool) -> float:
        """The network's word on the frame, or its last one where both would be the same."""
        if is_very_loud and self._last >= SURE and self._unasked < MAX_UNASKED:
            self._unasked += 1
            return self._last
        self._unasked = 0
        self._last = self._network.probability(frame)
        return self._last


class _Network:
    """Silero's network (its README says which) with one stream's memory; all share the graph."""

    def __init__(self) -> None:
        self._graph = _graph()
        self.reset()

    def reset(self) -> None:
        """Forget the stream."""
        self._state = np.zeros((2, 1, 128), np.float32)
        self._before = np.zeros(CONTEXT_SAMPLES, np.float32)

    def probability(self, frame: Float32) -> float:
        """0..1 that there is speech in the frame, given those before."""
        sound = np.concatenate([self._before, frame]).astype(np.float32, copy=False)
        given = {"input": sound[None], "state": self._state, "sr": RATE}
        likely, self._state = self._graph.run(None, given)
        self._before = frame[-CONTEXT_SAMPLES:]
        return float(likely[0, 0])


@cache
def _graph() -> Any:
    return onnx_session(NETWORK)
