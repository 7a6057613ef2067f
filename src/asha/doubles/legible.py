"""Sound that can be read back: each character is a tone whose loudness spells its code point.

A test can so assert what a listener heard, letter by letter, across any number of voices.
"""

import numpy as np

RATE_HZ = 24_000
CHAR_SAMPLES = 1_440  # 60 ms a character: a brisk talker
QUIETEST = 4_096  # about -18 dBFS; code points of our scripts are added to it
HALF_WAVE = 24  # samples: a square wave of 500 Hz


def spelled(text: str, *, rate_hz: int = RATE_HZ) -> bytes:
    """`text` as s16 sound, 60 ms a character."""
    num_samples = CHAR_SAMPLES * rate_hz // RATE_HZ
    wave = np.where(np.arange(num_samples) // HALF_WAVE % 2, -1, 1)
    letters = [(wave * (QUIETEST + ord(letter))).astype("<i2") for letter in text]
    return b"".join(letter.tobytes() for letter in letters)


def heard(pcm: bytes, *, rate_hz: int = RATE_HZ) -> str:
    """What was spelled; a letter of which less than half was heard is not counted."""
    loud = np.abs(np.frombuffer(pcm[: len(pcm) // 2 * 2], "<i2").astype(np.int32))
    edges = np.flatnonzero(np.diff(loud)) + 1
    text = ""
    for run in np.split(loud, edges):
        if len(run) and run[0] > QUIETEST:
            count = round(len(run) / (CHAR_SAMPLES * rate_hz // RATE_HZ))
            text += chr(int(run[0]) - QUIETEST) * count
    return text
