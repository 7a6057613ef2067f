"""Folders as sets: what is held out, what is noise, where answers come from."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from asha.core.audio import Clip
from asha.core.errors import BadInput, NotFound
from asha.data.folder import Reading
from asha.data.problem import Problem
from asha.data.rows import FolderRows, NoiseRows, answer_of, as_clip, held_out, read_answers
from asha.data.sample import Sample


def recordings(folder: Path, *, num_clips: int = 20) -> Path:
    folder.mkdir()
    lines = ["file,text,speaker,continuation"]
    for number in range(num_clips):
        sound = np.full(1_600, 0.1 + number / 1_000, dtype=np.float32)
        soundfile.write(folder / f"{number}.wav", sound, 16_000)
        lines.append(f"{number}.wav,words {number},speaker{number % 5},so {number}")
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_any_row_of_a_folder_can_be_asked_for(tmp_path: Path) -> None:
    rows = FolderRows.of(recordings(tmp_path / "r"), Reading("gu"))
    sample = rows.read(7)
    assert isinstance(sample, Sample)
    assert (sample.name, sample.text, sample.language) == ("7.wav", "words 7", "gu")
    assert as_clip(sample).samples[0] == pytest.approx(0.107, abs=1e-3)


def test_what_is_held_out_follows_from_the_speakers_alone(tmp_path: Path) -> None:
    folder = recordings(tmp_path / "r", num_clips=60)
    kept, out = (
        FolderRows.of(folder, Reading("gu"), held_out(0.4, wanted=it)) for it in (False, True)
    )
    assert len(kept) + len(out) == 60
    speakers = [{row.speaker for row in it.rows} for it in (kept, out)]
    assert speakers[0] and speakers[1] and not speakers[0] & speakers[1]


def test_a_broken_row_says_so_in_its_place(tmp_path: Path) -> None:
    folder = recordings(tmp_path / "r")
    (folder / "3.wav").write_bytes(b"RIFF")
    row = FolderRows.of(folder, Reading("gu")).read(3)
    assert isinstance(row, Problem)
    assert row.fault == "broken sound"


def test_noise_is_every_sound_of_a_folder_and_has_no_words(tmp_path: Path) -> None:
    rows = NoiseRows.of(recordings(tmp_path / "r", num_clips=3))
    samples = [rows.read(index) for index in range(len(rows))]
    assert [it.text for it in samples if isinstance(it, Sample)] == [""] * 3
    with pytest.raises(NotFound, match="give one that holds sounds"):
        NoiseRows.of(tmp_path / "none")


def test_answers_are_found_by_file_and_by_name(tmp_path: Path) -> None:
    table = recordings(tmp_path / "r") / "rows.csv"
    answers = read_answers(table, "continuation")
    clip = Clip(np.zeros(160, dtype=np.float32), 16_000)
    assert answer_of(Sample("4.wav", clip, "words 4", "gu"), answers) == "so 4"
    named = {"4": "by name"}
    assert answer_of(Sample("4.wav", clip, "words 4", "gu"), named) == "by name"
    assert answer_of(Sample("99.wav", clip, "words", "gu"), answers) == ""


def test_a_table_without_the_column_of_answers_says_how_to_have_one(tmp_path: Path) -> None:
    table = recordings(tmp_path / "r") / "rows.csv"
    with pytest.raises(BadInput, match="no column 'reply'; make one"):
        read_answers(table, "reply")
    with pytest.raises(BadInput, match=r"give the answers as a .csv"):
        read_answers(tmp_path / "none.tsv", "reply")
