"""What training minimises: cross-entropy on the labels, or the distance to what the text says.

Legend: R rows, L tokens, N chosen positions, V vocabulary.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from asha.model.batch import ALTERNATIVE, IGNORED_LABEL
from asha.model.model import AudioLLM

TEMPERATURE = 2.0  # of both distributions; the loss is not scaled back by its square
END_WEIGHT = 1.0  # of each row's last prediction, which is thereby counted twice


def cross_entropy(logits_RLV: Tensor, labels_RL: Tensor) -> Tensor:
    """Mean over all labels, each predicted by the position before it."""
    return functional.cross_entropy(
        logits_RLV[:, :-1].flatten(0, 1).float(),
        labels_RL[:, 1:].flatten(),
        ignore_index=IGNORED_LABEL,
    )


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
    student_logits, student_labels = student
    teacher_logits, teacher_labels = teacher
    mine, theirs = predicts(student_labels), predicts(teacher_labels)
    if int(mine.sum()) != int(theirs.sum()):
        raise ValueError("The prompts with sound and with text have different numbers of labels.")
    loss = _divergence(student_logits[mine], teacher_logits[theirs], temperature)
    if end_weight:
        mine, theirs = last_of_row(mine), last_of_row(theirs)
        loss = loss + end_weight * _divergence(
            student_logits[mine], teacher_logits[theirs], temperature
        )
    return loss


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
    with torch.no_grad():
        taught = model(
            input_ids=batch[f"{ALTERNATIVE}input_ids"],
            attention_mask=batch[f"{ALTERNATIVE}attention_mask"],
        ).logits
    fields = {name: it for name, it in batch.items() if name != "labels"}
    return distillation(
        (model(**fields).logits, batch["labels"]),
        (taught, batch[f"{ALTERNATIVE}labels"]),
        temperature=temperature,
        end_weight=end_weight,
    )


def predicts(labels_RL: Tensor) -> Tensor:
    """True at the positions whose next token is a label, shape (R, L)."""
    return functional.pad(labels_RL[:, 1:] != IGNORED_LABEL, (0, 1))


def last_of_row(mask_RL: Tensor) -> Tensor:
    """True at the last True of each row; rows without one stay empty."""
    counted = mask_RL.long().cumsum(dim=1)
    return mask_RL & (counted == counted[:, -1:])


def _divergence(student_NV: Tensor, teacher_NV: Tensor, temperature: float) -> Tensor:
    """Sum over the vocabulary, mean over the positions."""
    return functional.kl_div(
        functional.log_softmax(student_NV.float() / temperature, dim=-1),
        functional.softmax(teacher_NV.float() / temperature, dim=-1),
        reduction="batchmean",
    )
