"""Speech on the wire: s16 at 24 kHz, or Opus packets, in pieces of known length."""

from collections.abc import Sequence
from typing import Any, Protocol

from asha.core.audio import BYTES_PER_SAMPLE, SPEAKING_RATE_HZ

FIRST_MS, NEXT_MS = 40, 100  # a small first delta is heard sooner, larger ones cost less
OPUS_FRAME_MS = 20
OPUS_BITS_PER_S = 32_000
_BYTES_PER_MS = SPEAKING_RATE_HZ * BYTES_PER_SAMPLE // 1_000  # 48

_CODE_3, _VBR, _LONG = 3, 0x80, 252  # of RFC 6716

Packets = list[tuple[bytes, float]]  # (coded sound, its length in ms)


class Coder(Protocol):
    """Cuts and codes one answer's speech."""

    def push(self, pcm: bytes) -> Packets:
        """The packets that are complete with `pcm` (s16 at 24 kHz)."""
        ...

    def rest(self) -> Packets:
        """What is left at the end of a phrase."""
        ...


class PcmCoder:
    """The samples as they are; a short first piece."""

    def __init__(self) -> None:
        self._waiting, self._size_bytes = b"", FIRST_MS * _BYTES_PER_MS

    def push(self, pcm: bytes) -> Packets:
        """Whole pieces."""
        self._waiting += pcm
        packets: Packets = []
        while len(self._waiting) >= self._size_bytes:
            piece, self._waiting = (
                self._waiting[: self._size_bytes],
                self._waiting[self._size_bytes :],
            )
            packets.append((piece, len(piece) / _BYTES_PER_MS))
            self._size_bytes = NEXT_MS * _BYTES_PER_MS
        return packets

    def rest(self) -> Packets:
        """The last, shorter piece."""
        piece, self._waiting = self._waiting, b""
        return [(piece, len(piece) / _BYTES_PER_MS)] if piece else []


class OpusCoder:
    """One Opus packet a delta, of as many 20 ms frames as the delta is long; a phrase's last frame
    is filled with silence. A packet for every frame would weigh more in envelopes than in sound.
    """

    def __init__(self) -> None:
        import av

        codec: Any = av.CodecContext.create("libopus", "w")
        codec.sample_rate = SPEAKING_RATE_HZ
        codec.layout, codec.format = "mono", "s16"
        codec.bit_rate = OPUS_BITS_PER_S
        codec.options = {"application": "voip", "frame_duration": str(OPUS_FRAME_MS)}
        self._codec, self._new_frame, self._waiting = codec, av.AudioFrame, b""
        self._frames: list[bytes] = []
        self._num_wanted = FIRST_MS // OPUS_FRAME_MS

    def push(self, pcm: bytes) -> Packets:
        """Whole packets."""
        self._waiting += pcm
        size = OPUS_FRAME_MS * _BYTES_PER_MS
        packets: Packets = []
        while len(self._waiting) >= size:
            piece, self._waiting = self._waiting[:size], self._waiting[size:]
            packets += self._coded(piece)
        return packets

    def rest(self) -> Packets:
        """The last packet."""
        packets: Packets = []
        if self._waiting:
            size = OPUS_FRAME_MS * _BYTES_PER_MS
            piece, self._waiting = self._waiting.ljust(size, b"\0"), b""
            packets += self._coded(piece)
        return packets + self._taken()

    def _coded(self, piece: bytes) -> Packets:
        frame = self._new_frame(format="s16", layout="mono", samples=len(piece) // BYTES_PER_SAMPLE)
        frame.sample_rate = SPEAKING_RATE_HZ
        frame.planes[0].update(piece)
        packets: Packets = []
        for coded in map(bytes, self._codec.encode(frame)):
            if self._frames and self._frames[0][0] != coded[0]:
                packets += self._taken()  # frames of two modes do not fit into one packet
            self._frames.append(coded)
            if len(self._frames) >= self._num_wanted:
                packets += self._taken()
        return packets

    def _taken(self) -> Packets:
        if not self._frames:
            return []
        frames, self._frames = self._frames, []
        self._num_wanted = NEXT_MS // OPUS_FRAME_MS
        return [(joined(frames), float(OPUS_FRAME_MS * len(frames)))]


def joined(packets: Sequence[bytes]) -> bytes:
    """Packets of one frame each and of one mode as one packet (RFC 6716, 3.2.5: code 3, VBR)."""
    if len(packets) == 1:
        return packets[0]
    head = bytes([packets[0][0] | _CODE_3, _VBR | len(packets)])
    lengths = b"".join(_length(len(packet) - 1) for packet in packets[:-1])
    return head + lengths + b"".join(packet[1:] for packet in packets)


def _length(num_bytes: int) -> bytes:
    """A frame's length as Opus writes it (RFC 6716, 3.2.1)."""
    if num_bytes < _LONG:
        return bytes([num_bytes])
    first = _LONG + num_bytes % 4
    return bytes([first, (num_bytes - first) // 4])


def coder_for(format_type: str) -> Coder:
    """The coder of a session's output format."""
    return OpusCoder() if format_type == "audio/opus" else PcmCoder()
