"""Training samples: labels, twins in text, and batches, token for token as the original's."""

from typing import Any, get_args

import numpy as np
import pytest
import torch

from asha.model.batch import pad_samples
from asha.model.samples import Learn, training_sample

from .conftest import noise

# The two samples of the reference's training batch: prompt, answer, length, transcript.
SAMPLES = (
    (
        "Continue the following text using less than 50 words:\n\n<|audio|>",
        "over the lazy dog today.",
        130,
        "the quick brown fox jumps",
    ),
    (
        "Repeat the following text, without any explanation: <|audio|>",
        "मेरा नाम आशा है।",
        210,
        "मेरा नाम आशा है।",
    ),
)


def samples(processor: Any, learn: Learn) -> list[dict[str, torch.Tensor]]:
    return [
        training_sample(
            processor,
            [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}],
            [noise(num_mel_frames * 160)],
            learn=learn,
            transcripts=[transcript],
        )
        for asked, answer, num_mel_frames, transcript in SAMPLES
    ]


@pytest.mark.parametrize("learn", ["last_assistant", "after_audio"])
def test_labels_and_twins_are_those_of_the_original(
    processor: Any, vectors: Any, learn: Learn
) -> None:
    for index, sample in enumerate(samples(processor, learn)):
        for name in ("input_ids", "labels", "alt_input_ids", "alt_labels"):
            assert np.array_equal(sample[name][0], vectors[f"train/{learn}/s{index}/{name}"]), name


@pytest.mark.parametrize("learn", ["last_assistant", "after_audio"])
def test_a_training_batch_is_that_of_the_original(
    processor: Any, vectors: Any, learn: Learn
) -> None:
    prefix = f"train/{learn}/batch/"
    wanted = {
        name.removeprefix(prefix): it for name, it in vectors.items() if name.startswith(prefix)
    }
    made = pad_samples(samples(processor, learn), pad_token_id=508, side="right")
    assert set(made) == set(wanted)
    for name in set(wanted) - {"audio_values"}:
        assert np.array_equal(made[name], wanted[name]), name
        assert made[name].numpy().dtype == wanted[name].dtype, name
    assert made["audio_values"].shape == wanted["audio_values"].shape


def test_everything_can_be_learnt_without_a_twin(processor: Any) -> None:
    chat = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    sample = training_sample(processor, chat, [], learn="all")
    assert sample["labels"].tolist() == sample["input_ids"].tolist()
    with pytest.raises(ValueError, match="do not learn"):
        training_sample(processor, chat, [], learn="all", transcripts=[])
    assert get_args(Learn) == ("last_assistant", "after_audio", "all")


def test_a_sample_without_an_answer_or_a_transcript_is_refused(processor: Any) -> None:
    asked = {"role": "user", "content": "<|audio|>"}
    with pytest.raises(ValueError, match="ends in the assistant's answer"):
        training_sample(processor, [asked], [noise(3_200)])
    with pytest.raises(ValueError, match="0 transcripts for 1 clips"):
        training_sample(
            processor,
            [asked, {"role": "assistant", "content": "yes"}],
            [noise(3_200)],
            transcripts=[],
        )
