"""From a Nano checkpoint to what engine/ runs: three ONNX graphs and the facts beside them.

    encoder.onnx          one block of mel frames with caches -> encoded frames, CTC logits
    projector.onnx        stacked encoder frames -> embeddings of the language model
    language_model.onnx   embeddings with a KV cache -> logits of the last one
    embeddings.npy        the token table; tokenizer.json; engine.json; say.json
    letters.npz           what spellings of speech are weighed with; may be missing
    loans.json            how words are typed in Latin letters, by track; may be missing
    gist.npz              what requests are about, told by their words; may be missing

The folder appears whole or not at all.
"""

import logging
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from asha.core.errors import BadCheckpoint
from asha.model import checkpoint as checkpoints
from asha.model.decoder_step import DecoderStep
from asha.model.model import AudioLLM
from asha.model.projector import Projector
from asha.model.shrink import Precision, shrink
from asha.model.streaming import Cache, EncoderStep
from asha.model.tensors import read_json, write_json, written_whole
from asha.model.traces import without_traces
from asha.speech.gist import Gist, save_gist
from asha.speech.letter_model import Table, save_letter_model

Reads = Literal["sound", "letters"]

FORMAT = 2  # of engine.json; the engine refuses others
OPSET = 18
EXAMPLE_FRAMES, EXAMPLE_PAST, EXAMPLE_NEW = 16, 24, 5  # any sizes but 0 and 1, which are special
Inputs = Mapping[str, Tensor | Cache]


CACHES = ("keys", "values")


@dataclass(frozen=True, slots=True)
class Beside:
    """What the tools say, by track (say.json); the letter model's tables, without which the sound
    alone decides what is spelled; for the tracks that are typed in Latin letters, but read in
    their script, which words are spelled how; and what requests are about, told by their words.
    """

    say: Mapping[str, Any] = field(default_factory=dict)
    letters: Sequence[Table] = ()
    loans: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    gist: Gist | None = None


NOTHING = Beside()


class HearingStep(nn.Module):
    """An encoder step with the CTC head on top."""

    def __init__(self, step: EncoderStep, ctc: nn.Linear) -> None:
        super().__init__()
        self.step, self.ctc = step, ctc

    def forward(
        self,
        mel_1MT: Tensor,
        inside_T: Tensor,
        frames_F: Tensor,
        keys: Cache,
        values: Cache,
    ) -> tuple[Tensor, Tensor, Cache, Cache]:
        """Encoded frames, CTC logits (1, F, symbols), keys, values."""
        encoded, keys, values = self.step(mel_1MT, inside_T, frames_F, keys, values)
        return encoded, self.ctc(encoded), keys, values


class ProjectorStep(nn.Module):
    """The projector on frames that are stacked already, shape (1, K, S * C)."""

    def __init__(self, projector: Projector) -> None:
        super().__init__()
        self.projector = projector

    def forward(self, stacked_1KC: Tensor) -> Tensor:
        """Embeddings, shape (1, K, D)."""
        stack = self.projector.shape.stack_factor
        return self.projector(stacked_1KC.unflatten(2, (stack, -1)).flatten(1, 2))


def export(
    checkpoint: Path,
    folder: Path,
    *,
    precision: Precision = "fp16",
    reads: Reads = "sound",
    answers_from: float = 0.0,
    beside: Beside = NOTHING,
) -> None:
    """Write `folder` from a Nano checkpoint.

    Args:
        checkpoint: Ultravox format, causal, with nano.json and the CTC head.
        folder: made or overwritten as a whole.
        precision: fp32 is exact, fp16 half the size (computed in fp32), int8 a third and fastest.
        reads: what the language model is given of sound: its embeddings, or the letters that the
            CTC head reads (for a checkpoint whose last stage is not done).
        answers_from: likelihood of an answer's first token, 0..1, below which Nano says that it is
            beyond it; chosen on `tests/development`.
        beside: what is no weight.

    Raises:
        BadCheckpoint: it lacks a part, or is of a shape that cannot be exported.
    """
    if not (checkpoint / "nano.json").is_file():
        raise BadCheckpoint(f"{checkpoint} has no nano.json; export a checkpoint of `asha train`.")
    facts = read_json(checkpoint / "nano.json")
    model = checkpoints.load(checkpoint, dtype="float32")
    if not model.config.is_causal or model.config.audio_latency_block_size is None:
        raise BadCheckpoint(f"{checkpoint} does not hear causally; it cannot run in the engine.")
    ctc = _ctc_head(checkpoint, facts)
    with written_whole(folder) as staging, torch.inference_mode(), quiet_exporter():
        _write_graphs(model, ctc, staging)
        np.save(staging / "embeddings.npy", model.get_input_embeddings().weight.detach().numpy())
        shutil.copyfile(checkpoint / "tokenizer.json", staging / "tokenizer.json")
        how = {"reads": reads, "answers_from": answers_from}
        write_json(staging / "engine.json", _engine_facts(model, facts) | how)
        write_json(staging / "say.json", dict(beside.say))
        if beside.letters:
            save_letter_model(beside.letters, staging / "letters.npz")
        if beside.loans:
            write_json(staging / "loans.json", dict(beside.loans))
        if beside.gist:
            save_gist(beside.gist, staging / "gist.npz")
        if precision != "fp32":
            shrink(staging, precision)


def _write_graphs(model: AudioLLM, ctc: nn.Linear, folder: Path) -> None:
    hearing = HearingStep(EncoderStep(model.audio_tower), ctc).eval()
    frames, layers = EXAMPLE_FRAMES, model.audio_tower.shape.num_layers
    cached, new = torch.export.Dim("cached"), torch.export.Dim("new")
    _write_graph(
        hearing,
        {
            "mel_1MT": torch.zeros(1, model.audio_tower.shape.num_mels, 2 * frames + 3),
            "inside_T": torch.ones(2 * frames + 1),
            "frames_F": torch.arange(frames),
            "keys": hearing.step.empty_cache(EXAMPLE_PAST),
            "values": hearing.step.empty_cache(EXAMPLE_PAST),
        },
        {
            "mel_1MT": {2: 2 * new + 3},
            "inside_T": {0: 2 * new + 1},
            "frames_F": {0: new},
            "keys": [{2: cached}] * layers,
            "values": [{2: cached}] * layers,
        },
        ("encoded_1FD", "logits_1FS"),
        folder / "encoder.onnx",
    )
    shape = model.multi_modal_projector.shape
    stacked = torch.zeros(1, EXAMPLE_NEW, shape.stack_factor * shape.encoder_width)
    _write_graph(
        ProjectorStep(model.multi_modal_projector).eval(),
        {"stacked_1KC": stacked},
        {"stacked_1KC": {1: torch.export.Dim("tokens")}},
        ("embeds_1KD",),
        folder / "projector.onnx",
    )
    step = DecoderStep(model.language_model).eval()
    layers = len(step.layers)
    _write_graph(
        step,
        {
            "embeds_1LD": torch.zeros(1, EXAMPLE_NEW, model.config.text_config.hidden_size),
            "keys": step.empty_cache(EXAMPLE_PAST),
            "values": step.empty_cache(EXAMPLE_PAST),
        },
        {
            "embeds_1LD": {1: new},
            "keys": [{2: cached}] * layers,
            "values": [{2: cached}] * layers,
        },
        ("logits_1V",),
        folder / "language_model.onnx",
    )


def _write_graph(
    module: nn.Module,
    inputs: Inputs,
    dynamic: Mapping[str, Any],
    outputs: Sequence[str],
    path: Path,
) -> None:
    """Caches are inputs keys_0, keys_1 ..., and outputs new_keys_0 ... after `outputs`."""
    caches = [f"{name}_{at}" for name in CACHES for at in range(len(inputs.get(name, ())))]
    plain = [name for name in inputs if name not in CACHES]
    program = torch.onnx.export(
        module,
        kwargs=dict(inputs),
        input_names=[*plain, *caches],
        output_names=[*outputs, *(f"new_{name}" for name in caches)],
        dynamic_shapes=dict(dynamic),
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    assert program is not None
    program.save(path, external_data=False)
    without_traces(path)


def _ctc_head(checkpoint: Path, facts: Mapping[str, Any]) -> nn.Linear:
    from safetensors.torch import load_file

    path = checkpoint / facts["ctc"]["file"]
    if not path.is_file():
        raise BadCheckpoint(f"{path} is missing; export a whole checkpoint of `asha train`.")
    tensors = load_file(path)
    weight = tensors["ctc.weight"]
    head = nn.Linear(weight.shape[1], weight.shape[0])
    head.load_state_dict({"weight": weight, "bias": tensors["ctc.bias"]})
    return head.eval()


def _engine_facts(model: AudioLLM, facts: Mapping[str, Any]) -> dict[str, Any]:
    encoder, text = model.audio_tower.shape, model.config.text_config
    return {
        "format": FORMAT,
        "precision": "fp32",
        "recipe": facts.get("recipe", ""),
        "steps": facts.get("steps", 0),
        "log_floor": model.config.audio_log_floor,
        "num_mels": encoder.num_mels,
        "window_mel_frames": encoder.window_mel_frames,
        "block_frames": model.config.audio_latency_block_size,
        "past_frames": model.config.audio_past_frames,
        "stack_factor": model.config.stack_factor,
        "encoder_cache": [
            encoder.num_layers,
            encoder.num_heads,
            encoder.width // encoder.num_heads,
        ],
        "language_model_cache": [text.num_hidden_layers, text.num_key_value_heads, text.head_dim],
        "max_tokens": text.max_position_embeddings,
        "tools": facts["tools"],
    }


@contextmanager
def quiet_exporter() -> Iterator[None]:
    """torch's and onnxruntime's progress reports and deprecations are nobody's business."""
    loggers = [logging.getLogger(name) for name in ("torch.onnx", "onnxscript", "root", "")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
