"""Ids, places and counts: exact, also for clips of 5 ms and over 30 s."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from asha.core.errors import BadCheckpoint, BadSound
from asha.model import AudioProcessor

from .conftest import CHECKPOINT, altered, noise

EOS = 508


@pytest.mark.parametrize("case", ["text_only", "a0p3", "a3_prompt"])
def test_every_field_is_exactly_that_of_the_original(
    processor: Any, vectors: Any, case: str
) -> None:
    wave = vectors.get(f"{case}/wave0")
    fields = processor(
        text=str(vectors[f"{case}/text"]),
        audios=None if wave is None else [wave],
        sampling_rate=16_000,
        return_tensors="pt",
    )
    assert ("audio_values" in fields) == (wave is not None)
    for name, it in fields.items():
        wanted = vectors[f"{case}/{name}"]
        assert it.numpy().dtype == wanted.dtype and np.array_equal(it, wanted), name


def test_two_prompts_are_padded_as_the_original_pads_them(processor: Any, vectors: Any) -> None:
    cases = ("a3_prompt", "a0p3")
    fields = processor(
        text=[str(vectors[f"{case}/text"]) for case in cases],
        audios=[vectors[f"{case}/wave0"] for case in cases],
    )
    for name, it in fields.items():
        assert np.array_equal(it, vectors[f"batch_short/{name}"]), name


@pytest.mark.parametrize(
    ("num_samples", "mel_frames", "tokens"),
    [
        (80, [2], [1]),
        (320, [2], [1]),
        (4_800, [30], [2]),
        (16_000, [100], [7]),
        (16_001, [101], [7]),
        (48_000, [300], [19]),
        (480_000, [3_000], [188]),
        (496_000, [3_000, 100], [188, 7]),
        (960_001, [3_000, 3_000, 1], [188, 188, 1]),
    ],
)
def test_a_clip_takes_six_and_a_quarter_tokens_a_second(
    processor: Any, num_samples: int, mel_frames: list[int], tokens: list[int]
) -> None:
    fields = processor(text="a<|audio|>b", audios=noise(num_samples))
    assert fields["audio_lens"].tolist() == mel_frames
    assert fields["audio_token_len"].tolist() == tokens
    assert fields["audio_batch_size"].tolist() == fields["audio_num_chunks"].tolist()
    assert fields["audio_batch_size"].tolist() == [len(tokens)]
    assert fields["audio_values"].shape == (len(tokens), 128, max(mel_frames))
    starts = [1 + sum(tokens[:index]) for index in range(len(tokens))]
    assert fields["audio_token_start_idx"].tolist() == starts
    assert fields["input_ids"][0, 1:-1].tolist() == [EOS] * sum(tokens)


def test_a_continuation_is_padded_with_zeros_to_a_whole_window(processor: Any) -> None:
    values = processor(text="<|audio|>", audios=noise(496_000))["audio_values"]
    assert values.shape == (2, 128, 3_000)
    assert not values[1, :, 100:].any()


def test_the_loudest_moment_of_a_long_clip_sets_the_floor_of_all_its_windows(
    processor: Any,
) -> None:
    clip = noise(496_000) * 1e-5
    clip[-8_000:] *= 1e5
    values = processor(text="<|audio|>", audios=clip)["audio_values"]
    assert values[0, :, :-8].amax() == values[0].amin()  # all of it lies below the floor


def test_clips_take_the_places_of_their_placeholders(processor: Any) -> None:
    fields = processor(
        text="<|audio|>and<|audio|><|audio|>", audios=[noise(3_200), noise(9_600), noise(3_200)]
    )
    middle = len(processor.tokenizer("and")["input_ids"])
    assert fields["audio_token_len"].tolist() == [2, 4, 2]
    assert fields["audio_token_start_idx"].tolist() == [0, 2 + middle, 6 + middle]
    assert fields["audio_batch_size"].tolist() == [3]
    assert fields["audio_num_chunks"].tolist() == [1, 1, 1]
    assert 512 not in fields["input_ids"]  # the placeholder's own id never appears


@pytest.mark.parametrize("text", ["no place", "<|audio|> two <|audio|>"])
def test_too_few_or_too_many_placeholders_are_refused(processor: Any, text: str) -> None:
    with pytest.raises(ValueError, match="placeholders"):
        processor(text=text, audios=[noise(3_200)])
    with pytest.raises(ValueError, match="placeholders"):
        processor(text=["<|audio|>", text], audios=[noise(3_200), noise(3_200)])


def test_other_rates_and_integer_samples_are_converted(processor: Any) -> None:
    time_s = np.arange(48_000) / 48_000
    tone = (0.5 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32)
    fast = processor(text="<|audio|>", audios=tone, sampling_rate=48_000)
    slow = processor(text="<|audio|>", audios=tone[::3])
    assert fast["audio_lens"].tolist() == [100]
    assert torch.allclose(
        fast["audio_values"].amax(1)[:, 5:-5], slow["audio_values"].amax(1)[:, 5:-5], atol=0.02
    )
    whole = (tone[::3] * 32_768).astype(np.int16)
    same = processor(text="<|audio|>", audios=[torch.from_numpy(whole)])
    assert torch.allclose(same["audio_values"], slow["audio_values"], atol=0.5)
    assert torch.equal(
        processor(text="<|audio|>", audio=tone[::3].tolist())["audio_values"],
        slow["audio_values"],
    )


@pytest.mark.parametrize(
    ("clip", "told"),
    [
        (np.zeros(0, np.float32), "empty"),
        (np.zeros((2, 800), np.float32), "one channel"),
        (np.full(800, np.nan, np.float32), "not finite"),
    ],
)
def test_sound_that_cannot_be_heard_is_refused(processor: Any, clip: Any, told: str) -> None:
    with pytest.raises(BadSound, match=told):
        processor(text="<|audio|>", audios=[clip])


def test_numpy_comes_on_request(processor: Any) -> None:
    assert isinstance(processor(text="hi", return_tensors="np")["input_ids"], np.ndarray)


def test_the_base_s_tokenizer_serves_where_the_checkpoint_has_none(tmp_path: Path) -> None:
    folder = altered(CHECKPOINT, tmp_path / "bare")
    for file in ("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"):
        (folder / file).unlink()
    bare = AudioProcessor.from_pretrained(folder)
    assert bare.tokenizer.convert_tokens_to_ids("<|audio|>") == 512
    bare.save_pretrained(folder)
    again = AudioProcessor.from_pretrained(folder)
    assert again.tokenizer("x<|audio|>")["input_ids"][-1] == 512


def test_a_checkpoint_without_any_tokenizer_is_refused(tmp_path: Path, toy: Any) -> None:
    toy().save_pretrained(tmp_path / "mute")
    with pytest.raises(BadCheckpoint, match="has no tokenizer"):
        AudioProcessor.from_pretrained(tmp_path / "mute")


def test_a_broken_tokenizer_is_named(tmp_path: Path) -> None:
    folder = altered(CHECKPOINT, tmp_path / "bad")
    (folder / "tokenizer.json").write_text('{"version": ')
    with pytest.raises(BadCheckpoint, match=r"tokenizer in .* cannot be read"):
        AudioProcessor.from_pretrained(folder)


def test_causal_clips_are_taken_alone(toy: Any, processor_of: Any) -> None:
    hears = processor_of(toy(audio_log_floor=-4.0, audio_latency_block_size=16))
    short, long = noise(5_000), noise(20_000, 1) * 3
    together = hears(text="<|audio|><|audio|>", audios=[short, long])["audio_values"]
    alone = hears(text="<|audio|>", audios=[short])["audio_values"]
    assert torch.equal(together[0, :, : alone.shape[2]], alone[0])
    assert not together[0, :, alone.shape[2] :].any()
