"""TensorBoard's event files, written without TensorBoard: a record of numbers for each step.

The format (tensorflow/core/util/event.proto, lib/io/record_writer.h): records of
length (8 bytes), its checksum (4), the event (protocol buffers), its checksum (4).
"""

import os
import struct
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path

POLYNOMIAL = 0x82F63B78  # CRC-32C (Castagnoli), reflected
MASK_DELTA = 0xA282EAD8  # of record_writer.h: a checksum of data with checksums in it is masked


class EventFile:
    """One file of one slice of a run; TensorBoard joins those of a folder."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"events.out.tfevents.{time.time_ns()}.{os.getpid()}"
        self._file = (folder / name).open("ab")
        self._write(_double(1, time.time()) + _text(3, b"brain.Event:2"))

    def note(self, step: int, values: Mapping[str, float]) -> None:
        """The values of a step, each under its name."""
        scalars = [
            _text(1, _text(1, name.encode()) + _float(2, value)) for name, value in values.items()
        ]
        event = _double(1, time.time()) + _integer(2, step) + _text(5, b"".join(scalars))
        self._write(event)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, event: bytes) -> None:
        length = struct.pack("<Q", len(event))
        self._file.write(length + masked_crc(length) + event + masked_crc(event))
        self._file.flush()


def masked_crc(data: bytes) -> bytes:
    """The checksum of a record's part, as the format stores it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _table()[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", (((crc >> 15) | (crc << 17)) + MASK_DELTA) & 0xFFFFFFFF)


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for row in range(256):
        for _ in range(8):
            row = (row >> 1) ^ (POLYNOMIAL if row & 1 else 0)
        rows.append(row)
    return tuple(rows)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _integer(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _double(field: int, value: float) -> bytes:
    return _varint(field << 3 | 1) + struct.pack("<d", value)


def _text(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _float(field: int, value: float) -> bytes:
    return _varint(field << 3 | 5) + struct.pack("<f", value)
