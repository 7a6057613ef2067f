"""Sound files: bytes <-> clips. Reads what libsndfile reads (WAV, FLAC, OGG, MP3 ...)."""

import io
import wave

import numpy as np

from asha.core.audio import BYTES_PER_SAMPLE, HEARING_RATE_HZ, Clip, Float32
from asha.core.errors import BadSound

MAX_CLIP_S = 3_600.0  # an hour: 230 MB of float32 at 16 kHz
RATES_HZ = (4_000, 384_000)  # outside of this range a header is broken


def decode_clip(data: bytes, *, max_s: float = MAX_CLIP_S, what: str = "the sound") -> Clip:
    """Any sound file as a mono clip at 16 kHz; channels are averaged, any width is read.

    Raises:
        BadSound: not a sound file, empty, broken, or longer than `max_s`.
    """
    import soundfile

    if not data:
        raise BadSound(f"{what} is empty; give a WAV, FLAC, OGG or MP3 file.")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            rate_hz, num_frames = file.samplerate, file.frames
            if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
                raise BadSound(f"{what} claims a rate of {rate_hz} Hz; save it again at 16 kHz.")
            if num_frames / rate_hz > max_s:
                raise BadSound(f"{what} is longer than {max_s:.0f} s; cut it into shorter ones.")
            frames = file.read(frames=int(max_s * rate_hz) + 1, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as broken:
        raise BadSound(
            f"{what} is not a sound file that can be read; give a WAV, FLAC, OGG or MP3 file."
        ) from broken
    if not len(frames):
        raise BadSound(f"{what} holds no sound; record it again.")
    mono = np.nan_to_num(frames.mean(axis=1), posinf=1.0, neginf=-1.0).astype(np.float32)
    return resampled(Clip(np.clip(mono, -1.0, 1.0), rate_hz), rate_hz=HEARING_RATE_HZ)


def resampled(clip: Clip, *, rate_hz: int) -> Clip:
    """`clip` at another rate, by soxr's high-quality filter."""
    if clip.rate_hz == rate_hz:
        return clip
    import soxr

    samples: Float32 = soxr.resample(clip.samples, clip.rate_hz, rate_hz)
    return Clip(samples.astype(np.float32), rate_hz)


def encode_wav(pcm: bytes, *, rate_hz: int) -> bytes:
    """s16 mono sound as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(BYTES_PER_SAMPLE)
        file.setframerate(rate_hz)
        file.writeframes(pcm)
    return out.getvalue()
