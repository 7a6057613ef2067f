"""Stage (c): projector and encoder learn to be read by the language model.

The teacher is the language model itself, reading the words; the student hears them (Ultravox's
recipe: KL at temperature 2 over the answer, its last token counted once more). The answer's cross
entropy and the CTC loss go along: the sound is encoded anyway.
"""

from dataclasses import dataclass
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from asha.core.errors import BadInput
from asha.data.tokens import ASHA, BOS, EOT, USER, prompt_ids, target_ids, token_id
from asha.model.encoder import num_frames
from asha.model.projector import Projector, ProjectorShape
from asha.training.batches import Batch, answered
from asha.training.checkpoint import Progress, load, save
from asha.training.clock import Clock
from asha.training.hear import Ears, ctc_loss, on, stream
from asha.training.makers import Makers
from asha.training.optimizer import Optimizer
from asha.training.precision import computing
from asha.training.recipe import JoinStage, Recipe
from asha.training.talk import IGNORED, new_language_model, tokenizer_of

STAGE = "join"
TEMPERATURE = 2.0  # Ultravox's
END_WEIGHT = 1.0  # of the last token's KL, once more


class Nano(nn.Module):
    """All parts together, as they are trained."""

    def __init__(self, recipe: Recipe, tokenizer: Tokenizer) -> None:
        super().__init__()
        self.ears = Ears(recipe)
        self.projector = Projector(
            ProjectorShape(
                encoder_width=recipe.encoder.width,
                text_width=recipe.language_model.width,
                hidden_width=recipe.projector.hidden,
                stack_factor=recipe.projector.stack,
                norm_init=1.0,
                has_mid_norm=True,
            )
        )
        self.language_model: Any = new_language_model(recipe, tokenizer)
        self.stack = recipe.projector.stack


@dataclass(frozen=True, slots=True)
class Rows:
    """Prompts with answers, right-padded. `sound_BL` is True where a projected token goes."""

    ids_BL: Tensor
    labels_BL: Tensor
    sound_BL: Tensor

    def on(self, device: torch.device) -> "Rows":
        """The same on the device that computes."""
        return Rows(self.ids_BL.to(device), self.labels_BL.to(device), self.sound_BL.to(device))


def load_nano(recipe: Recipe, tokenizer: Tokenizer) -> Nano:
    """The parts as the stages before left them, or as stage (c) did.

    Raises:
        BadInput: a stage before has not run.
    """
    nano = Nano(recipe, tokenizer)
    if found := load(recipe, STAGE):
        nano.load_state_dict(found[1]["nano"])
        return nano
    talk, hear = load(recipe, "read") or load(recipe, "talk"), load(recipe, "hear")
    if talk is None or hear is None:
        raise BadInput("Stage (c) needs the stages talk and hear; run `asha train` from the start.")
    nano.language_model.load_state_dict(talk[1]["model"])
    nano.ears.load_state_dict(hear[1]["ears"])
    # The projector's output starts at the embeddings' size, so that the LM can read it at all.
    scale = nano.language_model.model.embed_tokens.weight.detach().std()
    nn.init.normal_(nano.projector.linear_2.weight, std=float(scale) / recipe.projector.hidden**0.5)
    return nano


def train_joint(recipe: Recipe, clock: Clock, device: torch.device) -> bool:
    """Run or resume the stage until it is done (True) or the clock stops it (False)."""
    if not recipe.join.steps:
        return True
    tokenizer = tokenizer_of(recipe)
    torch.manual_seed(recipe.seed)
    nano = load_nano(recipe, tokenizer).to(device).train()
    nano.language_model.requires_grad_(False)
    optimizer = Optimizer([nano], recipe.join, recipe.precision)
    progress = Progress()
    if found := load(recipe, STAGE):
        progress, state = found
        optimizer.load_state_dict(state["optimizer"])
    makers = Makers(recipe, "speech", first=progress.shard)

    def keep() -> None:
        state = {"nano": nano.state_dict(), "optimizer": optimizer.state_dict()}
        save(recipe, STAGE, progress, state)

    try:
        for place, batch in stream(recipe, makers, progress, recipe.join):
            progress = place
            if progress.step >= recipe.join.steps or clock.is_over():
                break
            batch = answered(batch)
            if not batch.utterances:
                continue
            with computing(recipe.precision, device):
                losses = joint_losses(nano, tokenizer, on(batch, device), recipe.join)
                sum(losses.values(), torch.zeros((), device=device)).backward()
            optimizer.step(progress.step)
            told = {name: float(value.detach()) for name, value in losses.items()}
            clock.told(STAGE, progress.step, recipe.join.steps, told)
            if clock.is_time_to_save():
                keep()
        keep()
    finally:
        makers.close()
    return progress.step >= recipe.join.steps


def joint_losses(
    nano: Nano, tokenizer: Tokenizer, batch: Batch, weights: JoinStage
) -> dict[str, Tensor]:
    """The weighted losses of a batch, by name: CTC's, the answer's cross entropy, and the distance
    from what the language model answers to the words.
    """
    encoded_BFD = nano.ears.encode(batch)
    frames_B = num_frames(batch.lens_B)
    heard = sound_rows(tokenizer, batch, frames_B, nano.stack).on(encoded_BFD.device)
    # What lies beyond a clip's end must be zeros for the projector, as if it were alone.
    is_in = torch.arange(encoded_BFD.shape[1], device=frames_B.device)[None] < frames_B[:, None]
    sound_BKD = nano.projector(encoded_BFD * is_in[:, :, None])
    student_NV = answers_heard(nano, heard, sound_BKD, -(-frames_B // nano.stack))
    losses = {
        "ctc": ctc_loss(nano.ears, encoded_BFD, batch) * weights.ctc,
        "answer": answer_entropy(student_NV, heard) * weights.answer,
    }
    if weights.distil:
        words = text_rows(tokenizer, batch).on(encoded_BFD.device)
        with torch.no_grad():
            teacher_NV = answers_read(nano, words)
        labels_BL = heard.labels_BL[:, 1:]
        losses["distil"] = distillation(student_NV, teacher_NV, labels_BL) * weights.distil
    return losses


def answer_entropy(logits_NV: Tensor, rows: Rows) -> Tensor:
    """Cross entropy of the answers' tokens, mean over tokens."""
    labels_BL = rows.labels_BL[:, 1:]
    return functional.cross_entropy(logits_NV, labels_BL[labels_BL != IGNORED])


def distillation(student_NV: Tensor, teacher_NV: Tensor, labels_BL: Tensor) -> Tensor:
    """KL to the teacher, mean over tokens, plus the same over each row's last token."""
    student_log = functional.log_softmax(student_NV / TEMPERATURE, dim=-1)
    teacher = functional.softmax(teacher_NV / TEMPERATURE, dim=-1)
    kl_N = functional.kl_div(student_log, teacher, reduction="none").sum(-1)
    counts_B = (labels_BL != IGNORED).sum(1)
    last_B = counts_B.cumsum(0) - 1
    return kl_N.mean() + END_WEIGHT * kl_N[last_B].mean()


def answers_heard(nano: Nano, rows: Rows, sound_BKD: Tensor, counts_B: Tensor) -> Tensor:
    """Logits of the answers' tokens, shape (N, V), with sound in the prompt."""
    model = nano.language_model.model
    embeds_BLD = model.embed_tokens(rows.ids_BL)
    is_token = torch.arange(sound_BKD.shape[1], device=counts_B.device)[None] < counts_B[:, None]
    sound_KD = sound_BKD[is_token].to(embeds_BLD.dtype)
    embeds_BLD = embeds_BLD.masked_scatter(rows.sound_BL[:, :, None], sound_KD)
    hidden_BLD = model(inputs_embeds=embeds_BLD).last_hidden_state
    return nano.language_model.lm_head(hidden_BLD[:, :-1][rows.labels_BL[:, 1:] != IGNORED]).float()


def answers_read(nano: Nano, rows: Rows) -> Tensor:
    """Logits of the answers' tokens, shape (N, V), with words in the prompt."""
    hidden_BLD = nano.language_model.model(input_ids=rows.ids_BL).last_hidden_state
    return nano.language_model.lm_head(hidden_BLD[:, :-1][rows.labels_BL[:, 1:] != IGNORED]).float()


def sound_rows(tokenizer: Tokenizer, batch: Batch, frames_B: Tensor, stack: int) -> Rows:
    """`<|bos|><|reply|><|user|>` sound `<|asha|>` answer."""
    prompts, sounds = [], []
    for utterance, frames in zip(batch.utterances, frames_B.tolist(), strict=True):
        count = -(-frames // stack)
        start = [BOS, f"<|{utterance.reply}|>", USER, *[EOT] * count, ASHA]
        prompts.append([token_id(tokenizer, token) for token in start])
        sounds.append((3, 3 + count))
    return _rows(tokenizer, batch, prompts, sounds)


def text_rows(tokenizer: Tokenizer, batch: Batch) -> Rows:
    """The same with the words that were said."""
    prompts = [prompt_ids(tokenizer, row.text, row.reply) for row in batch.utterances]
    return _rows(tokenizer, batch, prompts, [(0, 0)] * len(prompts))


def _rows(
    tokenizer: Tokenizer, batch: Batch, prompts: list[list[int]], sounds: list[tuple[int, int]]
) -> Rows:
    answers = [target_ids(tokenizer, row.target) for row in batch.utterances]
    longest = max(len(asked) + len(said) for asked, said in zip(prompts, answers, strict=True))
    ids = torch.full((len(prompts), longest), token_id(tokenizer, "<|pad|>"))
    labels = torch.full((len(prompts), longest), IGNORED)
    sound = torch.zeros((len(prompts), longest), dtype=torch.bool)
    for row, (asked, said) in enumerate(zip(prompts, answers, strict=True)):
        ids[row, : len(asked) + len(said)] = torch.tensor(asked + said)
        labels[row, len(asked) : len(asked) + len(said)] = torch.tensor(said)
        sound[row, sounds[row][0] : sounds[row][1]] = True
    return Rows(ids, labels, sound)
