"""Losses against those of the original."""

from typing import Any

import pytest
import torch

from asha.model.losses import cross_entropy, distillation, distillation_loss, last_of_row

MASKS = ("last_assistant", "after_audio")


def batch_of(vectors: Any, mask: str, *, as_original: bool) -> dict[str, torch.Tensor]:
    prefix = f"train/{mask}/batch/"
    batch = {
        name.removeprefix(prefix): torch.from_numpy(it)
        for name, it in vectors.items()
        if name.startswith(prefix)
    }
    if as_original:  # whose shorter row reads past its end, up to the longest of the batch
        batch["audio_extents"] = torch.full((2,), batch["audio_values"].shape[2])
    return batch


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("loss", ["ce", "kl", "kl0", "kl_t1"])
def test_losses_and_gradients_are_those_of_the_original(
    reference: Any, vectors: Any, mask: str, loss: str
) -> None:
    batch = batch_of(vectors, mask, as_original=True)
    options = {"kl": {}, "kl0": {"end_weight": 0.0}, "kl_t1": {"temperature": 1.0}}
    reference.zero_grad()
    value = (
        reference(**batch).loss
        if loss == "ce"
        else distillation_loss(reference, batch, **options[loss])
    )
    value.backward()
    gradient = reference.multi_modal_projector.linear_1.weight.grad.norm()
    reference.zero_grad()
    assert value.item() == pytest.approx(float(vectors[f"train/{mask}/loss_{loss}"]), rel=5e-6)
    assert gradient.item() == pytest.approx(
        float(vectors[f"train/{mask}/gradnorm_linear1_{loss}"]), rel=1e-5
    )


@torch.no_grad()
@pytest.mark.parametrize("mask", MASKS)
def test_cross_entropy_is_the_language_models_own(reference: Any, vectors: Any, mask: str) -> None:
    batch = batch_of(vectors, mask, as_original=False)
    output = reference(**batch)
    assert cross_entropy(output.logits, batch["labels"]).item() == pytest.approx(
        output.loss.item(), rel=1e-6
    )


def test_the_end_of_a_row_counts_twice() -> None:
    labels = torch.tensor([[-100, -100, 1, 2], [-100, 3, -100, -100]])
    logits = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(0))
    taught = torch.randn(2, 4, 5, generator=torch.Generator().manual_seed(1))

    def kl(row: int, place: int) -> torch.Tensor:
        p, q = ((it[row, place] / 2).softmax(-1) for it in (taught, logits))
        return (p * (p / q).log()).sum()

    everywhere = (kl(0, 1) + kl(0, 2) + kl(1, 0)) / 3
    at_the_end = (kl(0, 2) + kl(1, 0)) / 2
    made = distillation((logits, labels), (taught, labels))
    assert made.item() == pytest.approx((everywhere + at_the_end).item(), rel=1e-5)


def test_a_row_without_labels_has_no_end() -> None:
    mask = torch.tensor([[True, False, True, False], [False] * 4])
    assert last_of_row(mask).tolist() == [[False, False, True, False], [False] * 4]


def test_different_numbers_of_labels_are_refused() -> None:
    logits = torch.zeros(1, 3, 5)
    with pytest.raises(ValueError, match="different numbers of labels"):
        distillation(
            (logits, torch.tensor([[-100, 1, 2]])), (logits, torch.tensor([[-100, -100, 2]]))
        )
