"""The loop: rows in, a step of the optimiser, a line in the journal; saved, scored, gone on."""

import math
import time
from contextlib import closing
from dataclasses import dataclass, replace

import torch
from torch import nn

from asha.core.errors import AshaError
from asha.data.problem import count
from asha.data.prompts import Prompts
from asha.model.model import AudioLLM
from asha.model.processor import AudioProcessor
from asha.training.alignment.examples import Examples
from asha.training.alignment.feed import Feed, StepRows
from asha.training.alignment.finish import write_checkpoint
from asha.training.alignment.journal import Journal
from asha.training.alignment.objective import Task, num_tokens, scores, step_gradient
from asha.training.alignment.ranks import Ranks, joined
from asha.training.alignment.recipe import AlignmentRun, Pace
from asha.training.alignment.sets import Sets, open_sets
from asha.training.alignment.start import starting_model, trained_parameters
from asha.training.alignment.state import Standing, load_standing, save_standing
from asha.training.clock import Clock

LAST, BEST = "checkpoint", "best"  # folders of checkpoints in the run's folder


class Diverged(AshaError):
    """The loss is no number any more."""

    code = "diverged"


@dataclass(slots=True)
class Training:
    """Everything the loop works on."""

    run: AlignmentRun
    ranks: Ranks
    sets: Sets
    model: AudioLLM
    processor: AudioProcessor
    examples: Examples
    optimizer: torch.optim.AdamW
    standing: Standing

    @property
    def task(self) -> Task:
        """What is minimised."""
        return Task(self.model, self.run.learn, self.run.start.dtype == "bfloat16")

    @property
    def num_steps(self) -> int:
        """Of the whole run."""
        return self.run.pace.num_steps(self.sets.mixture.num_rows)


def train_alignment(run: AlignmentRun, *, minutes: float, device: str = "auto") -> bool:
    """Train until the run is done (True) or the minutes are used up (False).

    Raises:
        AshaError: the run cannot begin or go on; says why and what to do.
    """
    torch.set_num_threads(1)  # two threads on a shared machine spin against each other
    torch.set_float32_matmul_precision("high")  # accelerators: TF32
    with joined(device) as ranks:
        training = _begun(run, ranks)
        is_done = _run(training, Clock(minutes, minutes))
        for sentence in training.sets.mixture.tally.sentences():
            whose = "" if ranks.is_first else f" (process {ranks.rank})"
            print(f"{run.name}{whose}: left out {sentence}")  # noqa: T201
        if ranks.is_first:
            _finish(training, is_done)
    return is_done


def rate_share(step: int, num_steps: int, pace: Pace) -> float:
    """The share of the full rate: up in a line, then down a cosine to the lowest share."""
    if step < pace.warmup:
        return (step + 1) / pace.warmup
    done = (step - pace.warmup) / max(1, num_steps - pace.warmup)
    return pace.lowest_share + (1 - pace.lowest_share) * (1 + math.cos(math.pi * done)) / 2


def _begun(run: AlignmentRun, ranks: Ranks) -> Training:
    sets = open_sets(run)
    if ranks.is_first:
        _tell_sets(sets)
    model, processor = starting_model(run)
    model.to(ranks.device).train()
    examples = Examples(processor, run.learn, Prompts(run.prompts, run.language_aware))
    pace = run.pace
    optimizer = torch.optim.AdamW(
        trained_parameters(model).values(), lr=pace.rate, weight_decay=pace.weight_decay
    )
    standing = load_standing(run, model, optimizer)
    return Training(run, ranks, sets, model, processor, examples, optimizer, standing)


def _run(training: Training, clock: Clock) -> bool:
    run, ranks = training.run, training.ranks
    journal = Journal(run, training.standing.step) if ranks.is_first else None
    feed = Feed(training.sets.mixture, training.sets.train, training.examples)
    try:
        with closing(feed.steps(run.pace, ranks, training.standing.drawn)) as steps:
            while training.standing.step < training.num_steps:
                if any(ranks.summed([float(clock.is_over())])):
                    break
                began_s = time.monotonic()  # waiting for rows counts
                told = _step(training, next(steps), began_s)
                _after(training, told, journal, clock)
        if ranks.is_first and training.standing.step % run.keep.save_steps:
            _save(training)
    finally:
        if journal is not None:
            journal.close()
    return training.standing.step >= training.num_steps


def _step(training: Training, rows: StepRows, began_s: float) -> dict[str, float]:
    """One step; what there is to tell of it."""
    ranks, standing = training.ranks, training.standing
    # Dropout follows from the step alone, so that a resumed run throws the same dice.
    torch.manual_seed(hash((training.run.seed, standing.step, ranks.rank)))
    share = rate_share(standing.step, training.num_steps, training.run.pace)
    for group in training.optimizer.param_groups:
        group["lr"] = training.run.pace.rate * share
    loss = step_gradient(training.task, rows.batches, ranks)
    trained = list(trained_parameters(training.model).values())
    ranks.add_gradients(trained)
    norm = float(nn.utils.clip_grad_norm_(trained, training.run.pace.clip_norm))
    if not (math.isfinite(loss) and math.isfinite(norm)):
        raise Diverged(
            f"Step {standing.step}: the loss is {loss:g} and its gradient {norm:g}, no numbers to "
            f"learn from. Nothing of this step is kept; the last state is in {training.run.folder}."
            " Lower pace.rate or lengthen pace.warmup, and run the same command again."
        )
    training.optimizer.step()
    training.optimizer.zero_grad(set_to_none=True)
    sums = ranks.summed([rows.num_rows, rows.speech_s, num_tokens(rows.batches)])
    training.standing = replace(standing, step=standing.step + 1, drawn=rows.drawn)
    took_s = time.monotonic() - began_s
    return {
        "loss": loss,
        "rate": training.run.pace.rate * share,
        "gradient_norm": norm,
        "rows_per_s": sums[0] / took_s,
        "speech_s_per_s": sums[1] / took_s,
        "tokens_per_s": sums[2] / took_s,
    }


def _after(
    training: Training, told: dict[str, float], journal: Journal | None, clock: Clock
) -> None:
    """Write down, score and save, each when it is due."""
    run, step = training.run, training.standing.step
    is_last = step == training.num_steps
    if training.sets.validation and (step % run.validation.every_steps == 0 or is_last):
        found = scores(
            training.task, run, training.sets.validation, training.examples, training.ranks
        )
        told |= found
        if found["validation"] < training.standing.best:
            training.standing = replace(training.standing, best=found["validation"])
            if training.ranks.is_first:
                write_checkpoint(run, training.model, training.processor, BEST, step, found)
    if journal is None:
        return
    # A step's number is that of the step just done: the first is 0.
    if (step - 1) % run.keep.log_steps == 0 or is_last or "validation" in told:
        journal.note(step - 1, told)
    clock.told(run.name, step - 1, training.num_steps, {"loss": told["loss"]})
    if step % run.keep.save_steps == 0:
        _save(training)


def _save(training: Training) -> None:
    save_standing(training.run, training.model, training.optimizer, training.standing)
    print(f"{training.run.name}: saved at step {training.standing.step:,}.", flush=True)  # noqa: T201


def _finish(training: Training, is_done: bool) -> None:
    """Write the checkpoint of where it stands, and say so."""
    run, step = training.run, training.standing.step
    folder = write_checkpoint(run, training.model, training.processor, LAST, step, {})
    ending = "done." if is_done else "stopped; run the same command to go on."
    print(f"{run.name}: {step:,} of {training.num_steps:,} steps, {ending}")  # noqa: T201
    best = f", the best in {folder.with_name(BEST)}" if (run.folder / BEST).is_dir() else ""
    print(f"The checkpoint is in {folder}{best}.", flush=True)  # noqa: T201


def _tell_sets(sets: Sets) -> None:
    for it in sets.train:
        print(f"{it.table.name}: {len(it.rows):,} rows, weight {it.table.weight:g}")  # noqa: T201
    for sentence in count(sets.problems).sentences():
        print(f"left out {sentence}")  # noqa: T201
