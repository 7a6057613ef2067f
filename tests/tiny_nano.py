"""A tiny Nano with random weights, in the layout that training writes."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file

from asha.core.audio import Float32
from asha.core.language import TAGS

SPEECH_LIKE = 0.1  # amplitude of the noise that stands for speech


def write_tiny_checkpoint(folder: Path) -> None:
    """Write a checkpoint; its answers are gibberish, but always the same gibberish."""
    from transformers import LlamaConfig, PreTrainedTokenizerFast, WhisperConfig

    from asha.data.intents import scope
    from asha.data.tokens import train_tokenizer
    from asha.model import checkpoint as checkpoints
    from asha.model.config import AudioLLMConfig
    from asha.model.model import AudioLLM
    from asha.speech.ctc_alphabet import SYMBOLS

    torch.manual_seed(5)
    tokenizer = train_tokenizer(1_000, TAGS[:1], seed=1)
    audio = WhisperConfig(
        num_mel_bins=80,
        d_model=32,
        encoder_layers=2,
        encoder_attention_heads=2,
        encoder_ffn_dim=48,
        max_source_positions=1_500,
    )
    audio.name_or_path = "asha/whisper-nano"
    text = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=48,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=1_024,
        initializer_range=0.12,
        tie_word_embeddings=True,
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=0,
    )
    config = AudioLLMConfig(
        audio_config=audio,
        text_config=text,
        audio_token_index=tokenizer.token_to_id("<|audio|>"),
        hidden_size=64,
        stack_factor=8,
        projector_ln_mid=True,
        audio_latency_block_size=40,
        audio_past_frames=60,
        audio_log_floor=-5.0,
    )
    model = AudioLLM(config, language_model=_llama(text), audio_tower=_encoder(config))
    checkpoints.save(model, folder)
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|eot|>")
    fast.save_pretrained(folder)
    head = torch.nn.Linear(32, len(SYMBOLS))
    save_file(
        {"ctc.weight": head.weight.detach(), "ctc.bias": head.bias.detach()},
        folder / "ctc.safetensors",
    )
    tools = {
        intent.id: {"arguments": intent.public_arguments, "effect": intent.effect}
        for intent in scope().intents.values()
        if intent.kind == "tool"
    }
    facts = {"recipe": "tiny", "steps": 0, "tools": tools}
    facts["ctc"] = {"file": "ctc.safetensors", "symbols": list(SYMBOLS)}
    (folder / "nano.json").write_text(json.dumps(facts), encoding="utf-8")


def noise(seconds: float, seed: int = 0) -> Float32:
    """Sound that is the same everywhere, 16 kHz."""
    samples = np.random.default_rng(seed).normal(0, SPEECH_LIKE, int(seconds * 16_000))
    return samples.astype(np.float32)


def _llama(config: Any) -> Any:
    from transformers import LlamaForCausalLM

    return LlamaForCausalLM(config).eval()


def _encoder(config: Any) -> Any:
    from asha.model.encoder import Encoder

    return Encoder(config.encoder_shape).eval()
