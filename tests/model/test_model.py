"""The model against what the original computes, and against itself in a batch."""

from typing import Any

import numpy as np
import pytest
import torch

from asha.model import AudioLLM
from asha.model.batch import SoundBatch

from .conftest import noise

SINGLE = ("text_only", "a0p3", "a3_prompt")
FIELDS = (
    "audio_batch_size",
    "input_ids",
    "attention_mask",
    "audio_token_start_idx",
    "audio_lens",
    "audio_token_len",
    "audio_values",
)


def given(vectors: Any, case: str) -> dict[str, torch.Tensor]:
    names = [f"{case}/{name}" for name in (*FIELDS, "labels")]
    return {
        name.rsplit("/")[-1]: torch.from_numpy(vectors[name]) for name in names if name in vectors
    }


@torch.no_grad()
@pytest.mark.parametrize("case", SINGLE)
def test_logits_are_those_of_the_original(reference: Any, vectors: Any, case: str) -> None:
    logits = reference(**given(vectors, case)).logits
    assert np.abs(logits.numpy() - vectors[f"{case}/logits"]).max() < 1e-4


@torch.no_grad()
@pytest.mark.parametrize("case", SINGLE[1:])
def test_encoder_projector_and_merged_prompt_are_those_of_the_original(
    reference: Any, vectors: Any, case: str
) -> None:
    seen: dict[str, torch.Tensor] = {}
    hooks = [
        part.register_forward_hook(lambda _, __, out, name=name: seen.__setitem__(name, out))
        for name, part in (
            ("encoder_out", reference.audio_tower),
            ("projector_out", reference.multi_modal_projector),
        )
    ]
    inner = reference.language_model.register_forward_pre_hook(
        lambda _, args, kwargs: seen.__setitem__("merged_embeds", kwargs["inputs_embeds"]),
        with_kwargs=True,
    )
    reference(**given(vectors, case))
    for hook in (*hooks, inner):
        hook.remove()
    assert set(seen) == {"encoder_out", "projector_out", "merged_embeds"}
    for name, out in seen.items():
        assert np.abs(out.numpy() - vectors[f"{case}/{name}"]).max() < 1e-4, name


@pytest.mark.parametrize("case", SINGLE)
def test_greedy_text_is_that_of_the_original(reference: Any, vectors: Any, case: str) -> None:
    made = reference.generate(**given(vectors, case), max_new_tokens=16, do_sample=False)
    assert made.tolist() == vectors[f"{case}/generated"].tolist()


@torch.no_grad()
def test_a_short_clip_beside_a_long_one_gives_what_it_gives_alone(
    reference: Any, vectors: Any
) -> None:
    batch = given(vectors, "batch_short")
    logits = reference(**batch).logits.numpy()
    assert np.abs(logits[0] - vectors["batch_short/logits"][0]).max() < 1e-4
    alone = vectors["a0p3/logits"][0]
    assert np.abs(logits[1, -len(alone) :] - alone).max() < 1e-5
    made = reference.generate(**batch, max_new_tokens=16, do_sample=False)
    assert made[1, -16:].tolist() == vectors["a0p3/generated"][0, -16:].tolist()


@torch.no_grad()
def test_ragged_batches_equal_single_prompts(reference: Any, processor: Any) -> None:
    lengths_samples = (48_000, 4_800, 80, 4_961, 16_000, 31_999)
    texts = [f"hello {'there ' * index}<|audio|> ok" for index in range(len(lengths_samples))]
    clips = [[noise(length, seed)] for seed, length in enumerate(lengths_samples)]
    together = reference(**processor(text=texts, audios=clips)).logits
    for row, (text, clip) in enumerate(zip(texts, clips, strict=True)):
        alone = reference(**processor(text=text, audios=clip)).logits[0]
        assert torch.allclose(together[row, -len(alone) :], alone, atol=1e-5), row


@torch.no_grad()
def test_a_prompt_with_several_windows_does_not_depend_on_its_batch(
    reference: Any, processor: Any
) -> None:
    texts = ["<|audio|> and <|audio|>", "<|audio|>", "no sound", "<|audio|> <|audio|>"]
    clips = [
        [noise(31 * 16_000), noise(5_000, 1)],
        [noise(20_001, 2)],
        [],
        [noise(9_000, 3), noise(3_000, 4)],
    ]
    together = reference(**processor(text=texts, audios=clips)).logits
    for row, (text, clip) in enumerate(zip(texts, clips, strict=True)):
        alone = reference(**processor(text=text, audios=clip)).logits[0]
        assert torch.allclose(together[row, -len(alone) :], alone, atol=1e-5), row


@torch.no_grad()
@pytest.mark.parametrize("lengths_samples", [(496_000,), (4_960, 20_000), (31_840,), (80,)])
def test_a_prompt_alone_is_computed_as_the_original_does(
    reference: Any, processor: Any, lengths_samples: tuple[int, ...]
) -> None:
    """Which cuts nothing off: what lies between a clip's end and its prompt's is stacked too."""
    clips = [noise(length, seed) for seed, length in enumerate(lengths_samples)]
    fields = processor(text="<|audio|> " * len(clips), audios=clips)
    encoded = reference.audio_tower(fields["audio_values"], fields["audio_lens"])
    wanted = reference.multi_modal_projector(encoded)
    embeds = reference.embed(
        fields["input_ids"], SoundBatch.taken_from(dict(fields), is_causal=False)
    )
    for window, start in enumerate(fields["audio_token_start_idx"].tolist()):
        length = int(fields["audio_token_len"][window])
        placed = embeds[0, start : start + length]
        assert torch.allclose(placed, wanted[window, :length], atol=1e-6)


@torch.no_grad()
def test_only_the_last_position_is_computed_on_request(reference: Any, vectors: Any) -> None:
    logits = reference(**given(vectors, "a3_prompt"), logits_to_keep=1).logits
    assert logits.shape[1] == 1
    assert np.abs(logits[0, 0].numpy() - vectors["a3_prompt/logits"][0, -1]).max() < 1e-4


def test_only_the_projector_is_trained(reference: Any) -> None:
    names = {name for name, it in reference.named_parameters() if it.requires_grad}
    assert names == {
        f"multi_modal_projector.{part}.weight"
        for part in ("ln_pre", "linear_1", "ln_mid", "linear_2")
    }


def test_fields_that_do_not_fit_one_another_are_refused(reference: Any, vectors: Any) -> None:
    fields = given(vectors, "a0p3")
    with pytest.raises(ValueError, match="came without audio_lens"):
        reference(**{name: it for name, it in fields.items() if name != "audio_lens"})
    with pytest.raises(ValueError, match="beyond the prompt"):
        reference(**fields | {"audio_token_start_idx": torch.tensor([20])})
    with pytest.raises(ValueError, match="disagree"):
        reference(**fields | {"audio_batch_size": torch.tensor([2])})
    with pytest.raises(ValueError, match="Give input_ids"):
        reference(attention_mask=fields["attention_mask"])
    assert isinstance(reference, AudioLLM)
