"""What the user got wrong is told before what this installation lacks."""

from pathlib import Path

import pytest

from asha.cli.hear import hear
from asha.cli.score import score
from asha.cli.talk import talk
from asha.core.errors import BadSound, BadText, UnknownLanguage


def test_a_recording_that_is_none_is_told_before_missing_weights(tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"RIFFnonsense")
    with pytest.raises(BadSound):
        hear(broken, as_json=False, weights=tmp_path / "nowhere")
    with pytest.raises(BadSound):
        talk(broken, text=None, mic=False, language_tag="auto", weights=tmp_path / "nowhere")


@pytest.mark.parametrize("text", ["", "   ", "x" * 1_001])
def test_a_question_that_is_none_is_told_before_missing_weights(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadText):
        talk(None, text=text, mic=False, language_tag="auto", weights=tmp_path / "nowhere")


def test_an_unknown_track_is_told_before_the_run_is_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UnknownLanguage, match="'xx'"):
        score(tmp_path / "no.toml", tags="hi,xx", rows=1, wrong=0, out=None)
