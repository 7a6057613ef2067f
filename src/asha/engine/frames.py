"""What the engine's process and its client say to each other: length-prefixed frames on pipes."""

import struct
from typing import IO

HEADER = struct.Struct("<BIII")  # kind, utterance, revision of its answer, bytes of the body

# To the worker.
OPEN, SOUND, TEXT, ANSWER, STOP, CLOSE = range(1, 7)
# From the worker. READY has utterance 0; bodies are JSON, empty for READY and END.
READY, PIECE, END, ERROR, FULL = range(11, 16)

Frame = tuple[int, int, int, bytes]


def packed(kind: int, utterance: int, revision: int = 0, body: bytes = b"") -> bytes:
    """A frame as bytes."""
    return HEADER.pack(kind, utterance, revision, len(body)) + body


def read_frame(pipe: IO[bytes]) -> Frame | None:
    """The next frame; None where the other side is gone."""
    header = pipe.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    kind, utterance, revision, length = HEADER.unpack(header)
    body = pipe.read(length)
    return (kind, utterance, revision, body) if len(body) == length else None
