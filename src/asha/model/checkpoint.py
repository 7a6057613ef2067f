"""Checkpoints of the Ultravox format: read, written, pushed.

What is stored: what was trained, what the loaded checkpoint held, and every weight of a tower
that has no base to take it from. The rest comes from the bases by id.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from asha.core.errors import BadCheckpoint
from asha.model import bases, lora
from asha.model.config import MODEL_TYPE, AudioLLMConfig
from asha.model.hub import upload
from asha.model.model import AudioLLM
from asha.model.source import locate, relocated
from asha.model.tensors import LARGEST_SHARD, read_json, read_tensors, write_tensors, written_whole

PARTS = ("audio_tower", "multi_modal_projector", "language_model")
GENERATION_CONFIG = "generation_config.json"
ARCHITECTURE = "UltravoxModel"  # the class that other readers look up


def load(
    name: str | Path,
    *,
    config: AudioLLMConfig | None = None,
    dtype: torch.dtype | str | None = None,
    device: torch.device | str | None = None,
    revision: str | None = None,
    **ignored: Any,
) -> AudioLLM:
    """The model of a checkpoint, in evaluation mode.

    Args:
        name: a folder or a hub id.
        config: in place of the checkpoint's own.
        dtype: of the weights; None or "auto" is the checkpoint's own (else float32).
        device: where to put it; None is the CPU.
        revision: of the hub repository.
        ignored: what the Auto classes hand to every model's loader (token, trust_remote_code ...).

    Raises:
        BadCheckpoint: it is not there, not whole, or not of this format.
    """
    dtype = dtype or ignored.get("torch_dtype")
    folder = locate(str(name), revision=revision)
    if config is None:
        config = read_config(folder)
    config.name_or_path = str(folder)
    if dtype not in (None, "auto"):
        config.dtype = getattr(torch, dtype) if isinstance(dtype, str) else dtype
    stored = _by_part(read_tensors(folder), str(folder))
    bases.resolve_configs(config)
    model = AudioLLM(
        config,
        language_model=_stored_language_model(config, stored["language_model"]),
        audio_tower=_stored_encoder(config, stored["audio_tower"], where=str(folder)),
    )
    _overlay(model, stored, str(folder))
    if (folder / GENERATION_CONFIG).is_file():
        _take_generation_config(model, folder)
    return model.to(device) if device is not None else model


def read_config(folder: Path) -> AudioLLMConfig:
    """The config of the checkpoint in `folder`.

    Raises:
        BadCheckpoint: it is missing, broken, or of another model type.
    """
    fields = read_json(folder / "config.json")
    kind = fields.pop("model_type", None)
    if kind != MODEL_TYPE:
        raise BadCheckpoint(
            f"{folder} holds a model of type {kind!r}, not {MODEL_TYPE!r}; "
            "give an Ultravox-format checkpoint."
        )
    try:
        config = AudioLLMConfig(**fields)
    except (TypeError, ValueError, AttributeError) as broken:
        raise BadCheckpoint(f"{folder}/config.json has a field of a wrong kind.") from broken
    config.name_or_path = str(folder)
    return config


def save(model: AudioLLM, folder: Path, *, largest_shard: str = LARGEST_SHARD) -> None:
    """Write config, generation config and weights; the folder appears whole or not at all.

    A processor saved to the same folder adds the tokenizer; neither removes the other's files.
    """
    # What learns may be kept in more bits than the rest while it learns.
    tensors = {name: it.to(model.dtype) for name, it in stored_tensors(model).items()}
    with written_whole(folder) as staging:
        write_tensors(tensors, staging, largest_shard=largest_shard)
        fields = model.config.to_dict() | {
            "architectures": [ARCHITECTURE],
            "torch_dtype": str(model.dtype).removeprefix("torch."),
        }
        for key in ("audio_model_id", "text_model_id"):
            fields[key] = relocated(fields[key], old=model.config.name_or_path or "", new=folder)
        _write_json(staging / "config.json", fields)
        model.generation_config.save_pretrained(staging)


def push(model: AudioLLM, repo_id: str, *, private: bool = False, message: str = "") -> str:
    """Save to a temporary folder, make the hub repository if need be, and upload.

    Returns:
        The commit's address.

    Raises:
        BadCheckpoint: a base lies in a folder of this machine, where nobody else can read it.
    """
    for model_id in (model.config.audio_model_id, model.config.text_model_id):
        if model_id is not None and bases.is_local(model.config, model_id):
            raise BadCheckpoint(
                f"The base {model_id!r} is a folder of this machine; push it too and set its hub "
                "id, or merge it first."
            )
    return upload(model.save_pretrained, repo_id, private=private, message=message)


def stored_tensors(model: AudioLLM) -> dict[str, Tensor]:
    """What the checkpoint must hold, under the names of the format."""
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    whole = {"multi_modal_projector"}
    if model.config.audio_model_id is None:
        whole.add("audio_tower")
    if model.config.text_model_id is None:
        whole.add("language_model")
    adapted = {part: lora.adapted_layers(getattr(model, part, model)) for part in PARTS}
    tensors = {}
    for name, tensor in model.state_dict().items():
        part, _, key = name.partition(".")
        if name in _tied(model):
            continue
        if part in whole or name in trained or name in model.stored_keys or ".lora_" in name:
            tensors[f"{part}.{lora.stored_key(key, adapted[part])}"] = tensor
    return tensors


def _tied(model: AudioLLM) -> set[str]:
    """The output table's name, where it is the input table itself."""
    output = model.language_model.get_output_embeddings()
    if output is None or output.weight is not model.get_input_embeddings().weight:
        return set()
    names = [name for name, it in model.language_model.named_modules() if it is output]
    return {f"language_model.{name}.weight" for name in names}


def _by_part(tensors: Mapping[str, Tensor], where: str) -> dict[str, dict[str, Tensor]]:
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in PARTS}
    for name, tensor in tensors.items():
        part, _, key = name.partition(".")
        if part not in parts:
            raise BadCheckpoint(
                f"{where} holds {name}, which belongs to none of {', '.join(PARTS)}."
            )
        parts[part][lora.own_key(key)] = tensor
    return parts


def _stored_language_model(
    config: AudioLLMConfig, tensors: Mapping[str, Tensor]
) -> torch.nn.Module | None:
    """The language model, where the checkpoint itself holds it whole."""
    if config.text_model_id is not None:
        return None
    return bases.stored_language_model(config, _plain(tensors), config.dtype or torch.float32)


def _stored_encoder(
    config: AudioLLMConfig, tensors: Mapping[str, Tensor], *, where: str
) -> torch.nn.Module | None:
    """The encoder, where the checkpoint itself holds it whole."""
    if config.audio_model_id is not None or config.llm_only_training:
        return None
    return bases.stored_encoder(config, _plain(tensors), where=f"{where} (audio_tower)")


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Without adapters, which go on after the tower is built."""
    return {key: tensor for key, tensor in tensors.items() if ".lora_" not in key}


def _overlay(model: AudioLLM, stored: Mapping[str, Mapping[str, Tensor]], where: str) -> None:
    keys: set[str] = set()
    for part, tensors in stored.items():
        if hasattr(model, part):
            bases.overlay(
                getattr(model, part),
                tensors,
                where=f"{where} ({part})",
                must_be_whole=part == "multi_modal_projector",
            )
        elif tensors:
            raise BadCheckpoint(f"{where} holds {part}, but its config says llm_only_training.")
        keys |= {f"{part}.{key}" for key in tensors}
    model.stored_keys = frozenset(keys)


def _take_generation_config(model: AudioLLM, folder: Path) -> None:
    from transformers import GenerationConfig

    fields = read_json(folder / GENERATION_CONFIG)
    model.generation_config = GenerationConfig.from_dict(fields)


def _write_json(path: Path, fields: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(fields, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
