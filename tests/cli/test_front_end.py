"""The text front end on the command line, as a user runs it."""

import subprocess
import sys

ASHA = [sys.executable, "-m", "asha.cli"]


def test_normalize_prints_one_line_for_each_line() -> None:
    done = subprocess.run(
        [*ASHA, "normalize", "--language", "hi"],
        input="₹1,25,000 मिले\n\n5:30 PM 🙏\n".encode(),
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == "एक लाख पच्चीस हज़ार रुपये मिले\n\nशाम साढ़े पाँच बजे\n"


def test_normalize_reads_broken_utf_8_as_far_as_it_can() -> None:
    done = subprocess.run(
        [*ASHA, "normalize"], input=b"5 \xff apples\n\xe0\xa4\n", capture_output=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode() == "five \ufffd apples\n\ufffd\n"


def test_normalize_in_an_unknown_language_is_one_sentence() -> None:
    done = subprocess.run(
        [*ASHA, "normalize", "--language", "xx"], input="5\n", capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no language 'xx'" in done.stderr
