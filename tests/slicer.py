"""The page's microphone (web/src/shared/slicer.ts) in Python: where sound is cut into slices.

Both are held to tests/golden/slices.json.
"""

import math
from collections.abc import Iterator

import numpy as np

FRAME = 512  # what the service's detector judges at once: 32 ms of 16 kHz
QUICK_FRAMES, LONG_FRAMES = 2, 6  # the longest slices, while Asha speaks and else
IDLE_FRAMES, IDLE_AFTER_FRAMES = 12, 64  # longer ones where nobody has spoken for two seconds
ENDS = (0, 3, 5, 19)  # silent frames after the one in which the voice ended
BLOCK = 160  # 10 ms: what is judged as loud or not
LOUD_DB, LEAST_DBFS = 14.0, -50.0  # above the quietest of the last seconds, and at least
FLOOR_DBFS, RISE_DB = -60.0, 0.01  # of the room; it rises 1 dB a second


class Slicer:
    """Told of sound as it comes, tells when a slice is complete."""

    def __init__(self, *, is_quick: bool = False) -> None:
        self._is_quick = is_quick
        self._taken = self._sent = self._voice_end = 0
        self._is_voice = False
        self._due: list[int] = []  # frames with which a slice ends

    def take(self, num_samples: int, *, is_loud: bool) -> int:
        """So many samples more: how many of all that wait are a slice now, or 0."""
        self._taken += num_samples
        if is_loud:
            self._voice_end, self._due = self._taken, []
        elif self._is_voice:
            last = math.ceil(self._voice_end / FRAME)
            self._due = [last + silent for silent in ENDS]
        self._is_voice = is_loud
        whole = self._taken // FRAME
        is_due = bool(self._due) and self._due[0] <= whole
        self._due = [frame for frame in self._due if frame > whole]
        num_ready = whole * FRAME - self._sent
        if num_ready <= 0 or not (is_due or num_ready >= self._longest() * FRAME):
            return 0
        self._sent += num_ready
        return num_ready

    def _longest(self) -> int:
        if self._is_quick:
            return QUICK_FRAMES
        is_idle = self._taken - self._voice_end >= IDLE_AFTER_FRAMES * FRAME
        return IDLE_FRAMES if is_idle else LONG_FRAMES


def slices_of(
    pcm: bytes, slice_ms: int = 0, *, is_quick: bool = False
) -> Iterator[tuple[int, int]]:
    """(samples in the slice, sample at which it leaves) of all of `pcm`, s16 at 16 kHz.

    With `slice_ms` slices of that length; else the page's.
    """
    num_samples, num_sent = len(pcm) // 2, 0
    for num_ready, at in _fixed(num_samples, 16 * slice_ms) if slice_ms else _cut(pcm, is_quick):
        num_sent += num_ready
        yield num_ready, at
    if num_sent < num_samples:
        yield num_samples - num_sent, num_samples


def _fixed(num_samples: int, size: int) -> Iterator[tuple[int, int]]:
    return ((size, end) for end in range(size, num_samples + 1, size))


def _cut(pcm: bytes, is_quick: bool) -> Iterator[tuple[int, int]]:
    samples = np.frombuffer(pcm, "<i2").astype(np.float32) / 32_768
    slicer, floor_dbfs = Slicer(is_quick=is_quick), FLOOR_DBFS
    for start in range(0, len(samples), BLOCK):
        block = samples[start : start + BLOCK]
        level_dbfs = 10 * math.log10(max(float(np.mean(block**2)), 1e-10))
        if level_dbfs > -100:
            floor_dbfs = min(level_dbfs, floor_dbfs + RISE_DB)
        is_loud = level_dbfs > max(LEAST_DBFS, floor_dbfs + LOUD_DB)
        if num_ready := slicer.take(len(block), is_loud=is_loud):
            yield num_ready, start + len(block)
