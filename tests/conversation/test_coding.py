"""Speech on the wire."""

import av
import numpy as np
import pytest

from asha.conversation.coding import FIRST_MS, NEXT_MS, OpusCoder, PcmCoder, coder_for, joined

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


def decoded(packets: list[bytes]) -> np.ndarray:
    """At 48 kHz."""
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = 48_000, "mono"
    frames = [
        frame.to_ndarray().astype(np.float64).reshape(-1)
        for packet in packets
        for frame in decoder.decode(av.Packet(packet))
    ]
    return np.concatenate(frames)


def test_opus_packets_decode_to_the_tone_at_48_khz() -> None:
    coder = OpusCoder()
    packets = [*coder.push(TONE[:30_001]), *coder.push(TONE[30_001:]), *coder.rest()]
    sound = decoded([packet for packet, _ in packets])
    assert len(sound) == pytest.approx(48_000, abs=2_000)
    middle = sound[12_000:36_000]
    assert np.argmax(np.abs(np.fft.rfft(middle))) == 220  # 440 Hz in half a second
    assert sum(len(packet) for packet, _ in packets) < len(TONE) / 6


def test_a_delta_of_opus_is_as_long_as_one_of_samples() -> None:
    coder = OpusCoder()
    lengths = [ms for _, ms in [*coder.push(TONE), *coder.rest()]]
    assert lengths[0] <= FIRST_MS
    assert len(lengths) <= 14  # events a second; 50 of them outweighed the sound
    assert sum(lengths) == 1_000
    assert max(lengths) == NEXT_MS


def test_joined_frames_sound_as_they_did_apart() -> None:
    noise = np.random.default_rng(4).normal(0, 8_000, 24_000).astype("<i2").tobytes()
    alone, together = OpusCoder(), OpusCoder()
    single = []
    for at in range(0, len(noise), 960):  # whole frames
        single += [*alone.push(noise[at : at + 960]), *alone.rest()]
    packets = [packet for packet, _ in [*together.push(noise), *together.rest()]]
    assert any(packet[0] & 3 == 3 for packet in packets)
    apart = decoded([packet for packet, _ in single])
    assert np.array_equal(decoded(packets), apart)


def test_a_frame_of_252_bytes_and_more_tells_its_length_in_two() -> None:
    frames = [b"\x08" + bytes(251), b"\x08" + bytes(252), b"\x08" + bytes(1_003), b"\x08"]
    head = joined(frames)[:7]
    assert list(head) == [0x0B, 0x84, 251, 252, 0, 255, 187]
    assert [len(frame) - 1 for frame in frames[:3]] == [251, 252 + 4 * 0, 255 + 4 * 187]


def test_the_session_chooses() -> None:
    assert isinstance(coder_for("audio/pcm"), PcmCoder)
    assert isinstance(coder_for("audio/opus"), OpusCoder)
