"""One step's loss and gradient, and the score of the held-out rows: the same over any processes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch

from asha.model.batch import ALTERNATIVE, IGNORED_LABEL
from asha.model.losses import LossSums, batch_cross_entropy, batch_distillation
from asha.model.model import AudioLLM
from asha.training.alignment.examples import Examples, Fields
from asha.training.alignment.feed import first_rows
from asha.training.alignment.ranks import Ranks
from asha.training.alignment.recipe import AlignmentRun, Learn
from asha.training.alignment.sets import OpenSet


@dataclass(frozen=True, slots=True)
class Task:
    """The model and what it minimises, on its device."""

    model: AudioLLM
    learn: Learn
    is_mixed: bool  # bfloat16 where it does no harm

    @contextmanager
    def precision(self, device: torch.device) -> Iterator[None]:
        """Matrix products in bfloat16, if the run says so; sums and norms stay float32."""
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.is_mixed):
            yield


def step_gradient(task: Task, batches: Sequence[Fields], ranks: Ranks) -> float:
    """Leave each parameter the gradient of the step's mean loss; the loss over all processes."""
    num_labels, num_ends = ranks.summed(_counts(batches))
    total = 0.0
    for batch in batches:
        with task.precision(ranks.device):
            sums = loss_sums(task, _on(batch, ranks.device))
            share = sums.mean(
                task.learn.end_weight, num_labels=int(num_labels), num_ends=int(num_ends)
            )
        share.backward()
        total += float(share.detach())
    (loss,) = ranks.summed([total])
    return loss


def loss_sums(task: Task, batch: Fields) -> LossSums:
    """What the run file's loss makes of a batch."""
    if task.learn.loss == "kl":
        return batch_distillation(task.model, batch, temperature=task.learn.temperature)
    return batch_cross_entropy(task.model, batch)


@torch.no_grad()
def scores(
    task: Task, run: AlignmentRun, sources: Sequence[OpenSet], examples: Examples, ranks: Ranks
) -> dict[str, float]:
    """Loss and cross-entropy of the validation sets: of each, of each language, of all (means)."""
    task.model.eval()
    by_set: dict[str, dict[str, float]] = {}
    try:
        for source in sources:
            by_set[source.table.name] = _score(task, run, source, examples, ranks)
    finally:
        task.model.train()
    found = {
        f"validation/{name}/{kind}": value
        for name, it in by_set.items()
        for kind, value in it.items()
    }
    languages = sorted({it.table.language for it in sources if it.table.language})
    for tag in languages:
        own = [by_set[it.table.name] for it in sources if it.table.language == tag]
        found[f"validation/{tag}"] = sum(it["loss"] for it in own) / len(own)
    if by_set:
        found["validation"] = sum(it["loss"] for it in by_set.values()) / len(by_set)
    return found


def _score(
    task: Task, run: AlignmentRun, source: OpenSet, examples: Examples, ranks: Ranks
) -> dict[str, float]:
    """The first rows of one set, in an order of their own; each process scores its part."""
    feed = first_rows(source, examples, seed=run.seed)
    most = min(run.validation.rows, len(source.rows))
    draws = list(islice(feed.mixture.draws(), most))[ranks.rank :: ranks.world]
    sums = [0.0] * 6  # loss, labels, ends' loss, ends, cross-entropy, labels
    for start in range(0, len(draws), run.pace.rows_at_once):
        rows = [feed.row(draw) for draw in draws[start : start + run.pace.rows_at_once]]
        batch = _on(examples.batch(rows), ranks.device)
        with task.precision(ranks.device):
            trained = loss_sums(task, batch)
            plain = trained if task.learn.loss == "ce" else batch_cross_entropy(task.model, batch)
        for place, value in enumerate((*_figures(trained), *_figures(plain)[:2])):
            sums[place] += value
    loss, labels, at_ends, ends, crossed, all_labels = ranks.summed(sums)
    told = loss / max(1.0, labels)
    if ends:
        told += task.learn.end_weight * at_ends / ends
    return {"loss": told, "ce": crossed / max(1.0, all_labels)}


def _figures(sums: LossSums) -> tuple[float, float, float, float]:
    return float(sums.everywhere), sums.num_labels, float(sums.at_ends), sums.num_ends


def _counts(batches: Sequence[Fields]) -> list[float]:
    """Labels, and rows that have any: what a step's sums are divided by."""
    is_label = [(batch["labels"][:, 1:] != IGNORED_LABEL) for batch in batches]
    return [
        float(sum(int(it.sum()) for it in is_label)),
        float(sum(int(it.any(dim=1).sum()) for it in is_label)),
    ]


def _on(batch: Fields, device: torch.device) -> dict[str, Any]:
    return {name: it.to(device, non_blocking=True) for name, it in batch.items()}


def num_tokens(batches: Sequence[Fields]) -> int:
    """Tokens of the students' prompts and of the teachers', without padding."""
    masks = ("attention_mask", f"{ALTERNATIVE}attention_mask")
    return sum(int(batch[name].sum()) for batch in batches for name in masks if name in batch)
