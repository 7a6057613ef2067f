"""What is left to do when the user stops speaking: Nano hearing along, and hearing all at the end.

    python benches/hearing_along.py [--slice-ms 100]

CPU time of the engine from the last sample to the first piece of the answer (transcript, then text
or a call), in this process, so the machine's load matters little. 56 requests, seven tracks.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence

import numpy as np
from clips import LEAD_MS, RATE_HZ, Spoken, known_tags, spoken_clips
from figures import machine

from asha.core.audio import Float32, samples_of
from asha.engine.exported import Weights, load_weights, shipped
from asha.engine.pieces import Transcript
from asha.engine.utterance import Utterance
from asha.providers.tts.espeak import EspeakTTS

PRE_ROLL_MS = 320  # what a turn has of the time before its onset


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--slice-ms", type=int, default=100)
    slice_size = parser.parse_args().slice_ms * RATE_HZ // 1_000
    folder = shipped()
    assert folder, "no weights in this installation"
    weights = load_weights(folder)
    clips = asyncio.run(_clips())
    print(f"{machine()}; CPU ms, n = {len(clips)}, slices of {slice_size * 1_000 // RATE_HZ} ms")
    _left_ms(weights, _heard(clips[0]), slice_size)  # warm
    seconds = [len(_heard(clip)) / RATE_HZ for clip in clips]
    print(f"  length p50 {np.median(seconds):.1f}, longest {max(seconds):.1f} s of sound")
    for name, size in (("all at the end", None), ("hearing along", slice_size)):
        _show(name, [_left_ms(weights, _heard(clip), size) for clip in clips])


def _heard(clip: Spoken) -> Float32:
    first = (LEAD_MS - PRE_ROLL_MS) * RATE_HZ // 1_000
    return samples_of(clip.pcm)[first : int(clip.speech_end_ms * RATE_HZ / 1_000)]


def _left_ms(weights: Weights, sound: Float32, slice_size: int | None) -> float:
    """CPU ms after the last sample; with a slice size all but the last slice was heard before."""
    utterance = Utterance(weights, "auto")
    heard = 0 if slice_size is None else (len(sound) - 1) // slice_size * slice_size
    for start in range(0, heard, slice_size or 1):
        utterance.push(sound[start : start + (slice_size or 0)])
    began = time.process_time()
    utterance.push(sound[heard:])
    for piece in utterance.answer():
        if piece is not None and not isinstance(piece, Transcript):
            break
    return (time.process_time() - began) * 1_000


def _show(name: str, times_ms: Sequence[float]) -> None:
    p50, p95 = np.percentile(times_ms, [50, 95])
    print(f"  {name:<16} p50 {p50:6.1f}, p95 {p95:6.1f} ms")


async def _clips() -> list[Spoken]:
    tts = EspeakTTS()
    clips = await spoken_clips(tts, tags=known_tags())
    await tts.close()
    return clips


if __name__ == "__main__":
    main()
