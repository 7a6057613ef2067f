"""The session's microphone: slices in any order become one continuous sound and its voice.

The sound is one line from the session's first sample on; turns are stretches of it, so what is in
flight when a turn is committed belongs to what comes next.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Float32, samples_of
from asha.core.errors import BadInput, Conflict
from asha.speech.vad import FRAME_MS, FRAME_SAMPLES, IS_SPEECH, VoiceDetector

MAX_IN_FLIGHT = 3  # slices a client may send ahead of one that is missing
PRE_ROLL_MS = 320.0  # kept before an onset: soft consonants lie under any threshold
MAX_KEPT_MS = 90_000.0
MAX_SLICE_MS = 5_000.0
_MS = HEARING_RATE_HZ / 1_000  # samples per ms


@dataclass(frozen=True, slots=True)
class Frame:
    """One judged frame: where it ends in the sound, and whether it holds speech."""

    start_ms: float
    end_ms: float
    is_speech: bool
    samples: Float32


@dataclass(slots=True)
class _Stream:
    """One microphone stream: the next slice's number, and slices that came before their turn."""

    next_seq: int = 0
    ahead: dict[int, tuple[bytes, int]] = field(default_factory=dict)
    resample: Callable[[bytes], Float32] | None = None
    rate_hz: int = 0


class Ears:
    """Orders slices, keeps the sound, and judges it frame by frame."""

    def __init__(self, detector: VoiceDetector) -> None:
        self._detector = detector
        self._streams: dict[str, _Stream] = {}
        self._rest: Float32 = np.zeros(0, np.float32)  # not yet a whole frame
        self._kept: list[Frame] = []
        self.end_ms = 0.0  # the end of what was judged

    def accept(self, stream: str, seq: int, pcm: bytes, rate_hz: int) -> list[Frame]:
        """The frames that slice `seq` completes; none for one that came before.

        Raises:
            BadInput: an odd number of bytes, a slice too long, a changed rate.
            Conflict: too many slices are missing before this one.
        """
        check_slice(pcm, rate_hz)
        line = self._streams.setdefault(stream, _Stream())
        if line.rate_hz and line.rate_hz != rate_hz:
            raise BadInput(
                f"This stream began at {line.rate_hz} Hz; begin a new `stream` to change the rate.",
                param="rate",
            )
        if seq < line.next_seq:
            return []
        if seq >= line.next_seq + MAX_IN_FLIGHT:
            raise Conflict(
                f"Slice {line.next_seq} is missing and {seq} is too far ahead; "
                f"send {line.next_seq} again, and at most {MAX_IN_FLIGHT} at a time."
            )
        line.rate_hz = rate_hz
        line.ahead[seq] = (pcm, rate_hz)
        frames: list[Frame] = []
        while line.next_seq in line.ahead:
            frames += self._judge(_heard(line, *line.ahead.pop(line.next_seq)))
            line.next_seq += 1
        return frames

    def next_seq(self, stream: str) -> int:
        """The slice that is waited for."""
        return self._streams[stream].next_seq if stream in self._streams else 0

    def between(self, start_ms: float, end_ms: float) -> Float32:
        """The kept sound of a stretch, at 16 kHz."""
        parts = [
            frame.samples
            for frame in self._kept
            if frame.end_ms > start_ms and frame.start_ms < end_ms
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def forget_before(self, ms: float) -> None:
        """Let go of sound that no turn needs any more; a pre-roll always stays."""
        keep_ms = max(min(ms, self.end_ms - PRE_ROLL_MS), self.end_ms - MAX_KEPT_MS)
        self._kept = [frame for frame in self._kept if frame.end_ms > keep_ms]

    def _judge(self, samples: Float32) -> list[Frame]:
        sound = np.concatenate([self._rest, samples]) if len(self._rest) else samples
        whole = len(sound) - len(sound) % FRAME_SAMPLES
        self._rest = sound[whole:].copy()
        frames = []
        for start in range(0, whole, FRAME_SAMPLES):
            piece = sound[start : start + FRAME_SAMPLES]
            start_ms, self.end_ms = self.end_ms, self.end_ms + FRAME_MS
            is_speech = self._detector.probability(piece) >= IS_SPEECH
            frames.append(Frame(start_ms, self.end_ms, is_speech, piece))
        self._kept += frames
        return frames


def check_slice(pcm: bytes, rate_hz: int) -> None:
    """Raises BadInput for a slice that cannot be heard."""
    if not pcm:
        raise BadInput("The slice is empty; send some sound.", param="body")
    if len(pcm) % 2:
        raise BadInput(
            f"The slice has an odd number of bytes ({len(pcm)}); send s16 samples.", param="body"
        )
    if not 8_000 <= rate_hz <= 96_000:
        raise BadInput(f"A rate of {rate_hz} Hz cannot be used; send 8000..96000.", param="rate")
    if len(pcm) / 2 / rate_hz * 1_000 > MAX_SLICE_MS:
        raise BadInput(
            f"The slice is longer than {MAX_SLICE_MS / 1_000:.0f} s; send about 200 ms at a time.",
            param="body",
        )


def _heard(line: _Stream, pcm: bytes, rate_hz: int) -> Float32:
    """The slice at 16 kHz; one resampler per stream, so that slices join without a click."""
    if rate_hz == HEARING_RATE_HZ:
        return samples_of(pcm)
    if line.resample is None:
        import soxr

        stream = soxr.ResampleStream(rate_hz, HEARING_RATE_HZ, 1, quality="MQ")

        def resample(part: bytes) -> Float32:
            samples: Float32 = stream.resample_chunk(samples_of(part))
            return samples

        line.resample = resample
    return line.resample(pcm)
