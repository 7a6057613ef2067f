"""The model a run begins with: weights, adapters, and which of them learn."""

from pathlib import Path
from typing import Any

import torch

from asha.core.errors import BadCheckpoint, BadInput
from asha.model import checkpoint as checkpoints
from asha.model.config import AudioLLMConfig
from asha.model.model import AudioLLM
from asha.model.processor import AudioProcessor
from asha.model.source import locate
from asha.model.tokens import PLACEHOLDER, tokenizer_of
from asha.training.alignment.recipe import AlignmentRun, Lora


def starting_config(run: AlignmentRun) -> AudioLLMConfig:
    """The config of the model as it will be trained and saved; needs the bases' configs only.

    Raises:
        BadCheckpoint: a base is out of reach, or a setting does not fit it.
    """
    start, learn = run.start, run.learn
    if start.checkpoint:
        config = checkpoints.read_config(locate(start.checkpoint))
        config.llm_only_training = config.llm_only_training or learn.text_only
    else:
        towers: dict[str, Any] = {"name_or_path": str(Path.cwd())}  # where relative ids start
        config = AudioLLMConfig(
            audio_model_id=start.audio or None,
            text_model_id=start.text,
            hidden_size=start.hidden,
            stack_factor=start.stack,
            norm_init=start.norm_init,
            projector_ln_mid=start.mid_norm,
            llm_only_training=learn.text_only,
            **towers,
        )
        if not start.audio and not learn.text_only:
            raise BadInput("start.audio is missing; name the encoder, or set learn.text_only.")
    config.dtype = getattr(torch, start.dtype)
    if start.block_frames is not None:
        config = _with_blocks(config, start.block_frames)
    if learn.encoder_lora.rank:
        config.audio_model_lora_config = _lora_fields(learn.encoder_lora)
    if learn.text_lora.rank:
        config.text_model_lora_config = _lora_fields(learn.text_lora)
    if learn.language_model:
        config.text_model_lora_config = {"r": 0, "unfreeze_layers": [".*"]}
    return config


def starting_model(run: AlignmentRun) -> tuple[AudioLLM, AudioProcessor]:
    """Model and processor on the CPU; what learns is float32, the rest as `start.dtype` says.

    Raises:
        BadCheckpoint: weights or tokenizer cannot be read.
    """
    torch.manual_seed(run.seed)  # a fresh projector is the same in every process
    config = starting_config(run)
    if run.start.checkpoint and not run.learn.text_only:
        folder = locate(run.start.checkpoint)
        model = checkpoints.load(folder, config=config)
    elif run.start.checkpoint:
        raise BadInput("learn.text_only starts from start.text: name the language model alone.")
    else:
        folder = run.folder  # holds no tokenizer: the language model's own is taken
        model = AudioLLM(config)
    processor = AudioProcessor(model.config, tokenizer_of(model.config, folder))
    model.config.audio_token_index = processor.tokenizer.convert_tokens_to_ids(PLACEHOLDER)
    model.config.pad_token_id = processor.tokenizer.pad_token_id
    _choose(model, run)
    return model, processor


def trained_parameters(model: AudioLLM) -> dict[str, torch.nn.Parameter]:
    """What learns, by name."""
    return {name: it for name, it in model.named_parameters() if it.requires_grad}


def _choose(model: AudioLLM, run: AlignmentRun) -> None:
    learn = run.learn
    if not learn.text_only:
        model.multi_modal_projector.requires_grad_(learn.projector)
        if not learn.encoder_lora.rank:  # adapters that the checkpoint brought stay as they are
            model.audio_tower.requires_grad_(False)
    if not (learn.text_lora.rank or learn.language_model):
        model.language_model.requires_grad_(False)
    for parameter in trained_parameters(model).values():
        parameter.data = parameter.data.float()
    if run.pace.forget_activations:
        model.language_model.activation_checkpointing_enable({"use_reentrant": False})
        if not run.learn.text_only:
            model.audio_tower.forgets = run.learn.encoder_lora.rank > 0


def _with_blocks(config: AudioLLMConfig, block_frames: int) -> AudioLLMConfig:
    """The encoder hears in blocks from now on (a block is `block_frames` times 20 ms)."""
    rule = f"a multiple of {config.stack_factor}" if config.is_causal else "a divisor of 3000"
    does_fit = not (
        block_frames % config.stack_factor if config.is_causal else 3_000 % block_frames
    )
    if not does_fit:
        raise BadCheckpoint(f"start.block_frames {block_frames} must be {rule}; correct it.")
    config.audio_latency_block_size = block_frames
    return config


def _lora_fields(lora: Lora) -> dict[str, Any]:
    return {"r": lora.rank, "lora_alpha": lora.alpha, "target_modules": list(lora.targets)}
