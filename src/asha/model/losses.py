"""What training minimises: cross-entropy on the labels, or the distance to what the text says.

Legend: R rows, L tokens, N chosen positions, V vocabulary.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from asha.model import lora
from asha.model.batch import ALTERNATIVE, IGNORED_LABEL
from asha.model.model import AudioLLM

TEMPERATURE = 2.0  # of both distributions; the loss is not scaled back by its square
END_WEIGHT = 1.0  # of each row's last prediction, which is thereby counted twice


@dataclass(frozen=True, slots=True)
class LossSums:
    """A batch's loss before it is divided: so a step may be cut into batches, over processes too.

    `ends` counts the rows' last predictions alone; cross-entropy has none.
    """

    everywhere: Tensor  # summed over the labels
    at_ends: Tensor
    num_labels: int
    num_ends: int

    def mean(
        self,
        end_weight: float = END_WEIGHT,
        *,
        num_labels: int | None = None,
        num_ends: int | None = None,
    ) -> Tensor:
        """The loss, or this batch's share of one that has so many labels and ends in all."""
        loss = self.everywhere / (num_labels or self.num_labels)
        if end_weight and self.num_ends:
            loss = loss + end_weight * self.at_ends / (num_ends or self.num_ends)
        return loss


def cross_entropy(logits_RLV: Tensor, labels_RL: Tensor) -> Tensor:
    """Mean over all labels, each predicted by the position before it."""
    return cross_entropy_sums(logits_RLV, labels_RL).mean()


def cross_entropy_sums(logits_RLV: Tensor, labels_RL: Tensor) -> LossSums:
    """`cross_entropy` before it is divided."""
    chosen = predicts(labels_RL)
    summed = functional.cross_entropy(
        logits_RLV[chosen].float(), labels_RL[:, 1:][chosen[:, :-1]], reduction="sum"
    )
    return LossSums(summed, summed.new_zeros(()), int(chosen.sum()), 0)


def distillation(
    student: tuple[Tensor, Tensor],
    teacher: tuple[Tensor, Tensor],
    *,
    temperature: float = TEMPERATURE,
    end_weight: float = END_WEIGHT,
) -> Tensor:
    """KL divergence of the student from the teacher at the positions before the labels.

    Args:
        student: logits (R, L, V) and labels (R, L) of the prompts with sound.
        teacher: the same of the prompts with the transcript; as many labels in the same order.
        temperature: divides the logits of both.
        end_weight: of a second term, over the last such position of each row only.

    Raises:
        ValueError: the two do not have equally many labels.
    """
    return distillation_sums(student, teacher, temperature=temperature).mean(end_weight)


def distillation_sums(
    student: tuple[Tensor, Tensor],
    teacher: tuple[Tensor, Tensor],
    *,
    temperature: float = TEMPERATURE,
) -> LossSums:
    """`distillation` before it is divided."""
    student_logits, student_labels = student
    teacher_logits, teacher_labels = teacher
    mine, theirs = predicts(student_labels), predicts(teacher_labels)
    if int(mine.sum()) != int(theirs.sum()):
        raise ValueError("The prompts with sound and with text have different numbers of labels.")
    each_N = _divergence(student_logits[mine], teacher_logits[theirs], temperature)
    is_end_N = last_of_row(mine)[mine]
    return LossSums(each_N.sum(), each_N[is_end_N].sum(), len(each_N), int(is_end_N.sum()))


def distillation_loss(
    model: AudioLLM,
    batch: Mapping[str, Any],
    *,
    temperature: float = TEMPERATURE,
    end_weight: float = END_WEIGHT,
) -> Tensor:
    """`distillation` of a batch with the `alt_` fields: the same language model is the teacher.

    Only the student's side has gradients.
    """
    return batch_distillation(model, batch, temperature=temperature).mean(end_weight)


def batch_distillation(
    model: AudioLLM, batch: Mapping[str, Any], *, temperature: float = TEMPERATURE
) -> LossSums:
    """`distillation_loss` before it is divided. The teacher hears with no adapter of the student's.

    Logits are made from the first label on only: most of the memory of a step is theirs.
    """
    with torch.no_grad(), lora.switched_off(model.language_model):
        taught, taught_labels = _end_logits(
            model,
            {
                "input_ids": batch[f"{ALTERNATIVE}input_ids"],
                "attention_mask": batch[f"{ALTERNATIVE}attention_mask"],
                "labels": batch[f"{ALTERNATIVE}labels"],
            },
        )
    return distillation_sums(
        _end_logits(model, batch), (taught, taught_labels), temperature=temperature
    )


def batch_cross_entropy(model: AudioLLM, batch: Mapping[str, Any]) -> LossSums:
    """The cross-entropy of a batch's labels, before it is divided."""
    return cross_entropy_sums(*_end_logits(model, batch))


def _end_logits(model: AudioLLM, batch: Mapping[str, Any]) -> tuple[Tensor, Tensor]:
    """Logits and labels from just before the batch's first label on."""
    fields = {name: it for name, it in batch.items() if name != "labels"}
    labels_RL = batch["labels"]
    if not model.keeps_logits:
        return model(**fields, use_cache=False).logits, labels_RL
    is_label_L = (labels_RL != IGNORED_LABEL).any(dim=0)
    first = int(is_label_L.int().argmax()) if bool(is_label_L.any()) else 0
    num_kept = labels_RL.shape[1] - max(0, first - 1)
    logits = model(**fields, use_cache=False, logits_to_keep=num_kept).logits
    return logits, labels_RL[:, -num_kept:]


def predicts(labels_RL: Tensor) -> Tensor:
    """True at the positions whose next token is a label, shape (R, L)."""
    return functional.pad(labels_RL[:, 1:] != IGNORED_LABEL, (0, 1))


def last_of_row(mask_RL: Tensor) -> Tensor:
    """True at the last True of each row; rows without one stay empty."""
    counted = mask_RL.long().cumsum(dim=1)
    return mask_RL & (counted == counted[:, -1:])


def _divergence(student_NV: Tensor, teacher_NV: Tensor, temperature: float) -> Tensor:
    """Summed over the vocabulary, shape (N,)."""
    return functional.kl_div(
        functional.log_softmax(student_NV.float() / temperature, dim=-1),
        functional.softmax(teacher_NV.float() / temperature, dim=-1),
        reduction="none",
    ).sum(dim=-1)
