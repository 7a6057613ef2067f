"""English requests spoken by flite, where somebody has it."""

import wave
from pathlib import Path

import pytest

from asha.core.errors import BadInput
from asha.evaluation.flite import VOICES, flite_clips
from asha.evaluation.nano import Row

ROWS = [Row("en-IN", "time", {}, text) for text in ("what is the time", 'what\'s "it" now')]


def a_program(folder: Path, ending: str) -> None:
    """A stand-in for flite: notes its words, and does what `ending` says."""
    program = folder / "flite"
    program.write_text(f'#!/bin/sh\necho "$@" >> {folder}/asked\n{ending}\n')
    program.chmod(0o755)


def test_each_request_is_spoken_by_the_next_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with wave.open(str(tmp_path / "second.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\x00\x10" * 8_000)
    a_program(tmp_path, f'for last; do :; done; cp {tmp_path}/second.wav "$last"')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    clips = flite_clips(ROWS)
    asked = (tmp_path / "asked").read_text().splitlines()
    for row, voice, line in zip(ROWS, VOICES, asked, strict=False):
        assert line.startswith(f"-voice {voice} -t {row.text} -o ")
    # A second at 8 kHz becomes a second at 16 kHz, and silence on both sides.
    assert [len(clip.samples) for clip in clips] == [16_000 + 6_400] * 2


def test_what_goes_wrong_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_program(tmp_path, "echo no such voice >&2; exit 1")
    with monkeypatch.context() as there:
        there.setenv("PATH", str(tmp_path), prepend=":")
        with pytest.raises(BadInput, match="no such voice"):
            flite_clips(ROWS)
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(BadInput, match="apt install flite"):
        flite_clips(ROWS)
