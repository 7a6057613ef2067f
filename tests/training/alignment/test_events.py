"""TensorBoard's files, taken apart again by the format's description."""

import struct
from pathlib import Path

import pytest

from asha.training.alignment.events import EventFile, masked_crc


def test_the_checksum_is_the_masked_crc32c() -> None:
    crc = 0xE3069283  # of "123456789": the check value of CRC-32C
    masked = (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF
    assert masked_crc(b"123456789") == struct.pack("<I", masked)


def test_a_file_is_records_whose_checksums_hold(tmp_path: Path) -> None:
    board = EventFile(tmp_path)
    board.note(300, {"loss": 0.25, "validation/gu": 1.5})
    board.close()
    (path,) = tmp_path.iterdir()
    version, event = _records(path.read_bytes())
    assert b"brain.Event:2" in version
    assert b"\x10\xac\x02" in event  # field 2, step 300
    assert b"\x0a\x04loss\x15" + struct.pack("<f", 0.25) in event
    assert b"\x0a\x0dvalidation/gu\x15" + struct.pack("<f", 1.5) in event


def _records(content: bytes) -> list[bytes]:
    records, at = [], 0
    while at < len(content):
        head = content[at : at + 8]
        (length,) = struct.unpack("<Q", head)
        body = content[at + 12 : at + 12 + length]
        assert content[at + 8 : at + 12] == masked_crc(head)
        assert content[at + 12 + length : at + 16 + length] == masked_crc(body)
        records.append(body)
        at += 16 + length
    return records


def test_a_folder_that_is_a_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "board").write_text("in the way")
    with pytest.raises(OSError, match="File exists"):
        EventFile(tmp_path / "board")
