"""What the model is given: the contract's fields, their padding, the sound's places in a prompt.

Legend: R rows (prompts), L tokens, W windows of sound (of all rows, in order), M mel bands,
T mel frames, K tokens of the longest window, D width of the language model.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor
from torch.nn import functional

IGNORED_LABEL = -100
ALTERNATIVE = "alt_"  # fields of the same sample with the transcript in place of the sound
PER_WINDOW = ("audio_token_start_idx", "audio_lens", "audio_token_len")
SOUND_FIELDS = ("audio_values", *PER_WINDOW, "audio_batch_size", "audio_num_chunks")


@dataclass(frozen=True, slots=True)
class SoundBatch:
    """The sound of a batch, and where it goes."""

    mel_WMT: Tensor
    lens_W: Tensor  # mel frames of each window
    token_lens_W: Tensor  # tokens of each window
    starts_W: Tensor  # its first token's place in its row, padding included
    rows_W: Tensor  # the row it belongs to
    extents_W: Tensor  # mel frames its spectrogram reaches: see `taken_from`

    @classmethod
    def taken_from(
        cls, inputs: MutableMapping[str, Any], *, is_causal: bool
    ) -> "SoundBatch | None":
        """Take the sound's fields out of `inputs`; None where there is none.

        A window's extent is what decides its encoding besides its own sound. Stock: the longest
        window of its own prompt, so that a prompt in a batch gives what it gives alone. Causal:
        its own length. A caller may set it as `audio_extents`: all T reproduces the reference's
        batches, where a short row reads past its end (its published training losses do).

        Raises:
            ValueError: the fields do not fit one another.
        """
        given_extents = inputs.pop("audio_extents", None)
        fields = {name: inputs.pop(name, None) for name in SOUND_FIELDS}
        mel_WMT = fields["audio_values"]
        if mel_WMT is None or not len(mel_WMT):
            return None
        if missing := [name for name in PER_WINDOW if fields[name] is None]:
            raise ValueError(f"audio_values came without {missing[0]}.")
        device = mel_WMT.device
        starts_W, lens_W, token_lens_W = (fields[name].to(device).flatten() for name in PER_WINDOW)
        rows_W = _rows(fields["audio_batch_size"], len(mel_WMT), device)
        if not len(mel_WMT) == len(starts_W) == len(lens_W) == len(token_lens_W) == len(rows_W):
            raise ValueError("audio_values, its lengths, starts and batch sizes disagree.")
        if given_extents is not None:
            extents_W = given_extents.to(device)
        elif is_causal:
            extents_W = lens_W
        else:
            longest_R = lens_W.new_zeros(int(rows_W.max()) + 1)
            extents_W = longest_R.scatter_reduce(0, rows_W, lens_W, "amax")[rows_W]
        return cls(mel_WMT, lens_W, token_lens_W, starts_W, rows_W, extents_W)

    def placed(self, embeds_RLD: Tensor, sound_WKD: Tensor) -> Tensor:
        """The prompt's embeddings with each window's tokens overwritten by its sound's.

        Raises:
            ValueError: a window lies outside its row.
        """
        offsets_K = torch.arange(sound_WKD.shape[1], device=sound_WKD.device)
        is_token_WK = offsets_K[None] < self.token_lens_W[:, None]
        places_WK = self.starts_W[:, None] + offsets_K[None]
        if int((self.starts_W + self.token_lens_W).max()) > embeds_RLD.shape[1]:
            raise ValueError("The sound's tokens reach beyond the prompt.")
        if int(self.token_lens_W.max()) > sound_WKD.shape[1]:
            raise ValueError("audio_token_len asks for more tokens than the sound has.")
        rows_WK = self.rows_W[:, None].expand_as(places_WK)
        values = sound_WKD[is_token_WK].to(embeds_RLD.dtype)
        return embeds_RLD.index_put((rows_WK[is_token_WK], places_WK[is_token_WK]), values)


def _rows(windows_per_row: Tensor | None, num_windows: int, device: torch.device) -> Tensor:
    if windows_per_row is None:  # one window per prompt
        return torch.arange(num_windows, device=device)
    counts_R = windows_per_row.to(device).flatten()
    return torch.repeat_interleave(torch.arange(len(counts_R), device=device), counts_R)


def pad_samples(
    samples: Sequence[Mapping[str, Tensor]],
    *,
    pad_token_id: int,
    side: Literal["left", "right"] = "left",
) -> dict[str, Tensor]:
    """Prompts of one row each as one batch: left for generation, right for training.

    Text is padded with `pad_token_id`, labels with -100, spectrograms with 0; with left padding
    the sound's starts move along.
    """
    batch = _padded_text(samples, "", pad_token_id, side)
    if f"{ALTERNATIVE}input_ids" in samples[0]:
        batch |= _padded_text(samples, ALTERNATIVE, pad_token_id, side)
    heard = [sample for sample in samples if "audio_values" in sample]
    if not heard:
        return batch
    length = batch["input_ids"].shape[1]
    shifts = [length - sample["input_ids"].shape[-1] if side == "left" else 0 for sample in heard]
    longest = max(sample["audio_values"].shape[2] for sample in heard)
    for name in PER_WINDOW:
        batch[name] = torch.cat([sample[name] for sample in heard])
    windows = torch.tensor([len(sample["audio_lens"]) for sample in heard])
    batch["audio_token_start_idx"] += torch.repeat_interleave(torch.tensor(shifts), windows)
    batch["audio_values"] = torch.cat(
        [
            functional.pad(values, (0, longest - values.shape[2]))
            for values in (sample["audio_values"] for sample in heard)
        ]
    )
    batch["audio_batch_size"] = torch.tensor(
        [[len(sample["audio_lens"]) if "audio_values" in sample else 0] for sample in samples]
    )
    return batch


def _padded_text(
    samples: Sequence[Mapping[str, Tensor]], prefix: str, pad_token_id: int, side: str
) -> dict[str, Tensor]:
    fills = {"input_ids": pad_token_id, "attention_mask": 0, "labels": IGNORED_LABEL}
    batch = {}
    for name, fill in fills.items():
        if f"{prefix}{name}" not in samples[0]:
            continue
        rows = [sample[f"{prefix}{name}"].reshape(-1) for sample in samples]
        longest = max(len(row) for row in rows)
        pads = [
            ((longest - len(row), 0) if side == "left" else (0, longest - len(row))) for row in rows
        ]
        batch[f"{prefix}{name}"] = torch.stack(
            [functional.pad(row, pad, value=fill) for row, pad in zip(rows, pads, strict=True)]
        )
    return batch
