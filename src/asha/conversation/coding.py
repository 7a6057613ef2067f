"""Speech on the wire: s16 at 24 kHz, or Opus packets, in pieces of known length."""

from typing import Any, Protocol

from asha.core.audio import BYTES_PER_SAMPLE, SPEAKING_RATE_HZ

FIRST_MS, NEXT_MS = 40, 100  # a small first delta is heard sooner, larger ones cost less
OPUS_FRAME_MS = 20
OPUS_BITS_PER_S = 32_000
_BYTES_PER_MS = SPEAKING_RATE_HZ * BYTES_PER_SAMPLE // 1_000  # 48

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
    """One Opus packet of 20 ms a delta; a phrase's last packet is filled with silence."""

    def __init__(self) -> None:
        import av

        codec: Any = av.CodecContext.create("libopus", "w")
        codec.sample_rate = SPEAKING_RATE_HZ
        codec.layout, codec.format = "mono", "s16"
        codec.bit_rate = OPUS_BITS_PER_S
        codec.options = {"application": "voip", "frame_duration": str(OPUS_FRAME_MS)}
        self._codec, self._new_frame, self._waiting = codec, av.AudioFrame, b""

    def push(self, pcm: bytes) -> Packets:
        """Whole 20 ms packets."""
        self._waiting += pcm
        size = OPUS_FRAME_MS * _BYTES_PER_MS
        packets: Packets = []
        while len(self._waiting) >= size:
            piece, self._waiting = self._waiting[:size], self._waiting[size:]
            packets += self._coded(piece)
        return packets

    def rest(self) -> Packets:
        """The last packet."""
        if not self._waiting:
            return []
        size = OPUS_FRAME_MS * _BYTES_PER_MS
        piece, self._waiting = self._waiting.ljust(size, b"\0"), b""
        return self._coded(piece)

    def _coded(self, piece: bytes) -> Packets:
        frame = self._new_frame(format="s16", layout="mono", samples=len(piece) // BYTES_PER_SAMPLE)
        frame.sample_rate = SPEAKING_RATE_HZ
        frame.planes[0].update(piece)
        return [(bytes(packet), float(OPUS_FRAME_MS)) for packet in self._codec.encode(frame)]


def coder_for(format_type: str) -> Coder:
    """The coder of a session's output format."""
    return OpusCoder() if format_type == "audio/opus" else PcmCoder()
