"""The engine's own process: `python -m asha.engine.worker FOLDER`, frames on stdin and stdout.

Weights are loaded once. Up to four voices take turns, a slice of sound or one token at a time, so
that nobody waits for somebody else's whole answer; whoever waits for an answer comes first.
"""

import json
import queue
import sys
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.core.errors import AshaError
from asha.engine.exported import Weights, load_weights
from asha.engine.frames import (
    ANSWER,
    CLOSE,
    END,
    ERROR,
    FULL,
    OPEN,
    PIECE,
    READY,
    SOUND,
    STOP,
    TEXT,
    Frame,
    packed,
    read_frame,
)
from asha.engine.pieces import to_fields
from asha.engine.utterance import Step, Utterance, too_long

MAX_VOICES = 4
SLICE = HEARING_RATE_HZ // 5  # samples heard at a time: 200 ms
MAX_WAITING = 90 * HEARING_RATE_HZ  # samples of one voice that may wait to be heard


@dataclass(slots=True)
class Voice:
    """One utterance and what is still to be done for it, in order."""

    number: int
    utterance: Utterance
    sound: deque[Float32] = field(default_factory=deque)
    num_waiting: int = 0
    revision: int | None = None  # of the answer that is wanted
    answer: Iterator[Step] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.sound) or self.revision is not None


class Worker:
    """Takes frames in, gives frames out; one step of work at a time."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._voices: dict[int, Voice] = {}
        self._turn: deque[int] = deque()

    @property
    def is_busy(self) -> bool:
        """Whether a step would do anything."""
        return any(voice.is_busy for voice in self._voices.values())

    def take(self, frame: Frame) -> list[bytes]:
        """Note what is wanted; what it costs is done in `step`."""
        kind, number, revision, body = frame
        if kind == OPEN:
            return self._open(number, body.decode())
        voice = self._voices.get(number)
        if voice is None:
            return []  # closed or failed before
        try:
            if kind == SOUND:
                self._keep(voice, np.frombuffer(body, dtype=np.float32))
            elif kind == TEXT:
                voice.utterance.type(body.decode())
            elif kind == ANSWER:
                voice.revision, voice.answer = revision, None
            elif kind == STOP:
                voice.revision = voice.answer = None
            elif kind == CLOSE:
                self._close(number)
        except AshaError as error:
            return self._failed(voice, error)
        return []

    def step(self) -> list[bytes]:
        """One slice of sound or one token for the voice whose turn it is."""
        voice = self._next()
        if voice is None:
            return []
        try:
            if voice.sound:
                samples = voice.sound.popleft()
                voice.num_waiting -= len(samples)
                voice.utterance.push(samples)
                return []
            return self._answered(voice)
        except AshaError as error:
            return self._failed(voice, error)

    def _next(self) -> Voice | None:
        busy = [number for number in self._turn if self._voices[number].is_busy]
        wanted = [number for number in busy if self._voices[number].revision is not None]
        if not busy:
            return None
        number = (wanted or busy)[0]
        self._turn.remove(number)
        self._turn.append(number)
        return self._voices[number]

    def _answered(self, voice: Voice) -> list[bytes]:
        assert voice.revision is not None
        if voice.answer is None:
            voice.answer = voice.utterance.answer()
        try:
            piece = next(voice.answer)
        except StopIteration:
            done = packed(END, voice.number, voice.revision)
            voice.revision = voice.answer = None
            return [done]
        if piece is None:
            return []
        body = json.dumps(to_fields(piece), ensure_ascii=False).encode()
        return [packed(PIECE, voice.number, voice.revision, body)]

    def _open(self, number: int, tag: str) -> list[bytes]:
        if len(self._voices) >= MAX_VOICES:
            return [packed(FULL, number)]
        self._voices[number] = Voice(number, Utterance(self._weights, tag))
        self._turn.append(number)
        return []

    def _keep(self, voice: Voice, samples: Float32) -> None:
        if voice.num_waiting + len(samples) > MAX_WAITING:
            raise too_long()
        voice.num_waiting += len(samples)
        voice.sound.extend(
            samples[start : start + SLICE] for start in range(0, len(samples), SLICE)
        )

    def _failed(self, voice: Voice, error: AshaError) -> list[bytes]:
        self._close(voice.number)
        body = json.dumps({"kind": type(error).__name__, "message": error.message}).encode()
        return [packed(ERROR, voice.number, voice.revision or 0, body)]

    def _close(self, number: int) -> None:
        if self._voices.pop(number, None) is not None:
            self._turn.remove(number)


def main() -> None:
    """Serve until stdin ends."""
    out = sys.stdout.buffer
    try:
        worker = Worker(load_weights(Path(sys.argv[1])))
    except AshaError as error:
        body = json.dumps({"kind": type(error).__name__, "message": error.message}).encode()
        out.write(packed(ERROR, 0, 0, body))
        out.flush()
        return
    out.write(packed(READY, 0))
    out.flush()
    frames: queue.Queue[Frame | None] = queue.Queue()
    threading.Thread(target=_read, args=(frames,), daemon=True).start()
    while True:
        # Commands come before work: a cancelled answer stops between two tokens.
        while not (worker.is_busy and frames.empty()):
            frame = frames.get()
            if frame is None:
                return
            _write(worker.take(frame))
        _write(worker.step())


def _read(frames: "queue.Queue[Frame | None]") -> None:
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        frames.put(frame)
    frames.put(None)


def _write(replies: list[bytes]) -> None:
    if replies:
        sys.stdout.buffer.write(b"".join(replies))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
