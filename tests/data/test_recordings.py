"""Recordings of one's own in the ears' training."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
import soundfile

from asha.core.errors import BadInput, NotFound
from asha.data.recordings import Recordings
from asha.data.shards import make_shard
from asha.data.synthesis import Synthesiser


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sound = 0.1 * np.sin(np.arange(16_000) / 8.0)
    for name, text in {"a": "Call me at 7, please!", "b": "नमस्ते"}.items():
        soundfile.write(tmp_path / f"{name}.wav", sound, 8_000)
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "c.wav").write_bytes(b"RIFF but not really")
    (tmp_path / "c.txt").write_text("never", encoding="utf-8")
    return tmp_path


def test_words_come_plain_and_as_they_are_said_with_their_sound(folder: Path) -> None:
    recordings = Recordings({"en-IN": str(folder)})
    drawn = [recordings.draw(Random(seed)) for seed in range(20)]
    assert {said.spoken for said, _ in drawn} == {"call me at seven please", "नमस्ते"}
    assert {len(samples) for _, samples in drawn} == {32_000}
    assert {(said.tag, said.target) for said, _ in drawn} == {("en-IN", "")}


def test_a_shard_takes_them_as_they_are_and_disturbs_them(folder: Path) -> None:
    recordings, voice = Recordings({"en-IN": str(folder)}), Synthesiser()
    shard = make_shard(0, recordings.draw, voice, seed=1, clips=4)
    voice.close()
    assert {it.spoken for it in shard.utterances} <= {"call me at seven please", "नमस्ते"}
    assert len({mel.tobytes() for mel in shard.mels}) == 4


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no track 'xx'"):
        Recordings({"xx": str(tmp_path)})
    with pytest.raises(NotFound, match="There is no folder"):
        Recordings({"hi": str(tmp_path / "nowhere")})
    (tmp_path / "a.wav").write_bytes(b"no sound")
    (tmp_path / "a.txt").write_text("words", encoding="utf-8")
    with pytest.raises(BadInput, match="cannot be read"):
        Recordings({"hi": str(tmp_path)}).draw(Random(1))
