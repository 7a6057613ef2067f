"""Hearing piece by piece is hearing the whole."""

import numpy as np
import pytest
import torch

from asha.model.encoder import Encoder, EncoderShape
from asha.model.streaming import EncoderStream

SHAPE = EncoderShape(num_mels=80, width=24, num_layers=3, num_heads=2, ffn_width=40, max_frames=200)
BLOCK = 16


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    torch.manual_seed(3)
    return Encoder(SHAPE).eval()


def _mel(frames: int) -> np.ndarray:
    return np.random.default_rng(frames).normal(0, 1, (frames, 80)).astype(np.float32)


@torch.inference_mode()
def _whole(encoder: Encoder, mel: np.ndarray, past: int | None = None) -> torch.Tensor:
    return encoder(torch.from_numpy(mel).T[None], block_frames=BLOCK, past_frames=past)[0]


@pytest.mark.parametrize("past", [None, 40])
@pytest.mark.parametrize("frames", [1, 2, 3, 31, 32, 33, 34, 35, 64, 65, 66, 67, 127, 399, 400])
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 32, 33, 35, 400])
def test_blocks_in_any_chunking_equal_the_whole(
    encoder: Encoder, frames: int, chunk: int, past: int | None
) -> None:
    mel = _mel(frames)
    stream = EncoderStream(encoder, BLOCK, past)
    pieces = [stream.push(mel[at : at + chunk]) for at in range(0, frames, chunk)]
    together = torch.cat([*pieces, stream.rest()])
    whole = _whole(encoder, mel, past)
    assert together.shape == whole.shape
    torch.testing.assert_close(together, whole, atol=1e-4, rtol=0)


def test_asking_for_the_rest_does_not_end_the_sound(encoder: Encoder) -> None:
    mel = _mel(150)
    stream = EncoderStream(encoder, BLOCK)
    first = stream.push(mel[:71])
    early = torch.cat([first, stream.rest()])
    torch.testing.assert_close(early, _whole(encoder, mel[:71]), atol=1e-4, rtol=0)
    late = torch.cat([first, stream.push(mel[71:]), stream.rest()])
    torch.testing.assert_close(late, _whole(encoder, mel), atol=1e-4, rtol=0)


def test_what_comes_later_changes_no_block(encoder: Encoder) -> None:
    mel = _mel(300)
    other = np.concatenate([mel[:101], _mel(77)])
    one, two = EncoderStream(encoder, BLOCK), EncoderStream(encoder, BLOCK)
    assert torch.equal(one.push(mel)[:48], two.push(other)[:48])


def test_no_sound_gives_no_frames(encoder: Encoder) -> None:
    assert EncoderStream(encoder, BLOCK).rest().shape == (0, SHAPE.width)
