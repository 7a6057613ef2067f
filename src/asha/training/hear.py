"""Stage (b): the encoder learns to hear, by CTC over characters."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional

from asha.data.shards import load_shard
from asha.model.encoder import Encoder, EncoderShape, num_frames
from asha.speech.ctc_alphabet import SYMBOLS, read, spell
from asha.speech.mel import NUM_MELS
from asha.training.batches import Batch, batches
from asha.training.checkpoint import Progress, load, save
from asha.training.clock import Clock
from asha.training.makers import Makers
from asha.training.optimizer import Optimizer
from asha.training.precision import computing
from asha.training.recipe import Recipe, Stage

STAGE = "hear"
POSITION_SCALE = 0.1  # sinusoids of full size drown the features (docs/log.md)


class Ears(nn.Module):
    """The encoder with its CTC head."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        sizes = recipe.encoder
        self.block_frames, self.past_frames = sizes.block_frames, sizes.past_frames
        self.encoder = Encoder(
            EncoderShape(
                num_mels=NUM_MELS,
                width=sizes.width,
                num_layers=sizes.num_layers,
                num_heads=sizes.num_heads,
                ffn_width=sizes.ffn_width,
            )
        )
        self.encoder.embed_positions.weight.data = sinusoids(1_500, sizes.width) * POSITION_SCALE
        self.encoder.embed_positions.weight.requires_grad = False
        for convolution in (self.encoder.conv1, self.encoder.conv2):
            nn.init.kaiming_normal_(convolution.weight)
        self.ctc = nn.Linear(sizes.width, len(SYMBOLS))

    def encode(self, batch: Batch) -> Tensor:
        """Encoder frames, shape (B, F, D)."""
        return self.encoder(
            batch.mel_BMT,
            batch.lens_B,
            extent_B=batch.lens_B,
            block_frames=self.block_frames,
            past_frames=self.past_frames,
        )


def ctc_loss(ears: Ears, encoded_BFD: Tensor, batch: Batch) -> Tensor:
    """Mean over clips of the negative log likelihood per symbol."""
    spelled = [spell(utterance.spoken) for utterance in batch.utterances]
    flat = torch.tensor([index for row in spelled for index in row])
    log_probs_FBS = ears.ctc(encoded_BFD).float().log_softmax(2).transpose(0, 1)
    return functional.ctc_loss(
        log_probs_FBS,
        flat.to(log_probs_FBS.device),
        num_frames(batch.lens_B).cpu(),
        torch.tensor([len(row) for row in spelled]),
        zero_infinity=True,
    )


def train_ears(recipe: Recipe, clock: Clock, device: torch.device) -> bool:
    """Run or resume the stage until it is done (True) or the clock stops it (False)."""
    torch.manual_seed(recipe.seed)
    ears = Ears(recipe).to(device)
    optimizer = Optimizer([ears], recipe.hear, recipe.precision)
    progress = Progress()
    if found := load(recipe, STAGE):
        progress, state = found
        ears.load_state_dict(state["ears"])
        optimizer.load_state_dict(state["optimizer"])
    makers = Makers(recipe, "speech", first=progress.shard)

    def keep() -> None:
        state = {"ears": ears.state_dict(), "optimizer": optimizer.state_dict()}
        save(recipe, STAGE, progress, state)

    try:
        for place, batch in stream(recipe, makers, progress, recipe.hear):
            progress = place
            if progress.step >= recipe.hear.steps or clock.is_over():
                break
            batch = on(batch, device)
            with computing(recipe.precision, device):
                encoded = ears.encode(batch)
                loss = ctc_loss(ears, encoded, batch)
                loss.backward()
            optimizer.step(progress.step)
            clock.told(STAGE, progress.step, recipe.hear.steps, {"ctc": float(loss.detach())})
            if clock.is_time_to_tell():
                show(ears, encoded, batch)
            if clock.is_time_to_save():
                keep()
        keep()
    finally:
        makers.close()
    return progress.step >= recipe.hear.steps


def stream(
    recipe: Recipe, makers: Makers, start: Progress, stage: Stage
) -> Iterator[tuple[Progress, Batch]]:
    """Batches from `start` on, for ever, each with where it stands; the next shard is made ready
    beside the computing.
    """
    step, skip, number = start.step, start.batch, start.shard

    def prepared(number: int) -> list[Batch]:
        chance = Random(f"{recipe.seed} batches {number}")
        shard = load_shard(makers.path(number))
        return batches(shard, stage.batch_frames, chance, mask=stage.mask)

    with ThreadPoolExecutor(1) as beside:
        ready = beside.submit(prepared, number)
        while True:
            now, ready = ready.result(), beside.submit(prepared, number + 1)
            for at, batch in enumerate(now):
                if at >= skip:
                    yield Progress(step, number, at), batch
                    step += 1
            number, skip = number + 1, 0


def on(batch: Batch, device: torch.device) -> Batch:
    """The batch on the device that computes."""
    return Batch(batch.mel_BMT.to(device), batch.lens_B.to(device), batch.utterances)


def show(ears: Ears, encoded_BFD: Tensor, batch: Batch) -> None:
    """Print what was said and what was heard, of the batch's first clip."""
    frames = int(num_frames(batch.lens_B[0]))
    best = ears.ctc(encoded_BFD[0, :frames].float()).argmax(1).tolist()
    print(f"   said  {batch.utterances[0].spoken}\n   heard {read(best)}", flush=True)  # noqa: T201


def sinusoids(length: int, width: int) -> Tensor:
    """Whisper's position table, shape (length, width): sines, then cosines."""
    steps = torch.arange(width // 2) * (math.log(10_000.0) / (width // 2 - 1))
    angles = torch.arange(length)[:, None] * torch.exp(-steps)[None]
    return torch.cat([angles.sin(), angles.cos()], dim=1)
