"""Where speech goes on this machine: a loudspeaker where there is one, else a WAV file."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from asha.core.audio import Chunk
from asha.core.errors import BadInput
from asha.speech.sound_file import encode_wav

# Players that come with systems: macOS, PipeWire, PulseAudio, ALSA.
PLAYERS = ("afplay", "pw-play", "paplay", "aplay")


def player() -> str | None:
    """A program that plays WAV files, where there is also a device to play on."""
    has_device = sys.platform == "darwin" or any(
        Path(place).exists()
        for place in ("/dev/snd/timer", f"/run/user/{os.getuid()}/pulse/native")
    )
    found = (name for name in PLAYERS if shutil.which(name))
    return next(found, None) if has_device else None


def play(speech: Chunk) -> bool:
    """Play it and wait; False where this machine cannot."""
    program = player()
    if program is None:
        return False
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        file.write(encode_wav(speech.pcm, rate_hz=speech.rate_hz))
        file.flush()
        return subprocess.run([program, file.name], capture_output=True).returncode == 0


def write_wav(path: Path, speech: Chunk) -> None:
    """Write a WAV file whole or not at all.

    Raises:
        BadInput: the folder cannot be written to.
    """
    part = path.with_name(path.name + ".part")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path} is not a file that can be written; choose another.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(encode_wav(speech.pcm, rate_hz=speech.rate_hz))
        part.replace(path)
    except OSError as refused:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise BadInput(
            f"{path} cannot be written ({refused.strerror}); choose another."
        ) from refused
