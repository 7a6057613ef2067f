"""Streams at one rate to another, without a click between the chunks."""

import numpy as np

from asha.core.audio import pcm_of, samples_of


class Resampler:
    """s16 pieces at `from_hz` to s16 at `to_hz`; the same rate passes through untouched."""

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self._stream = None
        if from_hz != to_hz:
            import soxr

            # HQ needs a longer filter than the first chunk should wait for.
            self._stream = soxr.ResampleStream(from_hz, to_hz, 1, quality="MQ")

    def push(self, pcm: bytes) -> bytes:
        """What can be said of `pcm` so far; a few milliseconds stay behind."""
        if self._stream is None:
            return pcm
        return pcm_of(self._stream.resample_chunk(samples_of(pcm)))

    def rest(self) -> bytes:
        """The few milliseconds that stayed behind."""
        if self._stream is None:
            return b""
        return pcm_of(self._stream.resample_chunk(np.zeros(0, np.float32), last=True))


class WholeSamples:
    """Bytes cut anywhere to bytes cut between samples: an odd byte waits for its other half."""

    def __init__(self) -> None:
        self._half = b""

    def push(self, received: bytes) -> bytes:
        """All whole samples so far."""
        joined = self._half + received
        even = len(joined) - len(joined) % 2
        self._half = joined[even:]
        return joined[:even]
