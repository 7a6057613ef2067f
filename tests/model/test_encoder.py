"""The encoder against the reference vectors, and piece by piece against itself."""

import torch

from asha.model.encoder import Encoder, EncoderShape, block_causal_mask, num_frames

SHAPE = EncoderShape(num_mels=80, width=32, num_layers=2, num_heads=4, ffn_width=48)


def encoder() -> Encoder:
    torch.manual_seed(7)
    return Encoder(SHAPE).eval()


def mel(frames: int, rows: int = 1) -> torch.Tensor:
    return torch.randn(
        rows, SHAPE.num_mels, frames, generator=torch.Generator().manual_seed(frames)
    )


def test_a_frame_of_the_encoder_is_two_of_the_spectrogram() -> None:
    assert [num_frames(n) for n in (1, 2, 3, 30, 31, 3_000)] == [1, 1, 2, 15, 16, 1_500]


@torch.no_grad()
def test_a_row_is_encoded_the_same_beside_a_longer_one() -> None:
    ears = encoder()
    for length in (1, 2, 29, 30, 31):
        short, long = mel(length), mel(64)
        batch = torch.zeros(2, SHAPE.num_mels, 64)
        batch[0], batch[1, :, :length] = long[0], short[0]
        lens = torch.tensor([64, length])
        together = ears(batch, lens, extent_B=lens)
        alone = ears(short, torch.tensor([length]))
        frames = num_frames(length)
        assert torch.allclose(together[1, :frames], alone[0], atol=1e-6)
        assert torch.allclose(together[0], ears(long, torch.tensor([64]))[0], atol=1e-6)


@torch.no_grad()
def test_blocks_encoded_with_cached_keys_equal_the_block_causal_whole() -> None:
    ears, block = encoder(), 8
    sound = mel(80)
    whole = ears(sound, torch.tensor([80]), block_frames=block)
    frames = ears.stem(sound)
    caches: list = [None] * SHAPE.num_layers
    pieces = []
    for first in range(0, 40, block):
        x = ears.with_positions(frames[:, first : first + block], first_frame=first)
        for index, layer in enumerate(ears.layers):
            x, caches[index] = layer(x, None, caches[index])
        pieces.append(ears.layer_norm(x))
    assert torch.allclose(torch.cat(pieces, dim=1), whole, atol=1e-5)


def test_a_block_sees_no_more_of_what_came_before_than_it_may() -> None:
    sees = block_causal_mask(5, 2, 1).int().tolist()
    assert sees == [
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [0, 1, 1, 1, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 0, 1, 1],
    ]


def test_a_block_sees_itself_and_what_came_before() -> None:
    sees = block_causal_mask(5, 2).int().tolist()
    assert sees == [
        [1, 1, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 1, 1],
    ]
