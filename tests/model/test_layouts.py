"""Every layout of the contract: each way of storing the towers, norming, masking and adapting."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from asha.model import AudioLLM, AudioProcessor
from asha.model.encoder import EncoderShape
from asha.model.projector import Projector, ProjectorShape

from .conftest import CHECKPOINT, PROMPT, VECTORS, altered, inline_config, noise

FAMILIES = ("llama", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text", "mistral", "gpt2", "bloom")


def prefixed(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {f"{prefix}{name}": it for name, it in tensors.items()}


def merged_folder(target: Path) -> Path:
    """The reference checkpoint with all 61 tensors stored and both configs inline."""
    import json

    base = {name: VECTORS / name for name in ("whisper-nano128", "llama-nano128")}
    configs = {name: json.loads((path / "config.json").read_text()) for name, path in base.items()}
    folder = altered(
        CHECKPOINT,
        target,
        audio_model_id=None,
        text_model_id=None,
        audio_config=configs["whisper-nano128"] | {"_name_or_path": "x/whisper-nano128"},
        text_config=configs["llama-nano128"],
        audio_model_lora_config={},
        text_model_lora_config={},
    )
    whisper = load_file(base["whisper-nano128"] / "model.safetensors")
    encoder = {
        name.removeprefix("model.encoder."): it
        for name, it in whisper.items()
        if name.startswith("model.encoder.")
    }
    tensors = load_file(CHECKPOINT / "model.safetensors")
    tensors |= prefixed(encoder, "audio_tower.")
    tensors |= prefixed(load_file(base["llama-nano128"] / "model.safetensors"), "language_model.")
    assert len(tensors) == 61
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


@torch.no_grad()
def test_the_merged_layout_computes_what_the_layout_by_id_computes(
    tmp_path: Path, vectors: Any
) -> None:
    folder = merged_folder(tmp_path / "merged")
    model, processor = AudioLLM.from_pretrained(folder), AudioProcessor.from_pretrained(folder)
    fields = processor(text=str(vectors["a3_prompt/text"]), audios=[vectors["a3_prompt/wave0"]])
    difference = model(**fields).logits.numpy() - vectors["a3_prompt/logits"]
    assert np.abs(difference).max() < 1e-4
    model.save_pretrained(tmp_path / "again")
    assert set(load_file(tmp_path / "again" / "model.safetensors")) == set(
        load_file(folder / "model.safetensors")
    )


@torch.no_grad()
@pytest.mark.parametrize("shard", ["40KB", "300KB"])
def test_sharded_files_are_read_and_written(tmp_path: Path, toy: Any, shard: str) -> None:
    model = toy()
    model.save_pretrained(tmp_path / "sharded", largest_shard=shard)
    assert not (tmp_path / "sharded" / "model.safetensors").exists()
    assert len(list((tmp_path / "sharded").glob("model-*-of-*.safetensors"))) > 1
    again = AudioLLM.from_pretrained(tmp_path / "sharded").state_dict()
    assert all(torch.equal(it, again[name]) for name, it in model.state_dict().items())
    model.save_pretrained(tmp_path / "sharded")  # one file takes the shards' place
    assert not list((tmp_path / "sharded").glob("model-*"))
    assert not (tmp_path / "sharded" / "model.safetensors.index.json").exists()


@torch.no_grad()
def test_the_norm_comes_last_in_older_checkpoints_with_80_bands(
    tmp_path: Path, toy: Any, processor_of: Any
) -> None:
    model = toy(projector_ln_mid=False)
    model.save_pretrained(tmp_path / "post")
    stored = load_file(tmp_path / "post" / "model.safetensors")
    again = AudioLLM.from_pretrained(tmp_path / "post")
    fields = processor_of(again)(text=PROMPT, audios=[noise(7_000)])
    assert fields["audio_values"].shape[1] == 80
    assert torch.equal(model(**fields).logits, again(**fields).logits)

    def norm(x: torch.Tensor, name: str) -> torch.Tensor:
        scale = (x.pow(2).mean(-1, keepdim=True) + 1e-6).sqrt()
        return x / scale * stored[f"multi_modal_projector.{name}.weight"]

    encoded = again.audio_tower(fields["audio_values"], fields["audio_lens"])
    frames = encoded.shape[1]
    x = functional.pad(encoded, (0, 0, 0, -frames % 8)).reshape(1, -1, 8 * 24)
    x = norm(x, "ln_pre") @ stored["multi_modal_projector.linear_1.weight"].T
    x = x[..., :20] * functional.silu(x[..., 20:])
    x = norm(x @ stored["multi_modal_projector.linear_2.weight"].T, "ln_post")
    assert torch.allclose(again.multi_modal_projector(encoded), x, atol=1e-5)
    assert "multi_modal_projector.ln_mid.weight" not in stored


def test_the_projector_of_a_published_size_has_the_published_shapes() -> None:
    with torch.device("meta"):
        published = Projector(
            ProjectorShape(encoder_width=1_280, text_width=2_048, has_mid_norm=True)
        )
    assert {name: tuple(it.shape) for name, it in published.state_dict().items()} == {
        "ln_pre.weight": (10_240,),
        "linear_1.weight": (4_096, 10_240),
        "ln_mid.weight": (2_048,),
        "linear_2.weight": (2_048, 2_048),
    }


@torch.no_grad()
def test_the_encoder_equals_transformers_own_on_a_whole_window(toy: Any) -> None:
    from transformers.models.whisper.modeling_whisper import WhisperEncoder

    ours = toy().audio_tower
    theirs = WhisperEncoder(inline_config().audio_config).eval()
    theirs.load_state_dict(ours.state_dict())
    mel = torch.randn(1, 80, 3_000, generator=torch.Generator().manual_seed(3))
    assert torch.allclose(ours(mel), theirs(mel).last_hidden_state, atol=1e-5)
    assert torch.allclose(
        ours(mel, torch.tensor([3_000])), theirs(mel).last_hidden_state, atol=1e-5
    )


@torch.no_grad()
def test_the_stock_latency_block_of_100_is_two_seconds(toy: Any, processor_of: Any) -> None:
    model = toy(audio_latency_block_size=100)
    fields = processor_of(model)(text=PROMPT, audios=[noise(80_000)])
    encode = model.audio_tower
    values, lens = fields["audio_values"], fields["audio_lens"]
    plain = encode(values, lens, block_frames=100)
    for changed_from, first_changed_frame in ((202, 100), (200, 0)):
        later = values.clone()
        later[..., changed_from:] += 1.0
        same = (encode(later, lens, block_frames=100) == plain).all(-1)[0]
        assert same[:first_changed_frame].all()
        assert not same[first_changed_frame:].any()
    # and the model uses it
    without = toy()
    assert not torch.allclose(model(**fields).logits, without(**fields).logits, atol=1e-3)


@torch.no_grad()
def test_a_causal_config_hears_blocks_the_same_whatever_follows(
    toy: Any, processor_of: Any
) -> None:
    model = toy(audio_log_floor=-5.0, audio_latency_block_size=16)
    hears = processor_of(model)
    sound = noise(64_000)
    whole, start = (hears(text="<|audio|>", audios=[it]) for it in (sound, sound[:32_320]))
    embeds = [model.embed(it["input_ids"], None) for it in (whole, start)]
    assert embeds[0].shape[1] == 25 and embeds[1].shape[1] == 13
    seen: list[torch.Tensor] = []
    hook = model.multi_modal_projector.register_forward_hook(lambda _, __, out: seen.append(out[0]))
    for fields in (whole, start):
        model(**fields)
    hook.remove()
    # 2.02 s: six blocks of 320 ms are over, convolutions' look-ahead and window's edge included.
    assert torch.allclose(seen[0][:12], seen[1][:12], atol=1e-5)


@torch.no_grad()
def test_adapters_on_the_encoder_are_read_as_peft_writes_them(
    tmp_path: Path, toy: Any, processor_of: Any
) -> None:
    import peft

    plain = toy()
    fields = processor_of(plain)(text=PROMPT, audios=[noise(9_000)])
    torch.manual_seed(5)
    wrapped = peft.get_peft_model(
        plain.audio_tower,
        peft.LoraConfig(
            r=8, lora_alpha=16, target_modules=["q_proj", "k_proj"], init_lora_weights=False
        ),
    )
    lora = {
        "r": 8,
        "lora_alpha": 16,
        "target_modules": ["k_proj", "q_proj"],
        "unfreeze_layers": None,
    }
    model = toy(audio_model_lora_config=lora)
    model.save_pretrained(tmp_path / "lora")
    stored = load_file(tmp_path / "lora" / "model.safetensors")
    theirs = prefixed(dict(wrapped.state_dict()), "audio_tower.")
    assert {name for name in stored if name.startswith("audio_tower")} == set(theirs)
    save_file(stored | theirs, tmp_path / "lora" / "model.safetensors")

    again = AudioLLM.from_pretrained(tmp_path / "lora")
    values, lens = fields["audio_values"], fields["audio_lens"]
    assert torch.allclose(again.audio_tower(values, lens), wrapped(values, lens), atol=1e-6)
    trained = {name for name, it in again.named_parameters() if it.requires_grad}
    assert len([name for name in trained if "lora_" in name]) == 8
    assert not [name for name in trained if name.startswith("language_model")]


@torch.no_grad()
@pytest.mark.parametrize("side", ["audio", "text"])
def test_a_merged_adapter_computes_what_it_computed_before(
    tmp_path: Path, toy: Any, processor_of: Any, side: str
) -> None:
    model = toy(**{f"{side}_model_lora_config": {"r": 4, "lora_alpha": 8}})
    fields = processor_of(model)(text=PROMPT, audios=[noise(9_000)])
    model.save_pretrained(tmp_path / "apart")
    apart = AudioLLM.from_pretrained(tmp_path / "apart")
    before = model(**fields).logits
    assert torch.equal(apart(**fields).logits, before)
    plain = toy()(**fields).logits
    assert not torch.allclose(before, plain, atol=1e-3)

    apart.merge_and_unload().save_pretrained(tmp_path / "merged")
    merged = AudioLLM.from_pretrained(tmp_path / "merged")
    assert torch.allclose(merged(**fields).logits, before, atol=1e-5)
    stored = load_file(tmp_path / "merged" / "model.safetensors")
    assert not [name for name in stored if "lora" in name or "base_" in name]


@torch.no_grad()
def test_merging_into_a_base_by_id_stores_that_tower_and_forgets_the_id(tmp_path: Path) -> None:
    lora = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"]}
    folder = altered(CHECKPOINT, tmp_path / "lora", audio_model_lora_config=lora)
    model = AudioLLM.from_pretrained(folder)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.normal_(std=0.1)
    model.save_pretrained(tmp_path / "apart")
    keys = set(load_file(tmp_path / "apart" / "model.safetensors"))
    assert len(keys) == 4 + 2 * 2 * 2  # the projector; layers, projections, A and B
    assert "audio_tower.base_model.model.layers.1.self_attn.q_proj.lora_A.default.weight" in keys
    model.merge_and_unload().save_pretrained(tmp_path / "merged")
    merged = AudioLLM.from_pretrained(tmp_path / "merged")
    assert merged.config.audio_model_id is None
    assert merged.config.text_model_id is not None  # the side that was not merged keeps its base
    keys = set(load_file(tmp_path / "merged" / "model.safetensors"))
    assert len(keys) == 4 + 37
    fields = AudioProcessor.from_pretrained(folder)(text=PROMPT, audios=[noise(9_000)])
    assert torch.allclose(merged(**fields).logits, model(**fields).logits, atol=1e-5)


@torch.no_grad()
@pytest.mark.parametrize("family", FAMILIES)
def test_any_causal_language_model_reads_and_hears(
    tmp_path: Path, toy: Any, processor_of: Any, family: str
) -> None:
    model = toy(family)
    hears = processor_of(model)
    texts, clips = [PROMPT * 2, "<|audio|>"], [[noise(9_001), noise(20_000)], [noise(3_203)]]
    together = model(**hears(text=texts, audios=clips)).logits
    for row, (text, heard) in enumerate(zip(texts, clips, strict=True)):
        alone = model(**hears(text=text, audios=heard)).logits[0]
        assert torch.allclose(together[row, -len(alone) :], alone, atol=1e-5)
    read = hears(text="only words")
    assert torch.allclose(model(**read).logits, model.language_model(**read).logits, atol=1e-6)
    model.save_pretrained(tmp_path / family)
    again = AudioLLM.from_pretrained(tmp_path / family)
    assert torch.equal(again(**hears(text=texts, audios=clips)).logits, together)


@torch.no_grad()
def test_a_checkpoint_may_be_a_language_model_only(
    tmp_path: Path, toy: Any, processor_of: Any
) -> None:
    model = toy(llm_only_training=True, text_model_lora_config={"r": 2})
    assert not hasattr(model, "audio_tower")
    model.save_pretrained(tmp_path / "text")
    again = AudioLLM.from_pretrained(tmp_path / "text")
    read = processor_of(again)(text="only words")
    assert torch.equal(model(**read).logits, again(**read).logits)


def test_layers_named_in_the_config_stay_trainable(toy: Any) -> None:
    model = toy(audio_model_lora_config={"r": 0, "unfreeze_layers": [r"layers\.1\.", "conv"]})
    trained = {name for name, it in model.audio_tower.named_parameters() if it.requires_grad}
    assert trained
    assert all(name.startswith(("layers.1.", "conv")) for name in trained)


def test_a_whisper_of_any_size_can_be_described() -> None:
    turbo = EncoderShape.of_whisper(
        {"num_mel_bins": 128, "d_model": 1_280, "encoder_layers": 32, "encoder_attention_heads": 20}
    )
    assert (turbo.num_mels, turbo.width, turbo.num_layers) == (128, 1_280, 32)
    assert turbo.window_mel_frames == 3_000
