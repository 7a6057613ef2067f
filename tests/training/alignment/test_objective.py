"""A step's loss: the original's, however the step is cut."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from asha.model import AudioLLM
from asha.model.batch import ALTERNATIVE, SOUND_FIELDS
from asha.training.alignment.objective import Task, num_tokens, step_gradient
from asha.training.alignment.ranks import Ranks
from asha.training.alignment.recipe import Learn

from .conftest import CHECKPOINT, VECTORS

ALONE = Ranks(0, 1, torch.device("cpu"))


@pytest.fixture(scope="module")
def model() -> AudioLLM:
    return AudioLLM.from_pretrained(CHECKPOINT).train()


def reference_batch(labels: str, *, as_original: bool) -> dict[str, torch.Tensor]:
    prefix = f"train/{labels}/batch/"
    with np.load(VECTORS / "vectors.npz") as vectors:
        batch = {
            name.removeprefix(prefix): torch.from_numpy(it)
            for name, it in vectors.items()
            if name.startswith(prefix)
        }
    if as_original:  # whose shorter row reads past its end, up to the longest of the batch
        batch["audio_extents"] = torch.full((2,), batch["audio_values"].shape[2])
    return batch


def rows_of(batch: dict[str, torch.Tensor]) -> list[dict[str, torch.Tensor]]:
    """A batch of two as two batches of one, still padded; each has one window of sound."""
    names = {*SOUND_FIELDS, "audio_extents"} | {n for n in batch if n.startswith(ALTERNATIVE)}
    names |= {"input_ids", "attention_mask", "labels"}
    return [{n: batch[n][row : row + 1] for n in names if n in batch} for row in range(2)]


def gradient(model: AudioLLM) -> torch.Tensor:
    weight = model.multi_modal_projector.linear_1.weight
    assert weight.grad is not None
    found = weight.grad.clone()
    model.zero_grad()
    return found


@pytest.mark.parametrize("labels", ["last_assistant", "after_audio"])
@pytest.mark.parametrize(
    ("name", "learn"),
    [
        ("kl", {}),
        ("kl0", {"end_weight": 0.0}),
        ("kl_t1", {"temperature": 1.0}),
        ("ce", {"loss": "ce"}),
    ],
)
def test_a_step_has_the_originals_loss_and_gradient(
    model: AudioLLM, labels: str, name: str, learn: dict[str, Any]
) -> None:
    task = Task(model, Learn(**learn, labels=labels), is_mixed=False)
    loss = step_gradient(task, [reference_batch(labels, as_original=True)], ALONE)
    with np.load(VECTORS / "vectors.npz") as vectors:
        wanted = float(vectors[f"train/{labels}/loss_{name}"])
        norm = float(vectors[f"train/{labels}/gradnorm_linear1_{name}"])
    assert loss == pytest.approx(wanted, rel=5e-6)
    assert float(gradient(model).norm()) == pytest.approx(norm, rel=1e-5)


def test_a_step_cut_into_batches_is_the_same_step(model: AudioLLM) -> None:
    task = Task(model, Learn(), is_mixed=False)
    batch = reference_batch("last_assistant", as_original=False)
    whole = step_gradient(task, [batch], ALONE), gradient(model)
    cut = step_gradient(task, rows_of(batch), ALONE), gradient(model)
    assert cut[0] == pytest.approx(whole[0], rel=1e-5)
    assert torch.allclose(cut[1], whole[1], rtol=1e-4, atol=1e-7)


def test_forgetting_activations_changes_no_gradient(model: AudioLLM) -> None:
    task = Task(model, Learn(), is_mixed=False)
    batch = reference_batch("last_assistant", as_original=False)
    step_gradient(task, [batch], ALONE)
    kept = gradient(model)
    model.language_model.activation_checkpointing_enable({"use_reentrant": False})
    model.audio_tower.forgets = True
    try:
        step_gradient(task, [batch], ALONE)
    finally:
        model.language_model.activation_checkpointing_disable()
        model.audio_tower.forgets = False
    assert torch.allclose(gradient(model), kept, rtol=1e-5, atol=1e-8)


def test_mixed_precision_stays_near(model: AudioLLM) -> None:
    batch = reference_batch("last_assistant", as_original=False)
    exact = step_gradient(Task(model, Learn(), is_mixed=False), [batch], ALONE)
    mixed = step_gradient(Task(model, Learn(), is_mixed=True), [batch], ALONE)
    model.zero_grad()
    assert mixed == pytest.approx(exact, rel=0.05)
    assert mixed != exact


def test_tokens_are_counted_without_padding() -> None:
    batch = reference_batch("last_assistant", as_original=False)
    wanted = int(batch["attention_mask"].sum() + batch["alt_attention_mask"].sum())
    assert num_tokens([batch]) == wanted < 2 * batch["input_ids"].numel() * 2
    assert Path(VECTORS).is_dir()
