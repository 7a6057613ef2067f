"""Batches of clips."""

from random import Random

import numpy as np

from asha.data.shards import Shard, Utterance
from asha.speech.mel import NUM_MELS
from asha.training.batches import answered, batches


def test_recordings_have_no_answer_and_stay_out_of_the_last_stage() -> None:
    shard = Shard(
        [np.ones((20, NUM_MELS), np.float16)] * 3,
        [
            Utterance("hi", "क", "क", "hi", "हाँ"),
            Utterance("hi", "ख", "ख"),
            Utterance("hi", "ग", "ग", "hi", "जी"),
        ],
    )
    (batch,) = batches(shard, 900, Random(1), mask=False)
    kept = answered(batch)
    assert {it.spoken for it in kept.utterances} == {"क", "ग"}
    assert kept.mel_BMT.shape == (2, NUM_MELS, 20)
    assert answered(kept) is kept
