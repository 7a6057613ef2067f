"""The two towers: taken from a base by id, built from an inline config, or begun at random."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asha.core.errors import BadCheckpoint
from asha.model.config import AudioLLMConfig, audio_config_of, text_config_of
from asha.model.encoder import Encoder, sinusoids
from asha.model.source import locate
from asha.model.tensors import read_json, read_tensors

# Where a Whisper checkpoint keeps its encoder, by the class that wrote it (or bare), and what it
# holds besides.
ENCODER_PREFIXES = ("model.encoder.", "encoder.")
NOT_ENCODER = ("model.decoder.", "decoder.", "proj_out.")


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Without progress bars and load reports: what they tell, we check and tell ourselves."""
    from transformers.utils import logging

    verbosity, has_bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if has_bars:
            logging.enable_progress_bar()


def base_folder(config: AudioLLMConfig, model_id: str) -> Path:
    """The folder of a base: beside the checkpoint, as it stands, or from the hub."""
    beside = Path(config.name_or_path) if config.name_or_path else None
    return locate(model_id, beside=beside)


def resolve_configs(config: AudioLLMConfig) -> None:
    """Fill in the configs of the towers that are given by id.

    Raises:
        BadCheckpoint: a base is out of reach, of an unknown type, or not described at all.
    """
    if config.audio_model_id is not None and not config.llm_only_training:
        folder = base_folder(config, config.audio_model_id)
        fields = read_json(folder / "config.json")
        config.audio_config = audio_config_of({"model_type": "unnamed", **fields})
        config.audio_config.name_or_path = config.audio_model_id
    if config.text_model_id is not None:
        folder = base_folder(config, config.text_model_id)
        fields = read_json(folder / "config.json")
        config.take_from_text(text_config_of({"model_type": "unnamed", **fields}))
    if config.text_config is None:
        raise BadCheckpoint("The config names no language model; set text_model_id.")


def is_local(config: AudioLLMConfig, model_id: str) -> bool:
    """Whether a base is a folder of this machine."""
    return Path(model_id).is_dir() or (Path(config.name_or_path or ".") / model_id).is_dir()


def base_encoder(config: AudioLLMConfig) -> Encoder:
    """The audio tower of `config`, with its base's weights where there is a base."""
    if config.audio_model_id is None:
        encoder = _empty_encoder(config)
        _begin_at_random(encoder, std=config.audio_config.init_std)
        return encoder
    folder = base_folder(config, config.audio_model_id)
    tensors = read_tensors(folder, lambda name: not name.startswith(NOT_ENCODER))
    for prefix in ENCODER_PREFIXES:
        tensors = {name.removeprefix(prefix): tensor for name, tensor in tensors.items()}
    return stored_encoder(config, tensors, where=str(folder))


def stored_encoder(config: AudioLLMConfig, tensors: Mapping[str, Tensor], *, where: str) -> Encoder:
    """An encoder with all its weights from `tensors`.

    Raises:
        BadCheckpoint: a weight is missing, unknown or has another shape.
    """
    encoder = _empty_encoder(config)
    overlay(encoder, tensors, where=where, must_be_whole=True)
    return encoder


def _empty_encoder(config: AudioLLMConfig) -> Encoder:
    with torch.device("meta"):  # no time is spent on values that are overwritten
        encoder = Encoder(config.encoder_shape)
    return encoder.to_empty(device="cpu")


def base_language_model(config: AudioLLMConfig, dtype: Any) -> nn.Module:
    """The language model of `config`, with its base's weights where there is a base.

    Raises:
        BadCheckpoint: the base cannot be read, or lacks weights.
    """
    from safetensors import SafetensorError
    from transformers import AutoModelForCausalLM

    loader: Any = AutoModelForCausalLM
    if config.text_model_id is None:
        made: nn.Module = loader.from_config(config.text_config, dtype=dtype).eval()
        return made
    folder = base_folder(config, config.text_model_id)
    try:
        with quiet_transformers():
            model, report = loader.from_pretrained(
                folder, config=config.text_config, dtype=dtype, output_loading_info=True
            )
    except (SafetensorError, OSError, ValueError, RuntimeError, KeyError) as broken:
        raise BadCheckpoint(
            f"The language model in {folder} cannot be read; fetch it again."
        ) from broken
    if missing := report["missing_keys"] or report["mismatched_keys"]:
        raise BadCheckpoint(f"The language model in {folder} lacks {_first(missing)}.")
    language_model: nn.Module = model
    return language_model


def stored_language_model(
    config: AudioLLMConfig, tensors: Mapping[str, Tensor], dtype: Any
) -> nn.Module:
    """The language model of an inline config, with all its weights from the checkpoint itself.

    Raises:
        BadCheckpoint: a weight is missing or has another shape.
    """
    from transformers import AutoModelForCausalLM

    try:
        with torch.device("meta"):  # only to learn the class; nothing is allocated
            kind: Any = type(AutoModelForCausalLM.from_config(config.text_config))
        with quiet_transformers():
            model, report = kind.from_pretrained(
                None,
                config=config.text_config,
                state_dict=dict(tensors),
                dtype=dtype,
                output_loading_info=True,
            )
    except (RuntimeError, ValueError, TypeError) as mismatch:
        raise BadCheckpoint(
            "The checkpoint's language model does not have the shapes its config says."
        ) from mismatch
    if missing := report["missing_keys"] or report["mismatched_keys"]:
        raise BadCheckpoint(
            f"The checkpoint lacks language_model.{_first(missing)}, and its config names no base."
        )
    language_model: nn.Module = model
    return language_model


def overlay(
    part: nn.Module, tensors: Mapping[str, Tensor], *, where: str, must_be_whole: bool
) -> None:
    """Copy `tensors` over the parameters of `part`, converting their type.

    Raises:
        BadCheckpoint: an unknown name, a wrong shape, or (must_be_whole) a name that is missing.
    """
    own = part.state_dict()
    if unknown := sorted(set(tensors) - set(own)):
        raise BadCheckpoint(f"{where} holds {unknown[0]}, which its config has no place for.")
    if must_be_whole and (missing := sorted(set(own) - set(tensors))):
        raise BadCheckpoint(f"{where} lacks {missing[0]}; fetch the whole checkpoint.")
    for name, tensor in tensors.items():
        if tensor.shape != own[name].shape:
            raise BadCheckpoint(
                f"{where}: {name} has shape {tuple(tensor.shape)}, but its config says "
                f"{tuple(own[name].shape)}."
            )
    part.load_state_dict(dict(tensors), strict=False)


def _begin_at_random(encoder: Encoder, *, std: float) -> None:
    """Whisper's initial values: normal weights, zero biases, unit norms, a sinusoidal table."""
    for name, parameter in encoder.named_parameters():
        if name.endswith("bias"):
            nn.init.zeros_(parameter)
        elif "layer_norm" in name:
            nn.init.ones_(parameter)
        else:
            nn.init.normal_(parameter, std=std)
    with torch.no_grad():
        encoder.embed_positions.weight.copy_(sinusoids(encoder.shape))


def _first(keys: Any) -> str:
    """The first of some keys, which transformers gives bare or with their shapes."""
    key = sorted(keys, key=str)[0]
    return str(key if isinstance(key, str) else key[0])
