"""asha phrases, identify and mask: one line in, one line out."""

import subprocess
import sys

ASHA = [sys.executable, "-m", "asha.cli"]


def _asha(stdin: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*ASHA, *arguments], capture_output=True, input=stdin, check=False)


def test_phrases_are_shown_on_one_line() -> None:
    done = _asha("नमस्ते। कैसे हैं?\nठीक।\n".encode(), "phrases", "--language", "hi")
    assert done.stdout.decode().splitlines() == ["नमस्ते। ‖ कैसे हैं?", "ठीक।"]


def test_the_language_of_each_line_is_named() -> None:
    done = _asha("kya haal hai\nவணக்கம்\n\n".encode(), "identify")
    lines = done.stdout.decode().split("\n")
    assert [line.split("\t")[0] for line in lines] == ["hi-Latn", "ta", "und", ""]


def test_personal_data_is_masked_and_broken_bytes_pass_through() -> None:
    done = _asha(b"call 9876543210 \xff\xfe\n", "mask")
    assert done.stdout == b"call [phone] \xff\xfe\n"


def test_an_unknown_language_is_told_in_one_sentence() -> None:
    done = _asha(b"", "phrases", "--language", "fr")
    assert done.returncode == 2
    assert "There is no language 'fr'" in done.stderr.decode()
