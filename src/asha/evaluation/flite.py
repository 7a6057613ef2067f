"""English by another synthesiser than the one Nano grew up with: flite's four recorded voices.

flite (CMU, BSD-like licence) is a program beside us, never a dependency: `apt install flite`.
"""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from asha.core.audio import Clip
from asha.core.errors import BadInput
from asha.data.sample import read_clip
from asha.evaluation.nano import SILENCE, Row

VOICES = ("awb", "kal16", "rms", "slt")  # of flite 2.2, all at 16 kHz


def flite_clips(rows: Sequence[Row]) -> list[Clip]:
    """Each row spoken once at 16 kHz, the voices in turn.

    Raises:
        BadInput: there is no flite on this machine, or it fails; says what to do.
    """
    program = shutil.which("flite")
    if program is None:
        raise BadInput("There is no flite here; install it (apt install flite) or leave --flite.")
    with TemporaryDirectory() as folder:
        return [
            _spoken(program, row.text, VOICES[number % len(VOICES)], Path(folder))
            for number, row in enumerate(rows)
        ]


def _spoken(program: str, text: str, voice: str, folder: Path) -> Clip:
    path = folder / "said.wav"
    done = subprocess.run(
        [program, "-voice", voice, "-t", text, "-o", str(path)], capture_output=True, check=False
    )
    if done.returncode or not path.is_file():
        raise BadInput(f"flite does not speak: {done.stderr.decode('utf-8', 'replace').strip()}")
    return Clip(np.pad(read_clip(path).samples, SILENCE))
