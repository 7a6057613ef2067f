"""Sound in a request: its declared type decides how it is read."""

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Clip, samples_of
from asha.core.errors import BadInput, BadSound, TooLarge
from asha.speech.sound_file import decode_clip, resampled

RATES_HZ = (8_000, 96_000)


def rate_of(content_type: str | None) -> int:
    """The rate of `audio/pcm;rate=16000`.

    Raises:
        BadInput: another type, no rate, or one that cannot be used.
    """
    kind, _, parameters = (content_type or "").partition(";")
    if kind.strip().lower() != "audio/pcm":
        raise BadInput(
            f"Content-Type is {kind or 'missing'!r}; send audio/pcm;rate=16000 (s16, mono).",
            param="content-type",
        )
    for parameter in parameters.split(";"):
        name, _, value = parameter.strip().partition("=")
        if name.lower() == "rate" and value.strip('"').isdigit():
            rate_hz = int(value.strip('"'))
            if RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
                return rate_hz
            raise BadInput(f"A rate of {rate_hz} Hz cannot be used; send 16000.", param="rate")
    raise BadInput("The rate is missing; say audio/pcm;rate=16000.", param="rate")


def clip_of(body: bytes, content_type: str | None, *, max_s: float) -> Clip:
    """A whole recording at 16 kHz: raw samples by their declared rate, else any sound file.

    Raises:
        BadInput: no sound, an odd number of bytes, too long, a type that is not sound.
    """
    kind = (content_type or "").partition(";")[0].strip().lower()
    if not body:
        raise BadSound("The body is empty; send some sound.", param="body")
    if kind == "audio/pcm":
        rate_hz = rate_of(content_type)
        if len(body) % 2:
            raise BadSound("An odd number of bytes; send s16 samples.", param="body")
        if len(body) / 2 / rate_hz > max_s:
            raise TooLarge(f"A turn has at most {max_s:.0f} s of sound.", param="body")
        return resampled(Clip(samples_of(body), rate_hz), rate_hz=HEARING_RATE_HZ)
    if kind.startswith("audio/") or kind == "application/octet-stream":
        clip = decode_clip(body, max_s=max_s, what="The body")
        return Clip(np.ascontiguousarray(clip.samples), clip.rate_hz)
    raise BadInput(
        f"Content-Type is {kind or 'missing'!r}; send audio/wav, audio/pcm;rate=16000 or JSON.",
        param="content-type",
    )
