"""Clocks and segments from one timeline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asha.conversation.timing import PATH, Timeline

MOMENTS = st.dictionaries(st.sampled_from(PATH), st.floats(0, 60_000, allow_nan=False), min_size=1)


@given(marks=MOMENTS)
def test_segments_add_up_to_the_total_whatever_was_marked_when(marks: dict[str, float]) -> None:
    timeline = Timeline()
    for name, at_ms in marks.items():
        timeline.mark(name, at_ms)
    known = [name for name in PATH if name in marks]
    total = max(0.0, marks[known[-1]] - marks[known[0]])
    segments = timeline.segments_ms()
    assert all(ms >= 0 for ms in segments.values())
    assert sum(segments.values()) == pytest.approx(total, abs=5)


def test_what_was_ready_before_the_commit_costs_nothing_after_it() -> None:
    timeline = Timeline()
    for name, at_ms in {
        "speech_end": 0,
        "first_token": 500,
        "first_sound": 620,
        "commit": 700,
        "sent": 704,
    }.items():
        timeline.mark(name, at_ms)
    assert timeline.segments_ms() == {"endpoint": 700, "think": 0, "speak": 0, "send": 4}
    assert timeline.clocks().first_answer == 4


def test_the_first_mark_of_a_name_counts() -> None:
    timeline = Timeline()
    timeline.mark("sent", 10)
    timeline.mark("sent", 90)
    assert timeline.marks_ms == {"sent": 10}


def test_a_moment_that_never_was_has_no_clock() -> None:
    assert Timeline().clocks().voice_to_voice is None
