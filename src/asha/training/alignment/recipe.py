"""The run file of an Ultravox-format model: where it starts, what learns, from which sets."""

import math
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from asha.data.prompts import Speech
from asha.data.spec import Split
from asha.data.templates import COLUMNS
from asha.training.recipe import Part
from asha.training.run_file import read_run


class Lora(Part):
    """A low-rank adapter; rank 0 is none."""

    rank: int = Field(0, ge=0)
    alpha: float = Field(8.0, gt=0)
    targets: tuple[str, ...] = ("q_proj", "k_proj")


class Start(Part):
    """The weights to begin with: a checkpoint, or towers with a fresh projector between them.

    Folders or hub ids. `block_frames` (of 20 ms) makes the encoder block-causal; without it a
    checkpoint keeps its own. The sizes of the projector count only where it is fresh.
    """

    checkpoint: str = ""
    audio: str = ""
    text: str = ""
    dtype: Literal["float32", "bfloat16"] = "bfloat16"
    block_frames: int | None = Field(None, gt=0)
    hidden: int = Field(4_096, gt=0, multiple_of=2)
    stack: int = Field(8, gt=0)
    norm_init: float = Field(0.4, gt=0)
    mid_norm: bool = True

    @model_validator(mode="after")
    def _is_one_of_two(self) -> Self:
        if bool(self.checkpoint) == bool(self.text):
            raise ValueError("give either checkpoint, or text and audio")
        if self.checkpoint and self.audio:
            raise ValueError("a checkpoint has its own encoder: take audio out")
        return self


class Learn(Part):
    """What learns, and from what. The towers are frozen but for what is named here.

    kl      to the same language model reading the words ("distillation", Ultravox's recipe)
    ce      the answer's tokens themselves
    """

    loss: Literal["kl", "ce"] = "kl"
    labels: Literal["last_assistant", "after_audio", "all"] = "last_assistant"
    temperature: float = Field(2.0, gt=0)
    end_weight: float = Field(1.0, ge=0)
    max_answer_tokens: int = Field(50, gt=0)
    projector: bool = True
    encoder_lora: Lora = Lora()
    text_lora: Lora = Lora()
    language_model: bool = False  # all of it
    text_only: bool = False  # no sound at all: the words stand in its place

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.loss == "kl" and self.labels == "all":
            raise ValueError('labels "all" has no teacher; use loss = "ce"')
        if self.language_model and self.loss == "kl":
            raise ValueError(
                'the whole language model cannot learn from itself: use loss = "ce", or text_lora'
            )
        if self.language_model and self.text_lora.rank:
            raise ValueError("language_model = true trains every weight: take text_lora out")
        if self.text_only and (self.loss == "kl" or self.encoder_lora.rank):
            raise ValueError('without sound there is nothing to distil: use loss = "ce"')
        if self.text_only and not (self.language_model or self.text_lora.rank):
            raise ValueError("nothing would learn: set text_lora.rank or language_model = true")
        learns = (self.projector, self.encoder_lora.rank, self.text_lora.rank, self.language_model)
        if not any(learns):
            raise ValueError("nothing would learn: set projector = true, or an adapter's rank")
        return self


class Pace(Part):
    """How long and how fast. A step's rows are dealt out to the processes and cut into batches, so
    the curve does not depend on how many machines there are.
    """

    steps: int = Field(0, ge=0)
    epochs: float = Field(0.0, ge=0)
    rows_per_step: int = Field(gt=0)
    rows_at_once: int = Field(gt=0)  # what one device computes together
    rate: float = Field(gt=0)
    lowest_share: float = Field(0.1, ge=0, le=1)  # of the rate, at the end of the cosine
    warmup: int = Field(1_000, ge=0)
    weight_decay: float = Field(0.0, ge=0)
    clip_norm: float = Field(1.0, gt=0)
    forget_activations: bool = False  # gradient checkpointing: less memory, a third more time
    readers: int = Field(4, gt=0)  # threads that read sound ahead

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if bool(self.steps) == bool(self.epochs):
            raise ValueError("give either steps or epochs")
        return self

    def num_steps(self, rows_per_epoch: int) -> int:
        """As the file says, or as many as its epochs need."""
        return self.steps or math.ceil(self.epochs * rows_per_epoch / self.rows_per_step)


class SetTable(Part):
    """One set: a corpus of the registry or a folder, in one language, for one task.

    Answers (continuations, replies, translations) are a column of the rows themselves, or of
    `answers`, a table whose first column is the clip's file or name.
    """

    corpus: str = ""
    folder: Path | None = None  # with `corpus`: where its files lie
    language: str = ""
    split: Split | None = None
    task: Speech = "transcribe"
    into: str = ""  # of "translate"
    weight: float = Field(1.0, gt=0)
    answers: Path | None = None
    answer_column: str = ""  # empty: called after the task
    hold_out: float = Field(0.0, ge=0, lt=1)  # share kept for validation, by speaker if known
    max_s: float = Field(16.0, gt=0)
    rows: int | None = Field(None, gt=0)  # for --plan, where nobody has counted

    @model_validator(mode="after")
    def _says_where(self) -> Self:
        if not self.corpus and self.folder is None:
            raise ValueError("a set needs corpus or folder")
        if not self.language and self.task != "noise":
            raise ValueError('a set needs its language, such as "gu"')
        if (self.task == "translate") != bool(self.into):
            raise ValueError('into goes with task = "translate", and the other way round')
        return self

    @property
    def column(self) -> str:
        """What the column of answers is called; empty where the task needs none."""
        named = COLUMNS.get(self.task, "")
        return named and (self.answer_column or named)

    @property
    def recordings(self) -> tuple[str, str, str]:
        """Which recordings it holds, whatever the task."""
        return self.corpus or str(self.folder), self.language, self.split or "train"

    @property
    def name(self) -> str:
        """What it is called in curves and complaints."""
        where = self.corpus or str(self.folder)
        parts = [where, self.language, self.task, f"to {self.into}" if self.into else ""]
        return " ".join(it for it in parts if it)


class Validation(Part):
    """Which rows are scored while training: up to `rows` of each set."""

    every_steps: int = Field(1_000, gt=0)
    rows: int = Field(256, gt=0)
    sets: tuple[SetTable, ...] = ()  # beside what the mixture's sets hold out


class Keep(Part):
    """What is written down, and how often."""

    save_steps: int = Field(500, gt=0)
    log_steps: int = Field(10, gt=0)
    journals: tuple[Literal["tensorboard", "wandb"], ...] = ()  # beside curve.jsonl
    wandb_project: str = "asha"


class Machine(Part):
    """For --plan: what it will run on, and what an hour of it costs you."""

    accelerator: str = ""
    number: int = Field(1, gt=0)
    price_usd_per_hour: float | None = Field(None, ge=0)


class AlignmentRun(Part):
    """Everything a run needs; the same file gives the same curve."""

    kind: Literal["ultravox"]
    name: str = Field(pattern=r"^[a-z0-9_]+$")
    folder: Path
    seed: int = 42
    start: Start
    learn: Learn = Learn()
    pace: Pace
    language_aware: bool = True  # prompts name the language while training
    prompts: dict[Speech, tuple[str, ...]] = Field(default_factory=dict)  # in place of ours
    mixture: tuple[SetTable, ...] = Field(min_length=1)
    validation: Validation = Validation()
    keep: Keep = Keep()
    machine: Machine = Machine()

    @model_validator(mode="after")
    def _sets_differ(self) -> Self:
        names = [it.name for it in self.mixture]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"the mixture holds {name!r} twice: raise its weight instead")
        return self

    @model_validator(mode="after")
    def _scores_what_it_does_not_learn(self) -> Self:
        shares = {it.recordings: it.hold_out for it in self.mixture}
        for it in self.mixture:
            if it.hold_out != shares[it.recordings]:
                raise ValueError(
                    f"{it.name}: sets of the same recordings must hold out the same share, or one "
                    "task learns what another is scored on"
                )
        for it in self.validation.sets:
            if it.recordings in shares:
                raise ValueError(f"validation: the mixture learns {it.name} already; use hold_out")
        return self


def load_alignment(path: Path) -> AlignmentRun:
    """The run in `path`.

    Raises:
        BadInput: no such file, no TOML, or a wrong key or value; names the remedy.
    """
    return read_run(path, AlignmentRun)
