"""Checkpoints between training and serving: the mean, the merge, the move to another model."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from asha.core.errors import BadInput
from asha.model import AudioLLM, AudioLLMConfig, AudioProcessor
from asha.training.averaging import average
from asha.training.publish import merge
from asha.training.transplant import transplant
from asha.training.words import tokens_per_word

VECTORS = Path(__file__).parents[1] / "vectors" / "ultravox"
CHECKPOINT = VECTORS / "checkpoint"
SOUND = np.random.default_rng(0).normal(0, 0.1, 8_000).astype(np.float32)


def copied(target: Path, *, add: float = 0.0) -> Path:
    """The reference checkpoint with `add` on every tensor, its bases by absolute paths."""
    target.mkdir(parents=True)
    for file in CHECKPOINT.iterdir():
        shutil.copy(file, target / file.name)
    tensors = load_file(CHECKPOINT / "model.safetensors")
    save_file({name: it + add for name, it in tensors.items()}, target / "model.safetensors")
    fields = json.loads((CHECKPOINT / "config.json").read_text())
    for key in ("audio_model_id", "text_model_id"):
        fields[key] = str((CHECKPOINT / fields[key]).resolve())
    (target / "config.json").write_text(json.dumps(fields))
    return target


def logits(folder: Path) -> torch.Tensor:
    model, processor = AudioLLM.from_pretrained(folder), AudioProcessor.from_pretrained(folder)
    text = processor.apply_chat_template(
        [{"role": "user", "content": "<|audio|>"}], add_generation_prompt=True
    )
    with torch.no_grad():
        found: torch.Tensor = model(**processor(text=text, audios=[SOUND])).logits
    return found


def test_the_mean_lies_between_its_checkpoints_and_can_be_loaded(tmp_path: Path) -> None:
    folders = [copied(tmp_path / name, add=add) for name, add in (("a", 0.0), ("b", 0.3))]
    assert average([str(it) for it in folders], tmp_path / "mean") == 4
    first = load_file(folders[0] / "model.safetensors")
    mean = load_file(tmp_path / "mean" / "model.safetensors")
    for name, tensor in first.items():
        assert torch.allclose(mean[name], tensor + 0.15, atol=1e-6), name
    assert logits(tmp_path / "mean").isfinite().all()


def test_relative_bases_are_found_from_the_new_folder(tmp_path: Path) -> None:
    average([str(CHECKPOINT), str(CHECKPOINT)], tmp_path / "mean")
    assert torch.equal(logits(tmp_path / "mean"), logits(CHECKPOINT))


def test_checkpoints_of_several_files_are_averaged_too(tmp_path: Path) -> None:
    model = AudioLLM.from_pretrained(CHECKPOINT)
    model.save_pretrained(tmp_path / "sharded", largest_shard="40KB")
    assert len(list((tmp_path / "sharded").glob("model-*-of-*"))) > 1
    average([str(tmp_path / "sharded"), str(CHECKPOINT)], tmp_path / "mean")
    mean = load_file(tmp_path / "mean" / "model.safetensors")
    assert mean.keys() == load_file(CHECKPOINT / "model.safetensors").keys()


def test_what_cannot_be_averaged_is_told(tmp_path: Path) -> None:
    odd = copied(tmp_path / "odd")
    tensors = load_file(odd / "model.safetensors")
    tensors["multi_modal_projector.ln_mid.weight"] = torch.ones(3)
    save_file(tensors, odd / "model.safetensors")
    with pytest.raises(BadInput, match=r"differ in multi_modal_projector\.ln_mid\.weight"):
        average([str(CHECKPOINT), str(odd)], tmp_path / "mean")
    with pytest.raises(BadInput, match="at least two"):
        average([str(CHECKPOINT)], tmp_path / "mean")
    with pytest.raises(BadInput, match="holds something already"):
        average([str(CHECKPOINT), str(CHECKPOINT)], odd)
    with pytest.raises(BadInput, match="no Ultravox-format checkpoint"):
        average([str(VECTORS / "llama-nano128"), str(CHECKPOINT)], tmp_path / "mean")


def test_merged_adapters_compute_the_same_and_a_whole_checkpoint_needs_no_base(
    tmp_path: Path,
) -> None:
    config = AudioLLMConfig.from_pretrained(copied(tmp_path / "base"))
    config.audio_model_lora_config = {"r": 4, "target_modules": ["q_proj", "k_proj"]}
    config.text_model_lora_config = {"r": 2, "target_modules": ["q_proj"]}
    torch.manual_seed(3)
    model = AudioLLM.from_pretrained(tmp_path / "base", config=config)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)
    model.save_pretrained(tmp_path / "adapted")
    AudioProcessor.from_pretrained(tmp_path / "base").save_pretrained(tmp_path / "adapted")
    (tmp_path / "adapted" / "README.md").write_text("# adapted\n")
    merge(str(tmp_path / "adapted"), tmp_path / "merged", is_whole=True)
    fields = json.loads((tmp_path / "merged" / "config.json").read_text())
    assert fields["audio_model_id"] is None and fields["text_model_id"] is None
    assert not [it for it in load_file(tmp_path / "merged" / "model.safetensors") if "lora" in it]
    shutil.rmtree(tmp_path / "base")
    assert torch.allclose(logits(tmp_path / "merged"), logits(tmp_path / "adapted"), atol=1e-4)
    assert (tmp_path / "merged" / "README.md").read_text() == "# adapted\n"


def other_language_model(folder: Path, width: int) -> torch.Tensor:
    """A model whose embeddings are the old ones times a matrix, which is returned; its tokens are
    numbered the same.
    """
    from transformers import LlamaConfig, LlamaForCausalLM

    old = load_file(VECTORS / "llama-nano128" / "model.safetensors")["model.embed_tokens.weight"]
    matrix = torch.randn(old.shape[1], width, generator=torch.Generator().manual_seed(2)) * 0.1
    config = LlamaConfig(
        vocab_size=len(old),
        hidden_size=width,
        intermediate_size=64,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
        eos_token_id=508,
    )
    model = LlamaForCausalLM(config)
    with torch.no_grad():
        model.get_input_embeddings().weight.copy_(old @ matrix)
    model.save_pretrained(folder)
    for file in (VECTORS / "llama-nano128").glob("*token*"):
        shutil.copy(file, folder / file.name)
    return matrix


def test_a_projector_moves_to_another_language_model_through_shared_tokens(tmp_path: Path) -> None:
    matrix = other_language_model(tmp_path / "other", 48)
    done = transplant(str(CHECKPOINT), str(tmp_path / "other"), tmp_path / "moved")
    assert done.num_shared > 400
    assert done.explained > 0.99
    before, after = (AudioLLM.from_pretrained(it) for it in (CHECKPOINT, tmp_path / "moved"))
    frames = torch.randn(1, 16, 8)
    width = before.config.encoder_shape.width
    frames = torch.randn(1, 16, width, generator=torch.Generator().manual_seed(4))
    with torch.no_grad():
        wanted = before.multi_modal_projector(frames) @ matrix
        assert torch.allclose(after.multi_modal_projector(frames), wanted, rtol=0.05, atol=0.02)
    assert logits(tmp_path / "moved").isfinite().all()


def test_a_projector_that_ends_in_a_norm_cannot_be_moved(tmp_path: Path) -> None:
    folder = copied(tmp_path / "old")
    fields = json.loads((folder / "config.json").read_text()) | {"projector_ln_mid": False}
    (folder / "config.json").write_text(json.dumps(fields))
    with pytest.raises(BadInput, match="only later ones can be moved"):
        transplant(str(folder), str(VECTORS / "llama-nano128"), tmp_path / "moved")


def test_tokens_per_word_are_counted_with_a_models_own_tokenizer() -> None:
    english = tokens_per_word(str(CHECKPOINT), ["good morning", "how are you"])
    gujarati = tokens_per_word(str(CHECKPOINT), ["તમે કેમ છો", "આભાર"])
    assert (english.num_words, gujarati.num_words) == (5, 4)
    assert english.mean == english.num_tokens / 5 > 1
    assert gujarati.num_tokens > gujarati.num_words
    with pytest.raises(BadInput, match="no words"):
        tokens_per_word(str(CHECKPOINT), [" "])
