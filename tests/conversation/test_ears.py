"""Slices become one continuous sound, whatever the network does to them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import LoudIsSpeech

from asha.conversation.ears import MAX_IN_FLIGHT, PRE_ROLL_MS, Ears
from asha.core.audio import pcm_of
from asha.core.errors import BadInput, Conflict

RNG = np.random.default_rng(1)
SLICES = [
    pcm_of(RNG.uniform(-0.5, 0.5, size).astype(np.float32))
    for size in (3_200, 160, 1_600, 3_333, 512, 4_000, 2, 2_048)
]
WHOLE = np.frombuffer(b"".join(SLICES), "<i2").astype(np.float32) / 32_768


def heard(ears: Ears) -> np.ndarray:
    return ears.between(0, ears.end_ms)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_late_early_and_repeated_slices_give_the_same_sound(data: st.DataObject) -> None:
    ears = Ears(LoudIsSpeech())
    waiting = list(range(len(SLICES)))
    while waiting:
        near = [seq for seq in waiting if seq < ears.next_seq("mic") + MAX_IN_FLIGHT]
        seq = data.draw(st.sampled_from(near))
        ears.accept("mic", seq, SLICES[seq], 16_000)
        waiting.remove(seq)
        again = data.draw(st.integers(0, len(SLICES) - 1))
        if again not in waiting:
            assert ears.accept("mic", again, SLICES[again], 16_000) == []
    got = heard(ears)
    assert len(got) == len(WHOLE) - len(WHOLE) % 512
    assert np.array_equal(got, WHOLE[: len(got)])


def test_a_slice_too_far_ahead_is_refused_and_the_missing_one_named() -> None:
    ears = Ears(LoudIsSpeech())
    with pytest.raises(Conflict, match="Slice 0 is missing"):
        ears.accept("mic", MAX_IN_FLIGHT, SLICES[0], 16_000)


@pytest.mark.parametrize("rate_hz", [8_000, 24_000, 44_100, 48_000])
def test_any_rate_is_heard_at_16_khz(rate_hz: int) -> None:
    ears = Ears(LoudIsSpeech())
    tone = np.sin(np.arange(rate_hz) * 2 * np.pi * 440 / rate_hz).astype(np.float32) * 0.5
    step = rate_hz // 10
    for seq in range(10):
        ears.accept("mic", seq, pcm_of(tone[seq * step : (seq + 1) * step]), rate_hz)
    got = heard(ears)
    assert 900 <= ears.end_ms <= 1_000
    spectrum = np.abs(np.fft.rfft(got[4_000:12_000]))
    assert np.argmax(spectrum) == 220  # 440 Hz in a window of half a second


def test_a_new_stream_goes_on_where_the_old_one_ended() -> None:
    ears = Ears(LoudIsSpeech())
    ears.accept("one", 0, SLICES[0], 16_000)
    end_ms = ears.end_ms
    frames = ears.accept("two", 0, SLICES[0], 48_000)
    assert frames[0].start_ms == end_ms


@pytest.mark.parametrize(("pcm", "rate_hz"), [(b"", 16_000), (b"\0", 16_000), (b"\0\0", 100)])
def test_what_is_no_sound_is_refused(pcm: bytes, rate_hz: int) -> None:
    with pytest.raises(BadInput):
        Ears(LoudIsSpeech()).accept("mic", 0, pcm, rate_hz)


def test_only_a_pre_roll_is_kept_while_nobody_speaks() -> None:
    ears = Ears(LoudIsSpeech())
    for seq in range(50):
        ears.accept("mic", seq, bytes(6_400), 16_000)
        ears.forget_before(ears.end_ms)
    kept_ms = len(ears.between(0, ears.end_ms)) / 16
    assert PRE_ROLL_MS <= kept_ms <= PRE_ROLL_MS + 32
