"""asha talk and asha hear, as a user runs them, with a tiny Nano that answers gibberish."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from tiny_nano import noise

from asha.core.audio import Float32, pcm_of
from asha.speech.sound_file import encode_wav

ASHA = [sys.executable, "-m", "asha.cli"]


@pytest.fixture
def asha(exported: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        places = ["--weights", str(exported)]
        if arguments[0] == "talk":
            places += ["--out", str(tmp_path / "answer.wav")]
        return subprocess.run([*ASHA, *arguments, *places], capture_output=True, text=True)

    return run


def _wav(path: Path, samples: Float32, rate_hz: int = 16_000) -> str:
    path.write_bytes(encode_wav(pcm_of(samples), rate_hz=rate_hz))
    return str(path)


def test_the_bundled_question_is_heard_and_answered_with_timings(asha) -> None:  # type: ignore[no-untyped-def]
    done = asha("talk")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("heard: ")
    assert "Asha" in done.stdout
    assert "first text" in done.stdout.splitlines()[-1]


def test_the_bundled_question_is_at_most_three_seconds_with_its_origin_noted() -> None:
    clips = Path(__file__).parents[2] / "src" / "asha" / "cli" / "clips"
    with wave.open(str(clips / "question.wav")) as file:
        assert file.getnframes() / file.getframerate() <= 3
    assert "eSpeak NG" in (clips / "README.md").read_text()


def test_a_typed_question_is_answered(asha) -> None:  # type: ignore[no-untyped-def]
    done = asha("talk", "--text", "what time is it", "--language", "ta")
    assert done.returncode == 0, done.stderr
    assert "typed; first text" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["talk", "nowhere.wav"], "cannot be read"),
        (["talk", "--text", "x", "--mic"], "only one of them"),
        (["talk", "--text", "x", "--language", "xx"], "no language 'xx'"),
        (["talk", "--text", "x" * 1_001], "1,000 characters"),
        (["hear", "nowhere"], "There is no nowhere"),
    ],
)
def test_a_mistake_is_one_sentence_and_a_non_zero_exit(asha, arguments, sentence) -> None:  # type: ignore[no-untyped-def]
    done = asha(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1, "no stack trace"


def test_without_weights_the_way_out_is_named(tmp_path: Path) -> None:
    done = subprocess.run(
        [*ASHA, "talk", "--weights", str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "asha export" in done.stderr


def test_more_than_a_minute_is_refused_and_a_broken_file_too(asha, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    done = asha("talk", _wav(tmp_path / "long.wav", np.zeros(61 * 16_000, np.float32)))
    assert (done.returncode, "longer than 60 s" in done.stderr) == (2, True)
    (tmp_path / "broken.wav").write_bytes(b"RIFF????WAVE")
    done = asha("talk", str(tmp_path / "broken.wav"))
    assert (done.returncode, "not a sound file" in done.stderr) == (2, True)


def test_telephone_sound_and_clipped_sound_are_answered_somehow(asha, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    narrow = _wav(tmp_path / "narrow.wav", noise(1)[:8_000], rate_hz=8_000)
    clipped = _wav(tmp_path / "clipped.wav", np.sign(noise(1)))
    for clip in (narrow, clipped):
        done = asha("talk", clip)
        assert done.returncode == 0, done.stderr


def test_a_folder_of_recordings_is_read_line_by_line(asha, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "clips"
    folder.mkdir()
    _wav(folder / "a.wav", noise(1))
    (folder / "b.wav").write_bytes(b"no sound")
    done = asha("hear", str(folder), "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert rows[0]["text"]
    assert rows[0]["seconds"] == 1.0
    assert "not a sound file" in rows[1]["error"]


def test_talk_does_not_import_torch(exported: Path, tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv = ['asha', 'talk', '--text', 'x', '--weights', *sys.argv[1:]]\n"
        "from asha.cli import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code\n"
        "heavy = {'torch', 'transformers', 'tokenizers'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    command = [sys.executable, "-c", program, str(exported), "--out", str(tmp_path / "x.wav")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
