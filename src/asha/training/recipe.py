"""A run's recipe: one TOML file, checked; an unknown key is refused with the nearest right one."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from asha.training.run_file import read_run

Precision = Literal["fp32", "bf16"]


class Part(BaseModel):
    """A frozen table that refuses what it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EncoderSizes(Part):
    """The ears. `block_frames` of 20 ms: what one block of the block-causal mask holds; a block may
    look at `past_frames` before it.
    """

    width: int = Field(192, gt=0)
    num_layers: int = Field(6, gt=0)
    num_heads: int = Field(4, gt=0)
    ffn_width: int = Field(768, gt=0)
    block_frames: int = Field(40, gt=0, multiple_of=8)
    past_frames: int | None = Field(160, gt=0)


class LanguageModelSizes(Part):
    """The head: Llama's shape. `vocabulary` counts the special tokens too."""

    width: int = Field(256, gt=0)
    num_layers: int = Field(6, gt=0)
    num_heads: int = Field(4, gt=0)
    ffn_width: int = Field(704, gt=0)
    vocabulary: int = Field(3_500, ge=512)
    max_tokens: int = Field(1_024, gt=0)


class ProjectorSizes(Part):
    """What joins them; `hidden` is its width before the gate halves it."""

    hidden: int = Field(768, gt=0, multiple_of=2)
    stack: int = Field(8, gt=0)


class Speech(Part):
    """How training speech is made: in shards of `clips`, by so many processes of their own."""

    clips: int = Field(512, gt=0)
    makers: int = Field(1, gt=0)
    ahead: int = Field(6, gt=0)  # finished shards that may wait for the trainer
    shards: int = Field(1_000_000, gt=0)  # after so many the first comes round again
    max_seconds: float = Field(9.0, gt=0)
    more_of: tuple[str, ...] = ()  # tracks that come once more: their spelling is hard to hear
    noise_share: float = Field(0.04, ge=0, le=0.5)  # clips without words
    recordings: dict[str, str] = {}  # folders by track (docs/data.md): the ears learn these too
    recordings_share: float = Field(0.2, gt=0, lt=1)


class Text(Part):
    """How questions for the language model are made, by the same processes."""

    questions: int = Field(2_048, gt=0)  # in a shard
    shards: int = Field(1_000_000, gt=0)
    more_of: tuple[str, ...] = ()  # tracks that come once more: they have more phrasings
    scraps: float = Field(0.35, ge=0, le=1)  # in pieces as short as projected sound
    misheard: float = Field(0.35, ge=0, le=1)
    thinned: float = Field(0.25, ge=0, le=1)
    mistyped: float = Field(0.15, ge=0, le=1)
    whole: float = Field(1.0, ge=0, le=1)  # of long answers those that are learnt to their end


class Stage(Part):
    """One stage's length and speed. The rate rises, stays, and falls over the last quarter."""

    steps: int = Field(ge=0)
    rate: float = Field(gt=0)  # of AdamW: embeddings, norms, biases, heads
    muon_rate: float = Field(0.02, ge=0)  # of Muon: the matrices in between; 0 = AdamW for all
    warmup: int = Field(100, ge=0)
    batch_frames: int = Field(4_000, gt=0)  # mel frames (or tokens) per batch
    decay_share: float = Field(0.25, ge=0, le=1)
    mask: bool = True  # hide stripes of time and pitch from the ears


class ReadStage(Stage):
    """The language model reads what the ears spell; no step, unless it is asked for.

    `batch_frames` tokens of it go with `batch_frames` of [talk], typed, in each step.
    """

    steps: int = Field(0, ge=0)
    rate: float = Field(1e-3, gt=0)
    sentences: int = Field(60_000, gt=0)  # of each track, that the letter model counts


class JoinStage(Stage):
    """Stage (c): weights of its losses."""

    distil: float = Field(1.0, ge=0)  # KL to the language model reading the words
    answer: float = Field(1.0, ge=0)  # cross entropy of the answer itself
    ctc: float = Field(0.3, ge=0)  # keeps the transcripts good


class Recipe(Part):
    """Everything a run needs; two equal recipes on the same machine give the same weights."""

    kind: Literal["nano"] = "nano"
    name: str = Field(pattern=r"^[a-z0-9_]+$")
    seed: int = 1
    precision: Precision = "fp32"  # of the products; bf16 where the processor has it (avx512_bf16)
    compiled: bool = False  # the language model's graph by torch.compile: wants a C++ compiler
    folder: Path
    tags: tuple[str, ...] = ("hi", "hi-Latn", "en-IN", "gu", "ta", "te", "mr")
    encoder: EncoderSizes = EncoderSizes()
    language_model: LanguageModelSizes = LanguageModelSizes()
    projector: ProjectorSizes = ProjectorSizes()
    speech: Speech = Speech()
    text: Text = Text()
    talk: Stage  # (a) the language model, from text
    hear: Stage  # (b) the encoder, by CTC
    read: ReadStage = ReadStage()  # on a processor, in place of (c)
    join: JoinStage  # (c) projector and encoder, by distillation; no step where [read] has some
    checkpoint_minutes: float = Field(3.0, gt=0)


def load_recipe(path: Path) -> Recipe:
    """The recipe in `path`.

    Raises:
        BadInput: no such file, no TOML, or a wrong key or value; names the remedy.
    """
    return read_run(path, Recipe)
