"""The ears: a Whisper-shaped encoder in plain torch, with Hugging Face's state-dict names.

Legend: B rows, M mel bands, T mel frames (10 ms), F encoder frames (20 ms), K keys (cached and
new), D width, H heads, N width of a head.

How to encode piece by piece, on top of what is here (`forward` is these four steps in a row):

    x_BFD = encoder.stem(mel_BMT, extent_B)          two convolutions; a frame needs its neighbours
    x_BFD = encoder.with_positions(x_BFD, first_frame=n)
    for layer, past in zip(encoder.layers, caches):
        x_BFD, cache = layer(x_BFD, mask_BFK, past)  `past` holds the keys and values of frames < n
    encoded_BFD = encoder.layer_norm(x_BFD)

A block sees itself and all earlier blocks (`block_causal_mask`), so with the cached keys and values
of the earlier blocks a whole new block needs no mask at all. The convolutions look ahead: encoder
frame f reads mel frames 2f-2 .. 2f+2, so block [a, b) is final once mel frame 2b is known, and its
stem needs mel frames from 2a-2 on.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from asha.core.errors import BadCheckpoint

STRIDE = 2  # mel frames per encoder frame: the second convolution's
KERNEL = 3  # both convolutions'
LONGEST_WAVE = 10_000  # of the position table, in frames (as in "Attention is all you need")
FLOAT16_LIMIT = (
    torch.finfo(torch.float16).max - 1_000
)  # as in Hugging Face's Whisper: no infinities

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": functional.gelu,
    "relu": functional.relu,
    "silu": functional.silu,
}


@dataclass(frozen=True, slots=True)
class EncoderShape:
    """The numbers that make an encoder; the names in brackets are those of a Whisper config."""

    num_mels: int = 80  # [num_mel_bins]
    width: int = 384  # [d_model]
    num_layers: int = 4  # [encoder_layers]
    num_heads: int = 6  # [encoder_attention_heads]
    ffn_width: int = 1_536  # [encoder_ffn_dim]
    max_frames: int = 1_500  # [max_source_positions]; 30 s
    activation: str = "gelu"  # [activation_function]
    dropout: float = 0.0  # [dropout]; in training only

    @property
    def window_mel_frames(self) -> int:
        """The longest sound one row can hold, in mel frames (3000 = 30 s for every Whisper)."""
        return self.max_frames * STRIDE

    @classmethod
    def of_whisper(cls, config: Mapping[str, Any]) -> "EncoderShape":
        """From a Whisper config's fields; what is missing takes Whisper-tiny's value.

        Raises:
            BadCheckpoint: the activation is none we know, or the heads do not divide the width.
        """
        names = {
            "num_mels": "num_mel_bins",
            "width": "d_model",
            "num_layers": "encoder_layers",
            "num_heads": "encoder_attention_heads",
            "ffn_width": "encoder_ffn_dim",
            "max_frames": "max_source_positions",
            "activation": "activation_function",
            "dropout": "dropout",
        }
        shape = cls(**{ours: config[theirs] for ours, theirs in names.items() if theirs in config})
        if shape.activation not in ACTIVATIONS:
            raise BadCheckpoint(
                f"The encoder's activation {shape.activation!r} is not supported; "
                f"use one of {', '.join(ACTIVATIONS)}."
            )
        if shape.width % shape.num_heads:
            raise BadCheckpoint(
                f"The encoder's width {shape.width} is no multiple of its {shape.num_heads} heads; "
                "correct the audio config."
            )
        return shape


@dataclass(frozen=True, slots=True)
class KeysValues:
    """One layer's keys and values, each shape (B, H, K, N): what a later block attends to."""

    keys_BHKN: Tensor
    values_BHKN: Tensor


class SelfAttention(nn.Module):
    """Multi-head attention; the key projection has no bias, as in every Whisper."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        self.num_heads = shape.num_heads
        self.q_proj = nn.Linear(shape.width, shape.width)
        self.k_proj = nn.Linear(shape.width, shape.width, bias=False)
        self.v_proj = nn.Linear(shape.width, shape.width)
        self.out_proj = nn.Linear(shape.width, shape.width)

    def forward(
        self, x_BFD: Tensor, mask_BFK: Tensor | None, past: KeysValues | None
    ) -> tuple[Tensor, KeysValues]:
        """Attend to `past` and to `x_BFD`; `mask_BFK` is True where a query may look."""
        queries = self._heads(self.q_proj(x_BFD))
        keys, values = self._heads(self.k_proj(x_BFD)), self._heads(self.v_proj(x_BFD))
        if past is not None:
            keys = torch.cat([past.keys_BHKN, keys], dim=2)
            values = torch.cat([past.values_BHKN, values], dim=2)
        mask = None if mask_BFK is None else mask_BFK[:, None]
        mixed = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        return self.out_proj(mixed.transpose(1, 2).flatten(2)), KeysValues(keys, values)

    def _heads(self, x_BFD: Tensor) -> Tensor:
        return x_BFD.unflatten(2, (self.num_heads, -1)).transpose(1, 2)


class EncoderLayer(nn.Module):
    """Attention and a feed-forward part, each behind a layer norm and around a residual."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        self.activation = ACTIVATIONS[shape.activation]
        self.dropout = shape.dropout
        self.self_attn = SelfAttention(shape)
        self.self_attn_layer_norm = nn.LayerNorm(shape.width)
        self.fc1 = nn.Linear(shape.width, shape.ffn_width)
        self.fc2 = nn.Linear(shape.ffn_width, shape.width)
        self.final_layer_norm = nn.LayerNorm(shape.width)

    def forward(
        self, x_BFD: Tensor, mask_BFK: Tensor | None = None, past: KeysValues | None = None
    ) -> tuple[Tensor, KeysValues]:
        """New frames in, new frames out, with the keys and values of all frames so far.

        `mask_BFK` (bool, broadcastable over B) covers the cached keys first, then the new ones;
        None lets every query see every key.
        """
        mixed, cache = self.self_attn(self.self_attn_layer_norm(x_BFD), mask_BFK, past)
        x_BFD = x_BFD + self._dropped(mixed)
        fed = self.fc2(self.activation(self.fc1(self.final_layer_norm(x_BFD))))
        x_BFD = x_BFD + self._dropped(fed)
        if x_BFD.dtype == torch.float16:
            x_BFD = x_BFD.clamp(-FLOAT16_LIMIT, FLOAT16_LIMIT)
        return x_BFD, cache

    def _dropped(self, x_BFD: Tensor) -> Tensor:
        return functional.dropout(x_BFD, self.dropout, self.training)


class Encoder(nn.Module):
    """Mel frames to encoder frames, at half the rate. Rows may have any length up to a window."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        self.shape = shape
        self.forgets = False  # in training, compute each layer again on the way back: less memory
        self.conv1 = nn.Conv1d(shape.num_mels, shape.width, KERNEL, padding=1)
        self.conv2 = nn.Conv1d(shape.width, shape.width, KERNEL, stride=STRIDE, padding=1)
        self.embed_positions = nn.Embedding(shape.max_frames, shape.width)
        self.layers = nn.ModuleList([EncoderLayer(shape) for _ in range(shape.num_layers)])
        self.layer_norm = nn.LayerNorm(shape.width)

    def forward(
        self,
        mel_BMT: Tensor,
        mel_lens_B: Tensor | None = None,
        *,
        extent_B: Tensor | None = None,
        block_frames: int | None = None,
        past_frames: int | None = None,
    ) -> Tensor:
        """Encoded frames, shape (B, num_frames(T), D).

        Args:
            mel_BMT: log-mel spectrograms, right-padded with 0.
            mel_lens_B: true lengths in mel frames; no query attends past them. None: all of T.
            extent_B: how far each row's spectrogram reaches, its own padding included (>= its
                length); what the convolutions see beyond is as if T ended there, so that a row is
                encoded the same whatever it is batched with. None: all of T.
            block_frames: encoder frames per block of a block-causal mask; None attends to all.
            past_frames: frames before its block that a block may look at; None: all of them.

        Raises:
            ValueError: T is longer than the position table.
        """
        num_mel_frames = mel_BMT.shape[2]
        if num_mel_frames > self.shape.window_mel_frames:
            raise ValueError(
                f"{num_mel_frames} mel frames do not fit into one window of "
                f"{self.shape.window_mel_frames}; cut the sound first."
            )
        x_BFD = self.with_positions(self.stem(mel_BMT, extent_B))
        mask_BFK = attention_mask(
            x_BFD.shape[1], mel_lens_B, block_frames, past_frames, device=x_BFD.device
        )
        for layer in self.layers:
            if self.forgets and self.training:
                x_BFD, _ = checkpoint(layer, x_BFD, mask_BFK, use_reentrant=False)
            else:
                x_BFD, _ = layer(x_BFD, mask_BFK)
        return self.layer_norm(x_BFD)

    def stem(self, mel_BMT: Tensor, extent_B: Tensor | None = None) -> Tensor:
        """The two convolutions, shape (B, num_frames(T), D); see `forward` for `extent_B`."""
        x_BDT = functional.gelu(self.conv1(mel_BMT))
        if extent_B is not None:
            x_BDT = x_BDT * within(extent_B, x_BDT.shape[2])[:, None].to(x_BDT.dtype)
        return functional.gelu(self.conv2(x_BDT)).transpose(1, 2)

    def with_positions(self, x_BFD: Tensor, *, first_frame: int = 0) -> Tensor:
        """Add the position table's rows from `first_frame` on."""
        end = first_frame + x_BFD.shape[1]
        return functional.dropout(
            x_BFD + self.embed_positions.weight[first_frame:end],
            self.shape.dropout,
            self.training,
        )


def sinusoids(shape: EncoderShape) -> Tensor:
    """Whisper's position table, shape (max_frames, D): sines, then cosines, of falling rates."""
    half = shape.width // 2
    rates = torch.exp(-torch.arange(half) * math.log(LONGEST_WAVE) / (half - 1))
    angles = torch.arange(shape.max_frames)[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


def num_frames(num_mel_frames: Any) -> Any:
    """Encoder frames of so many mel frames: floor((T - 1) / 2) + 1. Takes an int or a tensor."""
    return (num_mel_frames - 1) // STRIDE + 1


def attention_mask(
    frames: int,
    mel_lens_B: Tensor | None,
    block_frames: int | None,
    past_frames: int | None = None,
    *,
    device: torch.device | None = None,
) -> Tensor | None:
    """True where a query may look, shape (B or 1, F, F); None where it may look everywhere.

    Padded queries are masked like the others: what they give is never used.
    """
    mask = None
    if mel_lens_B is not None:
        mask = within(num_frames(mel_lens_B.to(device)), frames)[:, None].expand(-1, frames, -1)
    if block_frames is not None:
        causal = block_causal_mask(frames, block_frames, past_frames, device=device)[None]
        mask = causal if mask is None else mask & causal
    return mask


def block_causal_mask(
    frames: int,
    block_frames: int,
    past_frames: int | None = None,
    *,
    device: torch.device | None = None,
) -> Tensor:
    """Shape (F, F): a frame sees its own block, and all or `past_frames` frames before that."""
    place_F = torch.arange(frames, device=device)
    begin_F = place_F // block_frames * block_frames  # of each frame's block
    mask = place_F[None] < begin_F[:, None] + block_frames
    return mask if past_frames is None else mask & (place_F[None] >= begin_F[:, None] - past_frames)


def within(lens_B: Tensor, length: int) -> Tensor:
    """True before each row's length, shape (B, length)."""
    return torch.arange(length, device=lens_B.device)[None] < lens_B[:, None]
