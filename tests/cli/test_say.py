"""asha say, hello and doctor, as a user runs them."""

import json
import subprocess
import sys
import wave
from pathlib import Path

import pytest

from asha.core.language import TAGS

ASHA = [sys.executable, "-m", "asha.cli"]


def _asha(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ASHA, *arguments], capture_output=True, text=True, input=stdin)


def test_say_writes_a_wav_file(tmp_path: Path) -> None:
    out = tmp_path / "new folder" / "v.wav"
    done = _asha("say", "வணக்கம்", "--language", "ta", "--out", str(out))
    assert done.returncode == 0, done.stderr
    with wave.open(str(out)) as file:
        assert file.getnframes() / file.getframerate() > 0.4


def test_say_does_not_import_torch(tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv = ['asha', 'say', 'namaste', '--out', sys.argv[1]]\n"
        "from asha.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "x.wav")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_hello_speaks_all_seven_tracks(tmp_path: Path) -> None:
    done = _asha("hello", "--folder", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for tag in TAGS:
        assert f"  {tag}: " in done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["say", ""], "nothing to speak"),
        (["say", "x", "--language", "xx"], "no language 'xx'"),
        (["say", "a\u0378"], "not an assigned character"),
        (["say", "x", "--out", "/proc/none/x.wav"], "cannot be written"),
    ],
)
def test_a_mistake_is_one_sentence_and_a_non_zero_exit(arguments: list[str], sentence: str) -> None:
    done = _asha(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1, "no stack trace"


def test_100_kb_on_standard_input_are_refused_in_one_sentence() -> None:
    done = _asha("say", "-", stdin="अ" * 100_000)
    assert done.returncode == 2
    assert "100,000 characters" in done.stderr


def test_doctor_tells_for_every_track_what_speaks() -> None:
    done = _asha("doctor", "--json")
    findings = {row["what"]: row for row in json.loads(done.stdout)}
    for tag in TAGS:
        assert findings[tag]["state"].startswith("speaks with eSpeak NG"), findings[tag]


def test_a_full_disk_does_not_look_like_success() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*ASHA, "data", "list"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_what_is_no_file_is_never_replaced_by_one() -> None:
    done = _asha("say", "x", "--out", "/dev/null")
    assert done.returncode == 2
    assert "not a file that can be written" in done.stderr


def test_closed_standard_input_is_told_in_one_sentence() -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m asha.cli normalize <&-"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "no standard input" in done.stderr
