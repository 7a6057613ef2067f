"""From a row to the fields of the original's samples, and what rows cannot be learnt from."""

from random import Random
from typing import Any

import numpy as np
import pytest
from corpora import ListedRows

from asha.core.audio import Clip
from asha.data.problem import Problem
from asha.data.prompts import Prompts
from asha.data.sample import Sample
from asha.model.batch import IGNORED_LABEL
from asha.model.processor import AudioProcessor
from asha.training.alignment.examples import Examples
from asha.training.alignment.recipe import Learn, SetTable
from asha.training.alignment.sets import OpenSet

from .conftest import CHECKPOINT, VECTORS

CHANCE = Random(0)
CONTINUE = "Continue the following text using less than 50 words:\n\n{sound}"
REPEAT = "Repeat the following text, without any explanation: {sound}"


@pytest.fixture(scope="module")
def processor() -> AudioProcessor:
    return AudioProcessor.from_pretrained(CHECKPOINT)


def noise(num_samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.1, num_samples).astype(np.float32)


def row(text: str, num_mel_frames: int) -> Sample:
    return Sample("clip", Clip(noise(num_mel_frames * 160)), text, "hi")


def source(task: str, *, answers: dict[str, str] | None = None, **fields: Any) -> OpenSet:
    table = SetTable(folder="rec", language="hi", task=task, **fields)
    return OpenSet(table, ListedRows([]), answers or {})


def examples(processor: AudioProcessor, **learn: Any) -> Examples:
    own = {"transcribe": (REPEAT,), "continue": (CONTINUE,)}
    return Examples(processor, Learn(**learn), Prompts(own, is_aware=False))


@pytest.mark.parametrize("labels", ["last_assistant", "after_audio"])
def test_rows_become_the_originals_samples_token_for_token(
    processor: AudioProcessor, labels: str
) -> None:
    made = examples(processor, labels=labels)
    rows = [
        made.of(
            row("the quick brown fox jumps", 130),
            source("continue", answers={"clip": "over the lazy dog today."}),
            CHANCE,
        ),
        made.of(row("मेरा नाम आशा है।", 210), source("transcribe"), CHANCE),
    ]
    with np.load(VECTORS / "vectors.npz") as vectors:
        for index, fields in enumerate(rows):
            assert not isinstance(fields, Problem)
            for name in ("input_ids", "labels", "alt_input_ids", "alt_labels"):
                wanted = vectors[f"train/{labels}/s{index}/{name}"]
                assert np.array_equal(fields[name][0], wanted), name


def test_a_sound_without_words_is_answered_noise_and_the_teacher_reads_why(
    processor: AudioProcessor,
) -> None:
    fields = examples(processor).of(row("", 60), source("noise"), CHANCE)
    assert not isinstance(fields, Problem)
    labels = fields["labels"][0]
    assert "((noise))" in processor.decode(labels[labels != IGNORED_LABEL])
    assert "no words that can be understood" in processor.decode(fields["alt_input_ids"][0])


def test_a_long_answer_is_cut_alike_for_student_and_teacher(processor: AudioProcessor) -> None:
    said = " ".join(["bahut lambi baat"] * 20)
    fields = examples(processor, max_answer_tokens=7).of(
        row(said, 100), source("transcribe"), CHANCE
    )
    assert not isinstance(fields, Problem)
    for prefix in ("", "alt_"):
        assert int((fields[f"{prefix}labels"] != IGNORED_LABEL).sum()) == 7
        assert fields[f"{prefix}labels"].shape == fields[f"{prefix}input_ids"].shape


def test_without_sound_the_words_stand_in_its_place(processor: AudioProcessor) -> None:
    made = examples(processor, text_only=True, loss="ce", text_lora={"rank": 2})
    fields = made.of(row("namaste dost", 100), source("transcribe"), CHANCE)
    assert not isinstance(fields, Problem)
    assert "audio_values" not in fields and "alt_labels" not in fields
    assert "namaste dost" in processor.decode(fields["input_ids"][0])


def test_rows_that_cannot_be_learnt_from_say_why(processor: AudioProcessor) -> None:
    made = examples(processor)
    unanswered = made.of(row("namaste", 100), source("continue"), CHANCE)
    long = made.of(row("namaste", 500), source("transcribe", max_s=2.0), CHANCE)
    assert isinstance(unanswered, Problem) and isinstance(long, Problem)
    assert unanswered.why == "no answer to continue for it"
    assert long.why == "5.0 s, more than 2 s"
