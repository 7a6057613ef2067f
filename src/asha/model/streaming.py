"""Encoding while somebody speaks: block by block, with the keys and values of blocks before.

Legend: F frames of a block, K cached frames, H heads, N width of a head, D width, M mels, T mel
frames. The leading 1 is the batch: one voice. Caches are one tensor per layer.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from asha.core.audio import Float32
from asha.model.encoder import STRIDE, Encoder, KeysValues
from asha.speech.mel_blocks import MelBlock, MelBlocks

Cache = list[Tensor]  # one tensor per layer, each of shape (1, H, K, N)


class EncoderStep(nn.Module):
    """One block through an encoder: what is exported, and what the stream below runs."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self,
        mel_1MT: Tensor,
        inside_T: Tensor,
        frames_F: Tensor,
        keys: Cache,
        values: Cache,
    ) -> tuple[Tensor, Cache, Cache]:
        """Encoded frames, shape (1, F, D), and the caches with this block's frames at their end.

        `mel_1MT` and `inside_T` are a MelBlock's; `frames_F` are the frames' places in the window.
        """
        x_1FD = self._stem(mel_1MT, inside_T) + self.encoder.embed_positions(frames_F)
        new: list[KeysValues] = []
        for layer, past_keys, past_values in zip(self.encoder.layers, keys, values, strict=True):
            x_1FD, cache = layer(x_1FD, None, KeysValues(past_keys, past_values))
            new.append(cache)
        encoded_1FD = self.encoder.layer_norm(x_1FD)
        return encoded_1FD, [it.keys_BHKN for it in new], [it.values_BHKN for it in new]

    def empty_cache(self, num_frames: int = 0) -> Cache:
        """Keys (or values) that say nothing, each of shape (1, H, K, N)."""
        shape = self.encoder.shape
        one = torch.zeros(1, shape.num_heads, num_frames, shape.width // shape.num_heads)
        return [one.clone() for _ in range(shape.num_layers)]

    def _stem(self, mel_1MT: Tensor, inside_T: Tensor) -> Tensor:
        """The two convolutions without padding of their own: the block brings its neighbours."""
        first, second = self.encoder.conv1, self.encoder.conv2
        x = functional.gelu(functional.conv1d(mel_1MT, first.weight, first.bias)) * inside_T
        x = functional.gelu(functional.conv1d(x, second.weight, second.bias, stride=STRIDE))
        return x.transpose(1, 2)


class EncoderStream:
    """Encodes one window of mel frames as they come; all together equal the whole window's."""

    def __init__(self, encoder: Encoder, block_frames: int, past_frames: int | None = None) -> None:
        self._past = slice(-past_frames if past_frames else None, None)
        self._step = EncoderStep(encoder).eval()
        self._blocks = MelBlocks(block_frames, encoder.shape.num_mels)
        self._keys, self._values = self._step.empty_cache(), self._step.empty_cache()

    @torch.inference_mode()
    def push(self, mel_TM: Float32) -> Tensor:
        """The frames of the blocks that `mel_TM`, shape (n, M), completes; shape (F, D), F >= 0."""
        done = [torch.zeros(0, self._step.encoder.shape.width)]
        for block in self._blocks.push(mel_TM):
            encoded, keys, values = self._encoded(block)
            self._keys = [it[:, :, self._past] for it in keys]
            self._values = [it[:, :, self._past] for it in values]
            done.append(encoded)
        return torch.cat(done)

    @torch.inference_mode()
    def rest(self) -> Tensor:
        """The frames still missing if the sound ends here; it may go on nevertheless."""
        missing = [self._encoded(block)[0] for block in self._blocks.rest()]
        return torch.cat([torch.zeros(0, self._step.encoder.shape.width), *missing])

    def _encoded(self, block: MelBlock) -> tuple[Tensor, Cache, Cache]:
        frames_F = torch.arange(block.first_frame, block.first_frame + block.num_frames)
        mel_1MT = torch.from_numpy(block.mel_TM).T[None]
        inside_T = torch.from_numpy(block.inside_T)
        encoded, keys, values = self._step(mel_1MT, inside_T, frames_F, self._keys, self._values)
        return encoded[0], keys, values
