"""Steps that need nobody: cutting, dropping what is there twice, disturbing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from asha.core.audio import Clip, Float32
from asha.data.effects import with_effects
from asha.data.making.cache import digest_of
from asha.data.making.item import Bench, Item
from asha.data.making.recipe import Cut, Deduplicate, Disturb
from asha.data.making.speaking import sound_of
from asha.speech.scoring import scored_text

FRAME_MS = 20  # of loudness, where a long recording is cut
RUN = 3  # letters
NUM_HASHES, BAND = 32, 2  # MinHash: alike from about 0.25 on is found, then measured
NUM_OTHERS = 32  # clips that babble is made of


def cut(item: Item, step: Cut) -> list[Item]:
    """The row in pieces of `min_s` to `max_s`, cut where it is quietest; short ones stay whole.

    What is left at the end and shorter than `min_s` belongs to the last piece.
    """
    sound = sound_of(item, "split")
    if sound.duration_s <= step.max_s:
        return [item]
    frame = FRAME_MS * sound.rate_hz // 1_000
    loudness = _loudness(sound.samples, frame)
    ends, start = [], 0
    least, most = (int(it * 1_000 / FRAME_MS) for it in (step.min_s, step.max_s))
    while len(loudness) - start > most:
        # The rest after this cut must be long enough to be a piece.
        last = min(start + most, len(loudness) - least)
        window = loudness[start + least : last]
        start += least + int(np.argmin(window))
        ends.append(start * frame)
    pieces = np.split(sound.samples, ends)
    return [
        replace(item, name=f"{item.name}-{number:03d}", text="", sound=Clip(it, sound.rate_hz))
        for number, it in enumerate(pieces, start=1)
    ]


@dataclass(slots=True)
class Seen:
    """What one deduplication has let through."""

    step: Deduplicate
    keys: dict[str, str] = field(default_factory=dict)  # -> the row's name
    bands: dict[tuple[int, bytes], list[frozenset[str]]] = field(default_factory=dict)
    names: dict[frozenset[str], str] = field(default_factory=dict)

    def before(self, item: Item) -> str | None:
        """The row that this one repeats, or None: then it is remembered."""
        if self.step.by == "sound":
            key = digest_of(sound_of(item, "compare"))
        else:
            key = f"{item.language} {scored_text(item.text)}"
        if key in self.keys:
            return self.keys[key]
        self.keys[key] = item.name
        if self.step.by == "text" and self.step.alike < 1:
            return self._alike(key, item.name)
        return None

    def _alike(self, key: str, name: str) -> str | None:
        runs = frozenset(key[at : at + RUN] for at in range(max(1, len(key) - RUN + 1)))
        bands = _bands(runs)
        for other in {it for band in bands for it in self.bands.get(band, ())}:
            if len(runs & other) / len(runs | other) >= self.step.alike:
                return self.names[other]
        self.names[runs] = name
        for band in bands:
            self.bands.setdefault(band, []).append(runs)
        return None


@dataclass(slots=True)
class Crowd:
    """The clips that came by last: babble is made of them."""

    clips: list[Float32] = field(default_factory=list)

    def join(self, items: Iterable[Item]) -> None:
        """Let these speak in the background of those that follow."""
        self.clips += [item.sound.samples for item in items if item.sound is not None]
        del self.clips[:-NUM_OTHERS]


def disturbed(
    item: Item, step: Disturb, number: int, bench: Bench, crowd: list[Float32]
) -> list[Item]:
    """The row disturbed, or with disturbed copies after it."""
    sound = sound_of(item, "disturb")
    others = [it for it in crowd if it is not sound.samples]
    copies: list[Item] = []
    for copy in range(1, max(1, step.copies) + 1):
        name = f"{item.name}-d{copy}" if step.copies else item.name
        chance = bench.chance(replace(item, name=name), number)
        samples = with_effects(sound.samples, step.effects, chance, others=others)
        clip = Clip(np.clip(samples, -1.0, 1.0).astype(np.float32), sound.rate_hz)
        copies.append(replace(item, name=name, sound=clip))
    return [item, *copies] if step.copies else copies


def _loudness(samples: Float32, frame: int) -> Float32:
    """Energy of each frame, smoothed over five (100 ms), so that a pause wins over a closure."""
    whole = samples[: len(samples) // frame * frame].reshape(-1, frame)
    energy = np.mean(np.square(whole), axis=1)
    return np.asarray(np.convolve(energy, np.ones(5) / 5, mode="same"), dtype=np.float32)


def _bands(runs: frozenset[str]) -> list[tuple[int, bytes]]:
    digests = [
        np.frombuffer(hashlib.blake2b(it.encode(), digest_size=2 * NUM_HASHES).digest(), "<u2")
        for it in runs
    ]
    least = np.min(digests, axis=0)
    return [(at, least[at : at + BAND].tobytes()) for at in range(0, NUM_HASHES, BAND)]
