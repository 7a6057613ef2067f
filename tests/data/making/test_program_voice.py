"""Programs as voices; a small one that hums stands in for theirs."""

import shlex
import sys
from pathlib import Path

import numpy as np
import pytest

from asha.core.audio import samples_of
from asha.core.errors import BadInput, ProviderRefused, ProviderUnfit
from asha.core.language import language
from asha.data.making.program_voice import ProgramVoice

HUMS = """
import os, sys, wave
text = sys.argv[2] if len(sys.argv) > 2 else sys.stdin.read()
if text == "no": sys.exit("I do not say no")
if text == "crash": os.abort()
with wave.open(sys.argv[1], "wb") as file:
    file.setparams((1, 2, 8000, 0, "NONE", ""))
    file.writeframes(b"\\x00\\x20\\x00\\xe0" * 400 * len(text))
"""


@pytest.fixture
def hums(tmp_path: Path) -> str:
    program = tmp_path / "hums.py"
    program.write_text(HUMS)
    return f"{shlex.quote(sys.executable)} {program} {{out}}"


async def said(command: str, phrase: str) -> np.ndarray:
    pieces = [it async for it in ProgramVoice(command).speak(phrase, language=language("en-IN"))]
    assert {it.rate_hz for it in pieces} == {16_000}
    return samples_of(b"".join(it.pcm for it in pieces))


async def test_words_come_on_standard_input_or_where_they_are_wanted(hums: str) -> None:
    assert len(await said(hums, "hello")) == len(await said(f"{hums} {{text}}", "hello")) == 8_000
    assert np.abs(await said(hums, "; rm x")).max() > 0.1


async def test_a_crash_on_one_phrase_is_no_refusal_of_all(hums: str) -> None:
    with pytest.raises(ProviderUnfit, match="crashed"):
        await said(hums, "crash")


async def test_what_goes_wrong_is_told(hums: str) -> None:
    with pytest.raises(ProviderRefused, match="I do not say no"):
        await said(hums, "no")
    with pytest.raises(ProviderRefused, match="no such program"):
        await said("/nowhere/speaks {out}", "hello")
    with pytest.raises(ProviderRefused, match="wrote no sound"):
        await said("true {out}", "hello")
    with pytest.raises(BadInput, match=r"names no program that writes to \{out\}"):
        ProgramVoice("text2wave")
