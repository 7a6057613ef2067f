"""Shards to batches: clips of like length together, shuffled, padded with zeros."""

from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from asha.data.shards import Shard, Utterance

TIME_MASKS, TIME_MASK_FRAMES = 2, 25  # stripes hidden from the ears: up to 250 ms
BAND_MASKS, BAND_MASK_MELS = 2, 12


@dataclass(frozen=True, slots=True)
class Batch:
    """`mel_BMT` padded with 0; `lens_B` true lengths in mel frames."""

    mel_BMT: Tensor
    lens_B: Tensor
    utterances: list[Utterance]


def batches(shard: Shard, batch_frames: int, chance: Random, *, mask: bool) -> list[Batch]:
    """All clips of a shard once, in batches of at most about `batch_frames` padded frames."""
    order = sorted(range(len(shard.mels)), key=lambda index: len(shard.mels[index]))
    groups: list[list[int]] = [[]]
    for index in order:
        if groups[-1] and (len(groups[-1]) + 1) * len(shard.mels[index]) > batch_frames:
            groups.append([])
        groups[-1].append(index)
    chance.shuffle(groups)
    return [_batch(shard, group, chance, mask=mask) for group in groups]


def answered(batch: Batch) -> Batch:
    """The clips that have an answer: recordings have none."""
    kept = [at for at, utterance in enumerate(batch.utterances) if utterance.target]
    if len(kept) == len(batch.utterances):
        return batch
    return Batch(batch.mel_BMT[kept], batch.lens_B[kept], [batch.utterances[at] for at in kept])


def _batch(shard: Shard, group: list[int], chance: Random, *, mask: bool) -> Batch:
    mels = [shard.mels[index].astype(np.float32) for index in group]
    longest = max(len(mel) for mel in mels)
    padded = np.zeros((len(mels), longest, mels[0].shape[1]), dtype=np.float32)
    for row, mel in enumerate(mels):
        padded[row, : len(mel)] = _masked(mel, chance) if mask else mel
    return Batch(
        mel_BMT=torch.from_numpy(padded).transpose(1, 2).contiguous(),
        lens_B=torch.tensor([len(mel) for mel in mels]),
        utterances=[shard.utterances[index] for index in group],
    )


def _masked(mel: np.ndarray, chance: Random) -> np.ndarray:
    """SpecAugment (Park et al., 2019) without warping: stripes set to the clip's mean."""
    mel, mean = mel.copy(), mel.mean()
    for _ in range(chance.randint(0, TIME_MASKS)):
        width = chance.randint(1, TIME_MASK_FRAMES)
        start = chance.randrange(len(mel))
        mel[start : start + width] = mean
    for _ in range(chance.randint(0, BAND_MASKS)):
        width = chance.randint(1, BAND_MASK_MELS)
        start = chance.randrange(mel.shape[1] - width)
        mel[:, start : start + width] = mean
    return mel
