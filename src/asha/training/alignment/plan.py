"""`asha train RUN.toml --plan`: memory, time and money, reckoned before anything is loaded.

An estimate from sizes alone. What it assumes is said in what it prints; `benches/train_step.py`
measures the same step on the machine itself.
"""

from collections import Counter
from dataclasses import dataclass

from asha.core.errors import AshaError
from asha.data.catalog_file import corpus_named
from asha.training.alignment.recipe import AlignmentRun, SetTable
from asha.training.alignment.sets import open_set
from asha.training.alignment.shapes import MachineSpeed, Sizes, machine_speed, sizes_of

GB = 1e9
MEAN_CLIP_S = 6.0  # of read sentences, where the registry has no hours
PROMPT_TOKENS = 40  # template, chat marks
SOUND_TOKENS_PER_S = 6.25
FRAMES_PER_S = 50  # of the encoder
WORD_TOKENS_PER_S = 8.0  # of a transcript in an Indic script; English has about 3
USED_SHARE = 0.4  # of the data sheet's rate; steps of frozen models reach 0.3 to 0.5
LEARNING_BYTES = 16  # weight, gradient and AdamW's two moments, float32 each
LOGIT_COPIES = 5  # student, teacher, both distributions, gradient: float32 each


@dataclass(frozen=True, slots=True)
class SetPlan:
    """One set as far as it is known: rows an epoch (None: unknown), seconds a clip, its state."""

    name: str
    num_rows: int | None
    mean_s: float
    state: str


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One device's memory in bytes, and one step's operations over all devices."""

    frozen_bytes: float
    learning_bytes: float
    batch_bytes: float
    operations: float

    @property
    def bytes(self) -> float:
        """All of it."""
        return self.frozen_bytes + self.learning_bytes + self.batch_bytes


def plan_of(run: AlignmentRun) -> list[str]:
    """Lines for people.

    Raises:
        AshaError: a base's sizes are not known.
    """
    sizes = sizes_of(run)
    sets = [_set_plan(it) for it in run.mixture]
    known = [it.num_rows for it in sets if it.num_rows is not None]
    steps = run.pace.num_steps(sum(known))
    mean_s = sum(it.mean_s for it in sets) / len(sets)
    step = step_plan(run, sizes, mean_s)
    at_least = "at least " if run.pace.epochs and len(known) < len(sets) else ""
    lines = [
        f"{run.name}: {at_least}{steps:,} steps of {run.pace.rows_per_step} rows, "
        f"loss {run.learn.loss}",
        _model_line(run, sizes),
        _memory_line(run, step),
        *_time_lines(run, step, steps, mean_s),
        f"data     {len(sets)} sets, {sum(known):,} rows an epoch"
        + (f" and {len(sets) - len(known)} sets uncounted" if len(known) < len(sets) else ""),
    ]
    not_ready = Counter(it.state for it in sets if it.state)
    return lines + [f"         {number} sets: {state}" for state, number in not_ready.items()]


def step_plan(run: AlignmentRun, sizes: Sizes, mean_s: float) -> StepPlan:
    """Memory for the longest batch, operations for the mean clip."""
    is_half = run.start.dtype == "bfloat16"
    width_bytes = 2 if is_half else 4
    longest_s = max(it.max_s for it in run.mixture)
    rows = run.pace.rows_at_once
    return StepPlan(
        frozen_bytes=sizes.frozen * width_bytes,
        learning_bytes=sizes.learning(run) * LEARNING_BYTES,
        batch_bytes=rows * _row_bytes(run, sizes, longest_s, width_bytes),
        operations=run.pace.rows_per_step * row_operations(run, sizes, mean_s),
    )


def row_operations(run: AlignmentRun, sizes: Sizes, clip_s: float) -> float:
    """Multiplications and additions of one row: 2 per weight and token forward, as many back.

    The weights' own gradients (2 more) are made only for what learns.
    """
    text, answer = sizes.text, run.learn.max_answer_tokens
    body = text.layers * text.layer_weights
    heard = PROMPT_TOKENS + SOUND_TOKENS_PER_S * clip_s + answer
    read = PROMPT_TOKENS + WORD_TOKENS_PER_S * clip_s + answer
    heard = read if run.learn.text_only else heard
    passes = 5 if run.pace.forget_activations else 4
    total = passes * heard * body + 4 * answer * text.head_weights
    if run.learn.language_model:
        total += 2 * heard * text.weights
    if run.learn.loss == "kl":
        total += 2 * read * body + 2 * answer * text.head_weights
    if sizes.encoder is not None:
        frames = FRAMES_PER_S * clip_s
        total += (4 if run.learn.encoder_lora.rank else 2) * frames * sizes.encoder.weights
        total += 6 * frames / run.start.stack * sizes.projector
    return total


def _row_bytes(run: AlignmentRun, sizes: Sizes, clip_s: float, width_bytes: int) -> float:
    """What one row leaves in memory until the way back."""
    text, answer = sizes.text, run.learn.max_answer_tokens
    tokens = PROMPT_TOKENS + SOUND_TOKENS_PER_S * clip_s + answer
    attention = 2 * (text.query_width + text.key_width)
    # Per layer: the stream twice and two norms (float32), attention's parts, the gate's three.
    layer = 2 * 4 * text.width + width_bytes * (4 * text.width + attention + 3 * text.ffn)
    layers = width_bytes * text.width * text.layers + layer
    if not run.pace.forget_activations:
        layers = layer * text.layers
    total = tokens * layers + LOGIT_COPIES * 4 * (answer + 1) * text.vocabulary
    if sizes.encoder is not None:
        size, frames = sizes.encoder, FRAMES_PER_S * clip_s
        one = 2 * 4 * size.width + width_bytes * (6 * size.width + 2 * size.ffn)
        kept = size.layers if run.learn.encoder_lora.rank and not run.pace.forget_activations else 1
        total += frames * one * kept
    return total


def _model_line(run: AlignmentRun, sizes: Sizes) -> str:
    encoder = f"encoder {sizes.encoder.weights / 1e6:,.0f} M, " if sizes.encoder else ""
    return (
        f"model    {encoder}projector {sizes.projector / 1e6:,.1f} M, language model "
        f"{sizes.text.weights / 1e6:,.0f} M; {sizes.learning(run) / 1e6:,.1f} M learn"
    )


def _memory_line(run: AlignmentRun, step: StepPlan) -> str:
    line = (
        f"memory   weights {step.frozen_bytes / GB:.1f} GB, "
        f"what learns {step.learning_bytes / GB:.1f} GB, "
        f"{run.pace.rows_at_once} rows at once {step.batch_bytes / GB:.1f} GB: "
        f"about {step.bytes / GB:.1f} GB a device"
    )
    if not run.machine.accelerator:
        return line
    has = machine_speed(run.machine.accelerator).memory_gb
    fits = "fits" if step.bytes / GB < 0.9 * has else "does not fit: lower pace.rows_at_once"
    return f"{line}; {run.machine.accelerator} has {has:g} GB: {fits}"


def _time_lines(run: AlignmentRun, step: StepPlan, steps: int, mean_s: float) -> list[str]:
    work = f"time     {step.operations:.2g} operations a step of {mean_s:.1f} s clips"
    if not run.machine.accelerator:
        return [f"{work}; name machine.accelerator, and this line says the hours"]
    speed: MachineSpeed = machine_speed(run.machine.accelerator)
    number = run.machine.number
    hours = steps * step.operations / (speed.tflops * 1e12 * USED_SHARE * number) / 3600
    lines = [
        f"{work}: about {hours:.1f} h on {number} x {run.machine.accelerator} "
        f"at {USED_SHARE:.0%} of {speed.tflops:g} TFLOP/s"
    ]
    price = run.machine.price_usd_per_hour
    if price is None:
        return [*lines, "money    give machine.price_usd_per_hour"]
    return [*lines, f"money    about {hours * price * number:.2f} USD at {price:g} USD an hour"]


def _set_plan(table: SetTable) -> SetPlan:
    entry = corpus_named(table.corpus) if table.corpus else None
    language = entry.languages.get(table.language) if entry else None
    counted = (language.rows.get(table.split or "train") if language else None) or table.rows
    mean_s = MEAN_CLIP_S
    if language and language.hours and counted:
        mean_s = language.hours * 3600 / counted
    state = ""
    try:
        rows = open_set(table, lambda _: True)
        counted = len(rows.rows)
    except AshaError as missing:
        state = missing.message.rstrip(".")
    drawn = None if counted is None else int(table.weight * counted)
    return SetPlan(table.name, drawn, min(mean_s, table.max_s), state)
