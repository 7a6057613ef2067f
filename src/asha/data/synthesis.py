"""Speech made by eSpeak NG for training: voices, variants and the worker process that speaks."""

import json
import subprocess
import sys
from dataclasses import dataclass
from random import Random

import numpy as np
import soxr

from asha.core.audio import HEARING_RATE_HZ, Float32, samples_of
from asha.core.errors import ProviderRefused, ProviderSilent
from asha.speech.espeak_worker import END, ERROR, FRAME

# The track's own voices. Indian English has none in eSpeak NG; these are its neighbours.
VOICES: dict[str, tuple[str, ...]] = {
    "hi": ("hi",),
    "hi-Latn": ("hi",),  # says Latin words as English
    "en-IN": ("en-us", "en", "en-gb-x-rp", "en-029", "en-gb-scotland"),
    "gu": ("gu",),
    "ta": ("ta",),
    "te": ("te",),
    "mr": ("mr",),
}
# Variants are other throats of the same voice. Never trained on, scored apart:
HELD_OUT_KLATT = ("klatt2", "klatt4", "klatt6", "david")  # Klatt's synthesiser instead of eSpeak's
HELD_OUT_VARIANTS = ("f3", "m4", "belinda", "iven3", "Henrique", "Mike", "linda", "sandro")
TRAINED_VARIANTS = (
    *("", "Alex", "Alicia", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene", "Gene2", "Hugo"),
    *("Jacky", "Lee", "Marco", "Mario", "Michael", "Nguyen", "Reed", "RicishayMax", "RicishayMax2"),
    *("RicishayMax3", "adam", "anika", "announcer", "antonio", "aunty", "benjamin", "boris"),
    *("caleb", "ed", "edward", "edward2", "f1", "f2", "f4", "f5", "grandma", "grandpa", "gustave"),
    *("ian", "iven", "iven2", "iven4", "john", "klatt", "klatt3", "klatt5", "m1", "m2", "m3", "m5"),
    *("m6", "m7", "m8", "marcelo", "max", "michel", "miguel", "mike2", "norbert", "pablo", "paul"),
    *("pedro", "quincy", "rob", "robert", "shelby", "steph", "steph2", "steph3", "travis"),
    *("victor", "zac"),
)
RATE_WPM = (140, 245)
PITCH = (20, 80)
QUIETEST = 0.02  # samples below this at either end are the synthesiser's silence


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks: an eSpeak voice with its variant ("hi+f2"), words a minute, pitch 0..99."""

    voice: str
    rate_wpm: int
    pitch: int


def any_speaker(tag: str, variants: tuple[str, ...], chance: Random) -> Speaker:
    """A speaker of the track, with one of `variants`."""
    variant = chance.choice(variants)
    voice = chance.choice(VOICES[tag])
    return Speaker(
        voice=f"{voice}+{variant}" if variant else voice,
        rate_wpm=chance.randint(*RATE_WPM),
        pitch=chance.randint(*PITCH),
    )


class Synthesiser:
    """One worker process of eSpeak NG (GPL, global state), asked one text at a time."""

    def __init__(self) -> None:
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "asha.speech.espeak_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._next_id = 1
        _, ready = self._frame()
        self._rate_hz = int(ready)

    def speak(self, text: str, speaker: Speaker) -> Float32:
        """`text` at 16 kHz, without the silence around it, peak as eSpeak gives it.

        Raises:
            ProviderRefused: there is no such voice (eSpeak would silently keep the last one).
            ProviderSilent: nothing in the text can be spoken.
        """
        request = {
            "id": self._next_id,
            "text": text,
            "voice": speaker.voice,
            "rate_wpm": speaker.rate_wpm,
            "pitch": speaker.pitch,
        }
        self._next_id += 1
        assert self._worker.stdin
        self._worker.stdin.write(json.dumps(request).encode() + b"\n")
        self._worker.stdin.flush()
        pieces = []
        while True:
            kind, body = self._frame()
            if kind == END:
                break
            if kind == ERROR:
                raise ProviderRefused("espeak", f"{body.decode()}.")
            pieces.append(body)
        samples = samples_of(b"".join(pieces))
        loud = np.flatnonzero(np.abs(samples) > QUIETEST)
        if not len(loud):
            raise ProviderSilent("espeak", f"there is nothing to speak in {text!r}.")
        trimmed = samples[loud[0] : loud[-1] + 1]
        return np.asarray(soxr.resample(trimmed, self._rate_hz, HEARING_RATE_HZ, quality="MQ"))

    def close(self) -> None:
        """End the worker."""
        for pipe in (self._worker.stdin, self._worker.stdout):
            if pipe:
                pipe.close()
        self._worker.wait()

    def _frame(self) -> tuple[int, bytes]:
        assert self._worker.stdout
        head = self._worker.stdout.read(FRAME.size)
        if len(head) < FRAME.size:
            raise ProviderRefused("espeak", "the voice's process died; run `asha doctor`.")
        _, kind, size = FRAME.unpack(head)
        return kind, self._worker.stdout.read(size)
