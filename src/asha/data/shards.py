"""Shards: some hundred clips with their words, made once, as features, in files.

Words, voices and disturbances follow from the seed and the shard's number (eSpeak's breath does
not, so a file once made is kept): a run that is resumed sees what it would have seen.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.data.disturbance import disturb, no_speech
from asha.data.synthesis import TRAINED_VARIANTS, Synthesiser, any_speaker
from asha.speech.mel import log_mel

NOISE_SAYS = "((noise))"


@dataclass(frozen=True, slots=True)
class Utterance:
    """What is said and what Nano shall make of it.

    `spoken` is what the synthesiser reads and the CTC head spells; `text` is the same as typed in
    the track's own way (they differ in Hinglish); `target` is what the language model answers when
    the session's reply language is `reply` (a tag, or "auto").
    """

    tag: str
    spoken: str
    text: str
    reply: str = "auto"
    target: str = ""


@dataclass(frozen=True, slots=True)
class Shard:
    """`mels[i]`, shape (frames, NUM_MELS), float16, belongs to `utterances[i]`."""

    mels: list[np.ndarray]
    utterances: list[Utterance]


# What a clip says, to be spoken; or the same with its sound, which somebody has spoken.
Source = Callable[[Random], Utterance | tuple[Utterance, Float32]]


def make_shard(
    number: int,
    source: Source,
    synthesiser: Synthesiser,
    *,
    seed: int,
    clips: int,
    max_seconds: float = 9.0,
) -> Shard:
    """Shard `number`: `clips` utterances of `source`, spoken by trained voices, disturbed."""
    chance = Random(f"{seed} {number}")
    mels: list[np.ndarray] = []
    utterances: list[Utterance] = []
    while len(mels) < clips:
        found = source(chance)
        if isinstance(found, Utterance):
            utterance, samples = found, _sound(found, synthesiser, chance)
        else:
            utterance, samples = found[0], disturb(found[1], chance)
        if len(samples) > max_seconds * HEARING_RATE_HZ:
            continue
        mels.append(log_mel(samples).astype(np.float16))
        utterances.append(utterance)
    return Shard(mels, utterances)


def save_shard(shard: Shard, path: Path) -> None:
    """Write it whole or not at all: a reader never sees half a shard."""
    rows = json.dumps([asdict(utterance) for utterance in shard.utterances], ensure_ascii=False)
    partial = path.with_suffix(f".{os.getpid()}")
    with partial.open("wb") as file:
        np.savez(
            file,
            frames=np.concatenate(shard.mels),
            lengths=np.array([len(mel) for mel in shard.mels]),
            rows=np.frombuffer(rows.encode(), dtype=np.uint8),
        )
    partial.rename(path)


def load_shard(path: Path) -> Shard:
    """What `save_shard` wrote."""
    with np.load(path) as file:
        ends = np.cumsum(file["lengths"])
        mels = np.split(file["frames"], ends[:-1])
        rows = json.loads(file["rows"].tobytes().decode())
    return Shard(mels, [Utterance(**row) for row in rows])


def _sound(utterance: Utterance, synthesiser: Synthesiser, chance: Random) -> Float32:
    if not utterance.spoken:
        return no_speech(chance)
    speaker = any_speaker(utterance.tag, TRAINED_VARIANTS, chance)
    return disturb(synthesiser.speak(utterance.spoken, speaker), chance)
