"""Sound through a speech codec and back, in this process (PyAV)."""

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Clip, Float32
from asha.core.errors import BadInput
from asha.speech.sound_file import resampled


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec by PyAV's names, the rate it works at, and the bit rates to choose from."""

    encoder: str
    decoder: str
    rate_hz: int
    bits_per_s: tuple[int, ...]
    format: str = "s16"


CODECS = {
    # Mobile telephones of the second generation: its eight modes (3GPP TS 26.071).
    "amr_nb": Codec(
        *("libopencore_amrnb", "amrnb", 8_000),
        (4_750, 5_150, 5_900, 6_700, 7_400, 7_950, 10_200, 12_200),
    ),
    # Of the third: its modes (3GPP TS 26.171). Few builds of FFmpeg can encode it.
    "amr_wb": Codec(
        *("libvo_amrwbenc", "amrwb", 16_000),
        (6_600, 8_850, 12_650, 14_250, 15_850, 18_250, 19_850, 23_050, 23_850),
    ),
    "opus": Codec("libopus", "libopus", 48_000, (8_000, 12_000, 16_000, 24_000)),
    "g722": Codec("g722", "g722", 16_000, (64_000,)),
}


def through_codec(samples: Float32, name: str, chance: Random) -> Float32:
    """16 kHz samples after one of a codec's bit rates; as long as before.

    Raises:
        BadInput: no such codec, or this build of FFmpeg cannot encode it.
    """
    codec = CODECS.get(name)
    if codec is None:
        raise BadInput(f"There is no codec {name!r}; there are {', '.join(CODECS)}.")
    bits_per_s = chance.choice(codec.bits_per_s)
    inside = resampled(Clip(samples), rate_hz=codec.rate_hz)
    decoded = _round_trip(inside, name, codec, bits_per_s)
    heard = resampled(Clip(decoded, codec.rate_hz), rate_hz=HEARING_RATE_HZ).samples
    fitted = np.zeros(len(samples), dtype=np.float32)
    fitted[: len(heard)] = heard[: len(samples)]
    return fitted


def _round_trip(clip: Clip, name: str, codec: Codec, bits_per_s: int) -> Float32:
    import av

    try:
        encoder = _opened(av.CodecContext.create(codec.encoder, "w"), codec)
        decoder = _opened(av.CodecContext.create(codec.decoder, "r"), codec)
    except (av.FFmpegError, ValueError) as missing:
        others = ", ".join(it for it in CODECS if it != name)
        raise BadInput(
            f"This build of PyAV cannot encode {name}; take it out of the recipe, or use {others}."
        ) from missing
    encoder.bit_rate = bits_per_s
    encoder.open()
    size = encoder.frame_size or codec.rate_hz // 50
    whole = np.pad(clip.samples, (0, -len(clip.samples) % size))
    steps = (np.clip(whole, -1.0, 1.0) * 32_767).astype(np.int16)
    packets: list[Any] = []
    for start in range(0, len(steps), size):
        frame = av.AudioFrame.from_ndarray(
            steps[None, start : start + size], format="s16", layout="mono"
        )
        frame.sample_rate, frame.pts = codec.rate_hz, start
        frame.time_base = Fraction(1, codec.rate_hz)
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    frames = [frame for packet in packets for frame in decoder.decode(packet)]
    pieces = [_as_float(frame.to_ndarray()) for frame in frames]
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)


def _opened(context: Any, codec: Codec) -> Any:
    context.sample_rate, context.layout = codec.rate_hz, "mono"
    context.format = codec.format
    return context


def _as_float(frame: np.ndarray) -> Float32:
    flat = frame.reshape(-1)
    scale = 32_768.0 if flat.dtype == np.int16 else 1.0
    return (flat / scale).astype(np.float32)
