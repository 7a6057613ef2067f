"""The reference checkpoint with its vectors, and toy checkpoints of every other layout."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

VECTORS = Path(__file__).parents[1] / "vectors" / "ultravox"
CHECKPOINT = VECTORS / "checkpoint"

PROMPT = "<|begin_of_text|>say <|audio|> please"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture(scope="session")
def vectors() -> Any:
    with np.load(VECTORS / "vectors.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="session")
def reference() -> Any:
    """The reference checkpoint; tests must leave it as it is."""
    from asha.model import AudioLLM

    return AudioLLM.from_pretrained(CHECKPOINT)


@pytest.fixture(scope="session")
def processor() -> Any:
    from asha.model import AudioProcessor

    return AudioProcessor.from_pretrained(CHECKPOINT)


def noise(num_samples: int, seed: int = 0) -> np.ndarray:
    """A clip that is the same everywhere."""
    return np.random.default_rng(seed).normal(0, 0.1, num_samples).astype(np.float32)


def text_config(kind: str) -> Any:
    """A toy causal language model of a family."""
    from transformers import AutoConfig

    size = {
        "vocab_size": 520,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": 512,
        "initializer_range": 0.2,
        "bos_token_id": 507,
        "eos_token_id": 508,
        "pad_token_id": 508,
    }
    window = {"sliding_window": 16} if kind in {"mistral", "gemma2", "gemma3_text"} else {}
    return AutoConfig.for_model(kind, **size, **window)


def inline_config(kind: str = "llama", **fields: Any) -> Any:
    """A toy checkpoint's config with both towers inline."""
    from asha.model import AudioLLMConfig

    whisper = {
        "model_type": "whisper",
        "_name_or_path": "toy-whisper",
        "num_mel_bins": 80,
        "d_model": 24,
        "encoder_layers": 2,
        "encoder_attention_heads": 3,
        "encoder_ffn_dim": 40,
        "init_std": 0.2,
        "max_source_positions": 1_500,
    }
    defaults = {"hidden_size": 40, "initializer_range": 0.1, "projector_ln_mid": True}
    return AudioLLMConfig(
        audio_config=whisper, text_config=text_config(kind).to_dict(), **(defaults | fields)
    )


@pytest.fixture
def toy() -> Callable[..., Any]:
    """Makes a random model: `toy("qwen2", projector_ln_mid=False)`."""
    from asha.model import AudioLLM

    def make(kind: str = "llama", **fields: Any) -> Any:
        torch.manual_seed(11)
        model = AudioLLM(inline_config(kind, **fields))
        with torch.no_grad():  # so that adapters do something
            for name, parameter in model.named_parameters():
                if "lora_B" in name:
                    parameter.normal_(std=0.2)
        return model

    return make


@pytest.fixture
def processor_of(processor: Any) -> Callable[[Any], Any]:
    """A processor for any toy: they share the reference's tokenizer."""
    from asha.model import AudioProcessor

    return lambda model: AudioProcessor(model.config, processor.tokenizer)


def altered(folder: Path, target: Path, **fields: Any) -> Path:
    """A copy of the checkpoint in `folder`, beside its bases, with other config fields."""
    target.mkdir(parents=True)
    for file in folder.iterdir():
        (target / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    for key in ("audio_model_id", "text_model_id"):
        if config.get(key):
            config[key] = str((folder / config[key]).resolve())
    (target / "config.json").write_text(json.dumps(config | fields), encoding="utf-8")
    return target
