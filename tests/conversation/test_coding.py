"""Speech on the wire."""

import av
import numpy as np
import pytest

from asha.conversation.coding import FIRST_MS, OpusCoder, PcmCoder, coder_for

TONE = (np.sin(np.arange(24_000) * 2 * np.pi * 440 / 24_000) * 12_000).astype("<i2").tobytes()


@pytest.mark.parametrize("piece", [100, 998, 4_800, 48_000])
def test_samples_arrive_as_they_were_however_they_come(piece: int) -> None:
    coder = PcmCoder()
    packets = [
        packet for at in range(0, len(TONE), piece) for packet in coder.push(TONE[at : at + piece])
    ]
    packets += coder.rest()
    assert b"".join(sound for sound, _ in packets) == TONE
    assert packets[0][1] == FIRST_MS
    assert sum(ms for _, ms in packets) == pytest.approx(1_000)


def test_opus_packets_decode_to_the_tone_at_48_khz() -> None:
    coder = OpusCoder()
    packets = [*coder.push(TONE[:30_001]), *coder.push(TONE[30_001:]), *coder.rest()]
    assert all(ms == 20 for _, ms in packets)
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    frames = [
        frame.to_ndarray().astype(np.float64).reshape(-1)
        for sound, _ in packets
        for frame in decoder.decode(av.Packet(sound))
    ]
    sound = np.concatenate(frames)
    assert len(sound) == pytest.approx(48_000, abs=2_000)
    middle = sound[12_000:36_000]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 220  # 440 Hz in half a second
    assert sum(len(packet) for packet, _ in packets) < len(TONE) / 6


def test_the_session_chooses() -> None:
    assert isinstance(coder_for("audio/pcm"), PcmCoder)
    assert isinstance(coder_for("audio/opus"), OpusCoder)
