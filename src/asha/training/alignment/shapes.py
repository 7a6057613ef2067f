"""How big a run's towers are, from their configs alone: what a plan is reckoned with."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from asha.core.errors import BadInput
from asha.training.alignment.recipe import AlignmentRun, Lora


@dataclass(frozen=True, slots=True)
class EncoderSize:
    """A Whisper encoder: width C, layers, width of its feed-forward part."""

    width: int
    layers: int
    ffn: int

    @property
    def weights(self) -> int:
        """Attention (four squares) and feed-forward of every layer; the stem is small beside it."""
        return self.layers * (4 * self.width**2 + 2 * self.width * self.ffn)


@dataclass(frozen=True, slots=True)
class TextSize:
    """A Llama-shaped language model."""

    width: int
    layers: int
    ffn: int
    query_width: int
    key_width: int
    vocabulary: int
    is_tied: bool

    @property
    def layer_weights(self) -> int:
        """Of one layer: four projections of attention, three of the feed-forward part."""
        attention = 2 * self.width * self.query_width + 2 * self.width * self.key_width
        return attention + 3 * self.width * self.ffn

    @property
    def weights(self) -> int:
        """All of it, the tables of the vocabulary included."""
        return self.layers * self.layer_weights + self.head_weights * (1 if self.is_tied else 2)

    @property
    def head_weights(self) -> int:
        """The output table."""
        return self.width * self.vocabulary


@dataclass(frozen=True, slots=True)
class Sizes:
    """A whole model, and what of it learns. `encoder` is None where there is no sound."""

    encoder: EncoderSize | None
    text: TextSize
    projector: int
    adapters: int

    def learning(self, run: AlignmentRun) -> int:
        """Weights that learn."""
        projector = self.projector if run.learn.projector and not run.learn.text_only else 0
        whole = self.text.weights if run.learn.language_model else 0
        return projector + whole + self.adapters

    @property
    def frozen(self) -> int:
        """Weights of both towers."""
        return self.text.weights + (self.encoder.weights if self.encoder else 0)


@dataclass(frozen=True, slots=True)
class MachineSpeed:
    """One accelerator by its data sheet."""

    tflops: float
    memory_gb: float


def sizes_of(run: AlignmentRun) -> Sizes:
    """From the table of known towers, else from the bases' own configs.

    Raises:
        BadInput: a tower is neither in the table nor within reach.
    """
    start, learn = run.start, run.learn
    audio, text, hidden = start.audio, start.text, start.hidden
    if start.checkpoint in _table()["checkpoint"]:
        known = _table()["checkpoint"][start.checkpoint]
        audio, text = known["audio"], known["text"]
    elif start.checkpoint:
        return _sizes_of_checkpoint(run)
    encoder = None if learn.text_only else encoder_size(_fields("audio", audio))
    return _sizes(run, encoder, text_size(_fields("text", text)), hidden)


def encoder_size(fields: Mapping[str, Any]) -> EncoderSize:
    """From a Whisper config."""
    return EncoderSize(fields["d_model"], fields["encoder_layers"], fields["encoder_ffn_dim"])


def text_size(fields: Mapping[str, Any]) -> TextSize:
    """From a language model's config."""
    width, heads = fields["hidden_size"], fields["num_attention_heads"]
    head_width = fields.get("head_dim") or width // heads
    return TextSize(
        width=width,
        layers=fields["num_hidden_layers"],
        ffn=fields["intermediate_size"],
        query_width=heads * head_width,
        key_width=(fields.get("num_key_value_heads") or heads) * head_width,
        vocabulary=fields["vocab_size"],
        is_tied=bool(fields.get("tie_word_embeddings")),
    )


def machine_speed(name: str) -> MachineSpeed:
    """One of the table.

    Raises:
        BadInput: it is not there.
    """
    known = _table()["machine"]
    if name not in known:
        raise BadInput(
            f"machine.accelerator: {name!r} is not known; use one of {', '.join(known)}.",
            param="machine.accelerator",
        )
    return MachineSpeed(**known[name])


def _sizes_of_checkpoint(run: AlignmentRun) -> Sizes:
    from asha.model import bases
    from asha.model.checkpoint import read_config
    from asha.model.source import locate

    config = read_config(locate(run.start.checkpoint))
    bases.resolve_configs(config)
    encoder = None if config.llm_only_training else encoder_size(config.audio_config.to_dict())
    words = config.text_config.get_text_config().to_dict()
    return _sizes(run, encoder, text_size(words), config.hidden_size)


def _sizes(run: AlignmentRun, encoder: EncoderSize | None, text: TextSize, hidden: int) -> Sizes:
    projector = 0
    adapters = _text_adapters(run.learn.text_lora, text)
    if encoder is not None:
        projector = encoder.width * run.start.stack * hidden + hidden // 2 * text.width
        adapters += _encoder_adapters(run.learn.encoder_lora, encoder)
    return Sizes(encoder, text, projector, adapters)


def _encoder_adapters(lora: Lora, size: EncoderSize) -> int:
    return lora.rank * 2 * size.width * len(lora.targets) * size.layers


def _text_adapters(lora: Lora, size: TextSize) -> int:
    outputs = {"q_proj": size.query_width, "k_proj": size.key_width, "v_proj": size.key_width}
    widths = [size.width + outputs.get(target, size.width) for target in lora.targets]
    return lora.rank * sum(widths) * size.layers


def _fields(tower: str, name: str) -> Mapping[str, Any]:
    known: Mapping[str, Mapping[str, Any]] = _table()[tower]
    if name in known:
        return known[name]
    from asha.model.source import locate
    from asha.model.tensors import read_json

    return read_json(locate(name) / "config.json")


@cache
def _table() -> dict[str, Any]:
    file = resources.files("asha.training.alignment").joinpath("shapes.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
