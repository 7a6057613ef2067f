"""Stage (a): the language model learns to answer, from text."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from asha.data.text_shards import TextRow, load_text_shard
from asha.data.tokens import (
    BOS,
    EOT,
    PAD,
    save_tokenizer,
    token_id,
    train_tokenizer,
)
from asha.training.checkpoint import Progress, load, save
from asha.training.clock import Clock
from asha.training.makers import Makers
from asha.training.optimizer import Optimizer
from asha.training.precision import computing
from asha.training.recipe import Recipe

STAGE = "talk"
IGNORED = -100
LONG_TOKENS, BEGUN_TOKENS = 10, 3  # no call is longer than the former


@dataclass(frozen=True, slots=True)
class TextBatch:
    """`ids_BL` right-padded; `labels_BL` is IGNORED outside the answers."""

    ids_BL: Tensor
    labels_BL: Tensor


def tokenizer_of(recipe: Recipe) -> Tokenizer:
    """The run's tokenizer; trained the first time."""
    path = recipe.folder / "tokenizer.json"
    if not path.exists():
        made = train_tokenizer(recipe.language_model.vocabulary, recipe.tags, seed=recipe.seed)
        save_tokenizer(made, path)
    return Tokenizer.from_file(str(path))


def new_language_model(recipe: Recipe, tokenizer: Tokenizer) -> Any:
    """Llama's shape with random weights; the output shares the input's embeddings."""
    sizes = recipe.language_model
    config = LlamaConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=sizes.width,
        intermediate_size=sizes.ffn_width,
        num_hidden_layers=sizes.num_layers,
        num_attention_heads=sizes.num_heads,
        num_key_value_heads=sizes.num_heads,
        max_position_embeddings=sizes.max_tokens,
        tie_word_embeddings=True,
        bos_token_id=token_id(tokenizer, BOS),
        eos_token_id=token_id(tokenizer, EOT),
        pad_token_id=token_id(tokenizer, PAD),
        initializer_range=0.02,
        use_cache=False,
    )
    return LlamaForCausalLM(config)


def train_language_model(recipe: Recipe, clock: Clock, device: torch.device) -> bool:
    """Run or resume the stage until it is done (True) or the clock stops it (False)."""
    tokenizer = tokenizer_of(recipe)
    torch.manual_seed(recipe.seed)
    model = new_language_model(recipe, tokenizer).to(device).train()
    optimizer = Optimizer([model], recipe.talk, recipe.precision)
    progress = Progress()
    if found := load(recipe, STAGE):
        progress, state = found
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
    if recipe.compiled:
        model.model.compile(dynamic=True)

    def keep() -> None:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        save(recipe, STAGE, progress, state)

    makers, tokens = Makers(recipe, "text", first=progress.shard), recipe.talk.batch_frames
    try:
        for place, batch in text_stream(recipe, tokenizer, makers, progress, tokens):
            progress = place
            if progress.step >= recipe.talk.steps or clock.is_over():
                break
            with computing(recipe.precision, device):
                loss = answer_loss(model, batch, device)
                loss.backward()
            optimizer.step(progress.step)
            clock.told(STAGE, progress.step, recipe.talk.steps, {"answer": float(loss.detach())})
            if clock.is_time_to_save():
                keep()
        keep()
    finally:
        makers.close()
    return progress.step >= recipe.talk.steps


def answer_loss(model: Any, batch: TextBatch, device: torch.device) -> Tensor:
    """Cross entropy of the answers' tokens; logits are made at those places only."""
    ids_BL, labels_BL = batch.ids_BL.to(device), batch.labels_BL.to(device)
    hidden_BLD = model.model(input_ids=ids_BL).last_hidden_state
    is_asked = labels_BL[:, 1:] != IGNORED
    logits_NV = model.lm_head(hidden_BLD[:, :-1][is_asked])
    return functional.cross_entropy(logits_NV.float(), labels_BL[:, 1:][is_asked])


def text_stream(
    recipe: Recipe, tokenizer: Tokenizer, makers: Makers, start: Progress, most_tokens: int
) -> Iterator[tuple[Progress, TextBatch]]:
    """Batches of at most about `most_tokens` padded tokens from `start` on, for ever, each with
    where it stands.
    """
    step, skip, number = start.step, start.batch, start.shard
    while True:
        chance = Random(f"{recipe.seed} text batches {number}")
        rows = [
            row if chance.random() < recipe.text.whole else _begun(row)
            for row in load_text_shard(makers.path(number))
        ]
        groups = _groups(rows, most_tokens, chance)
        for at, group in enumerate(groups):
            if at >= skip:
                yield Progress(step, number, at), _padded(group, token_id(tokenizer, PAD))
                step += 1
        number, skip = number + 1, 0


def _begun(row: TextRow) -> TextRow:
    """The row with the first few tokens of a long answer: they say which answer it is."""
    is_long = len(row.answer) > LONG_TOKENS
    return TextRow(row.asked, row.answer[:BEGUN_TOKENS]) if is_long else row


def _groups(rows: list[TextRow], most_tokens: int, chance: Random) -> list[list[TextRow]]:
    """Rows of like length together, the groups in any order."""
    rows = sorted(rows, key=_length)
    groups: list[list[TextRow]] = [[]]
    for row in rows:
        if groups[-1] and (len(groups[-1]) + 1) * _length(row) > most_tokens:
            groups.append([])
        groups[-1].append(row)
    chance.shuffle(groups)
    return groups


def _length(row: TextRow) -> int:
    return len(row.asked) + len(row.answer)


def _padded(group: list[TextRow], pad: int) -> TextBatch:
    longest = max(map(_length, group))
    ids = torch.full((len(group), longest), pad)
    labels = torch.full((len(group), longest), IGNORED)
    for at, row in enumerate(group):
        ids[at, : _length(row)] = torch.tensor(row.asked + row.answer)
        labels[at, len(row.asked) : _length(row)] = torch.tensor(row.answer)
    return TextBatch(ids, labels)
