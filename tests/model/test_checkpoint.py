"""Saving, loading, moving; and what is told of checkpoints that cannot be used."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from asha.core.errors import BadCheckpoint, BadInput
from asha.model import AudioLLM, AudioLLMConfig, AudioProcessor

from .conftest import CHECKPOINT, PROMPT, altered, noise


def edited(folder: Path, **tensors: torch.Tensor | None) -> Path:
    """The checkpoint with tensors replaced, added or (None) removed."""
    stored = load_file(folder / "model.safetensors")
    for name, it in tensors.items():
        stored.pop(name, None)
        if it is not None:
            stored[name] = it
    save_file(stored, folder / "model.safetensors")
    return folder


@torch.no_grad()
def test_a_saved_checkpoint_gives_the_same_logits(
    tmp_path: Path, reference: Any, processor: Any
) -> None:
    folder = tmp_path / "deep" / "saved"
    reference.save_pretrained(folder)
    processor.save_pretrained(folder)
    again, hears = AudioLLM.from_pretrained(folder), AudioProcessor.from_pretrained(folder)
    fields = hears(text=PROMPT, audios=[noise(20_000)])
    assert torch.equal(again(**fields).logits, reference(**fields).logits)
    made = [model.generate(**fields, max_new_tokens=5) for model in (again, reference)]
    assert torch.equal(*made)


def test_only_what_the_bases_do_not_hold_is_stored(tmp_path: Path, reference: Any) -> None:
    reference.save_pretrained(tmp_path / "saved")
    stored = load_file(tmp_path / "saved" / "model.safetensors")
    assert set(stored) == set(load_file(CHECKPOINT / "model.safetensors"))
    config = json.loads((tmp_path / "saved" / "config.json").read_text())
    original = json.loads((CHECKPOINT / "config.json").read_text())
    assert "audio_config" not in config and "text_config" not in config
    same = set(original) - {"audio_model_id", "text_model_id", "transformers_version"}
    assert {key: config[key] for key in same} == {key: original[key] for key in same}
    assert (tmp_path / "saved" / config["audio_model_id"]).resolve().name == "whisper-nano128"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["saved"]


def test_weights_that_the_loaded_checkpoint_held_stay_stored(tmp_path: Path) -> None:
    """A frozen tower's tensor in the file wins over the base's, and is not lost by saving."""
    name = "language_model.model.norm.weight"
    folder = edited(altered(CHECKPOINT, tmp_path / "more"), **{name: torch.full((96,), 0.5)})
    model = AudioLLM.from_pretrained(folder)
    assert model.state_dict()[name].eq(0.5).all()
    model.save_pretrained(tmp_path / "again")
    assert load_file(tmp_path / "again" / "model.safetensors")[name].eq(0.5).all()


def test_the_auto_classes_know_the_type(tmp_path: Path, vectors: Any) -> None:
    from transformers import AutoConfig, AutoModel, AutoModelForCausalLM, AutoProcessor

    assert isinstance(AutoConfig.from_pretrained(CHECKPOINT), AudioLLMConfig)
    for auto in (AutoModel, AutoModelForCausalLM):
        assert isinstance(auto.from_pretrained(CHECKPOINT), AudioLLM)
    assert isinstance(AutoProcessor.from_pretrained(CHECKPOINT), AudioProcessor)


def test_a_config_alone_makes_a_model_on_its_bases(reference: Any) -> None:
    config = AudioLLMConfig.from_pretrained(CHECKPOINT)
    fresh = AudioLLM(config)
    assert torch.equal(fresh.audio_tower.conv1.weight, reference.audio_tower.conv1.weight)
    assert fresh.multi_modal_projector.ln_pre.weight.eq(config.norm_init).all()


def test_the_type_of_the_weights_can_be_chosen(tmp_path: Path) -> None:
    half = AudioLLM.from_pretrained(CHECKPOINT, dtype=torch.bfloat16)
    assert {it.dtype for it in half.parameters()} == {torch.bfloat16}
    half.save_pretrained(tmp_path / "half")
    stored = load_file(tmp_path / "half" / "model.safetensors")
    assert {it.dtype for it in stored.values()} == {torch.bfloat16}
    assert AudioLLM.from_pretrained(tmp_path / "half").dtype == torch.bfloat16
    assert AudioLLM.from_pretrained(tmp_path / "half", dtype="float32").dtype == torch.float32


def test_saving_over_a_checkpoint_keeps_the_tokenizer_and_nothing_half_written(
    tmp_path: Path, reference: Any, processor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "saved"
    processor.save_pretrained(folder)
    reference.save_pretrained(folder)
    assert (folder / "tokenizer.json").is_file() and (folder / "model.safetensors").is_file()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def break_down(*_: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(type(reference.generation_config), "save_pretrained", break_down)
    for target in (folder, tmp_path / "new"):
        with pytest.raises(OSError, match="no space"):
            reference.save_pretrained(target)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["saved"]


PROJECTOR = "multi_modal_projector."


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        ({f"{PROJECTOR}ln_mid.weight": None}, "lacks ln_mid.weight"),
        ({f"{PROJECTOR}linear_1.weight": torch.zeros(3, 4)}, r"shape \(3, 4\)"),
        ({f"{PROJECTOR}ln_post.weight": torch.zeros(96)}, "ln_post.weight, which its config"),
        ({"audio_tower.conv3.weight": torch.zeros(1)}, "conv3.weight, which its config"),
        ({"vision_tower.weight": torch.zeros(1)}, "belongs to none of"),
        (
            {"audio_tower.base_model.model.layers.0.fc1.lora_A.default.weight": torch.zeros(1)},
            "which its config has no place for",
        ),
    ],
)
def test_tensors_that_do_not_fit_are_named(
    tmp_path: Path, tensors: dict[str, torch.Tensor | None], told: str
) -> None:
    folder = edited(altered(CHECKPOINT, tmp_path / "bad"), **tensors)
    with pytest.raises(BadCheckpoint, match=told):
        AudioLLM.from_pretrained(folder)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"model_type": "llama"}, "type 'llama', not 'ultravox'"),
        ({"text_model_id": None}, "names no language model"),
        ({"audio_model_id": None}, "names no audio model"),
        ({"audio_model_id": "../nowhere"}, "There is no folder '../nowhere'"),
        ({"text_model_id": "nobody/such-model"}, "neither a folder nor in the hub's local cache"),
        ({"audio_model_id": None, "audio_config": {"model_type": "wav2vec2"}}, "only Whisper"),
        ({"text_model_id": None, "text_config": {"model_type": "zamba99"}}, "'zamba99' is unknown"),
        ({"audio_model_id": None, "audio_config": {"model_type": "whisper"}}, "lacks conv1.bias"),
        (
            {
                "text_model_id": None,
                "text_config": {"model_type": "llama", "hidden_size": 32, "num_hidden_layers": 1},
            },
            "lacks language_model",
        ),
        ({"text_model_id": None, "text_config": {"hidden_size": "wide"}}, "wrong kind"),
        ({"audio_model_id": None, "audio_config": {"d_model": "wide"}}, "wrong kind"),
        ({"audio_latency_block_size": "long"}, "wrong kind"),
        ({"projector_act": "tanhh"}, "'tanhh' is not supported"),
        ({"stack_factor": 0}, "stack_factor must be a positive number"),
        ({"stack_factor": 4}, "linear_1.weight has shape"),
        ({"audio_latency_block_size": 7}, "must be a divisor of 3000"),
        ({"audio_log_floor": -5.0, "audio_latency_block_size": 12}, "must be a multiple of 8"),
        ({"audio_past_frames": 40}, "needs audio_latency_block_size"),
        ({"audio_model_lora_config": {"r": 2, "target_modules": ["nothing"]}}, "No layer matches"),
        ({"llm_only_training": True}, "says llm_only_training"),
    ],
)
def test_configs_that_cannot_be_used_are_explained(
    tmp_path: Path, fields: dict[str, Any], told: str
) -> None:
    folder = altered(CHECKPOINT, tmp_path / "bad", **fields)
    with pytest.raises(BadCheckpoint, match=told) as refused:
        AudioLLM.from_pretrained(folder)
    assert "\n" not in refused.value.message


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1_000])


def test_a_file_that_is_cut_short_is_named(tmp_path: Path) -> None:
    folder = altered(CHECKPOINT, tmp_path / "bad")
    cut_short(folder / "model.safetensors")
    with pytest.raises(BadCheckpoint, match="is cut short or no safetensors file"):
        AudioLLM.from_pretrained(folder)
    (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(BadCheckpoint, match="is cut short or no safetensors file"):
        AudioLLM.from_pretrained(folder)
    (folder / "model.safetensors").unlink()
    with pytest.raises(BadCheckpoint, match=r"has neither model\.safetensors nor"):
        AudioLLM.from_pretrained(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(BadCheckpoint, match="not readable JSON"):
        AudioLLM.from_pretrained(folder)
    (folder / "config.json").unlink()
    with pytest.raises(BadCheckpoint, match=r"has no config\.json"):
        AudioLLM.from_pretrained(folder)


@pytest.mark.parametrize("base", ["audio", "text"])
def test_a_base_that_is_cut_short_is_named(tmp_path: Path, base: str) -> None:
    name = {"audio": "whisper-nano128", "text": "llama-nano128"}[base]
    altered(CHECKPOINT.parent / name, tmp_path / "base")
    folder = altered(CHECKPOINT, tmp_path / "bad", **{f"{base}_model_id": "../base"})
    AudioLLM.from_pretrained(folder)
    cut_short(tmp_path / "base" / "model.safetensors")
    with pytest.raises(BadCheckpoint, match="base"):
        AudioLLM.from_pretrained(folder)


def test_a_base_without_all_its_weights_is_refused(tmp_path: Path) -> None:
    altered(CHECKPOINT.parent / "llama-nano128", tmp_path / "base")
    edited(tmp_path / "base", **{"model.norm.weight": None})
    folder = altered(CHECKPOINT, tmp_path / "bad", text_model_id="../base")
    with pytest.raises(BadCheckpoint, match=r"lacks model\.norm\.weight"):
        AudioLLM.from_pretrained(folder)


def test_a_shard_that_is_missing_or_incomplete_is_named(tmp_path: Path, toy: Any) -> None:
    folder = tmp_path / "sharded"
    toy().save_pretrained(folder, largest_shard="40KB")
    shards = sorted(folder.glob("model-*-of-*.safetensors"))
    save_file({"language_model.nothing": torch.zeros(1)}, shards[0])
    with pytest.raises(BadCheckpoint, match="which the index promises"):
        AudioLLM.from_pretrained(folder)
    shards[0].unlink()
    with pytest.raises(BadCheckpoint, match="is missing"):
        AudioLLM.from_pretrained(folder)


def test_an_id_is_not_looked_up_while_the_hub_is_switched_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import socket

    def refuse(*_: Any) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for loader in (AudioLLM, AudioProcessor):
        with pytest.raises(BadCheckpoint, match="neither a folder nor in the hub's local cache"):
            loader.from_pretrained("nobody/such-model")
    with pytest.raises(BadCheckpoint, match="There is no folder"):
        AudioLLM.from_pretrained("./such-folder")


def test_a_hub_out_of_reach_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def unreachable(*_: Any, **__: Any) -> str:
        raise OSError("no route to host")

    monkeypatch.delenv("HF_HUB_OFFLINE")
    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(BadCheckpoint, match="neither a folder nor a hub repository in reach"):
        AudioLLM.from_pretrained("nobody/such-model")


class RecordingHub:
    """Takes the place of the hub's client and keeps what is uploaded."""

    uploaded: dict[str, set[str]]

    def __init__(self) -> None:
        type(self).uploaded = {}

    def create_repo(self, repo_id: str, **_: Any) -> Any:
        if "/" not in repo_id:
            raise ValueError("no namespace")
        return type("Repo", (), {"repo_id": repo_id})

    def upload_folder(self, *, repo_id: str, folder_path: Path, **_: Any) -> Any:
        type(self).uploaded[repo_id] = {path.name for path in folder_path.iterdir()}
        return type("Commit", (), {"commit_url": f"hub:{repo_id}"})


def test_pushing_uploads_what_saving_writes(
    toy: Any, reference: Any, processor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    monkeypatch.setattr(huggingface_hub, "HfApi", RecordingHub)
    assert toy().push_to_hub("me/toy") == "hub:me/toy"
    assert RecordingHub.uploaded["me/toy"] == {
        "config.json",
        "generation_config.json",
        "model.safetensors",
    }
    processor.push_to_hub("me/toy")
    assert "tokenizer.json" in RecordingHub.uploaded["me/toy"]
    with pytest.raises(BadInput, match="does not take 'toy'"):
        toy().push_to_hub("toy")
    with pytest.raises(BadCheckpoint, match="is a folder of this machine"):
        reference.push_to_hub("me/reference")
