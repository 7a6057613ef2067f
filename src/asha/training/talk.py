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

from asha.data.questions import Question, any_question
from asha.data.tokens import (
    BOS,
    EOT,
    PAD,
    SEAM,
    prompt_ids,
    save_tokenizer,
    target_ids,
    token_id,
    train_tokenizer,
)
from asha.training.checkpoint import Progress, load, save
from asha.training.clock import Clock
from asha.training.optimizer import Optimizer
from asha.training.recipe import Recipe

STAGE = "talk"
IGNORED = -100
POOL = 1_024  # questions that are sorted by length together
BROKEN_SHARE = 0.08  # of words: told in other pieces, so that unseen spellings are read too


@dataclass(frozen=True, slots=True)
class TextBatch:
    """`ids_BL` right-padded; `labels_BL` is IGNORED outside the answers."""

    ids_BL: Tensor
    labels_BL: Tensor
    questions: list[Question]


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
    optimizer = Optimizer([model], recipe.talk)
    progress = Progress()
    if found := load(recipe, STAGE):
        progress, state = found
        model.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])

    def keep() -> None:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        save(recipe, STAGE, progress, state)

    for place, batch in text_stream(recipe, tokenizer, progress):
        progress = place
        if progress.step >= recipe.talk.steps or clock.is_over():
            break
        loss = answer_loss(model, batch, device)
        loss.backward()
        optimizer.step(progress.step)
        clock.told(STAGE, progress.step, recipe.talk.steps, {"answer": float(loss.detach())})
        if clock.is_time_to_save():
            keep()
    keep()
    return progress.step >= recipe.talk.steps


def answer_loss(model: Any, batch: TextBatch, device: torch.device) -> Tensor:
    """Cross entropy of the answers' tokens; logits are made at those places only."""
    ids_BL, labels_BL = batch.ids_BL.to(device), batch.labels_BL.to(device)
    hidden_BLD = model.model(input_ids=ids_BL).last_hidden_state
    is_asked = labels_BL[:, 1:] != IGNORED
    logits_NV = model.lm_head(hidden_BLD[:, :-1][is_asked])
    return functional.cross_entropy(logits_NV, labels_BL[:, 1:][is_asked])


def text_stream(
    recipe: Recipe, tokenizer: Tokenizer, start: Progress
) -> Iterator[tuple[Progress, TextBatch]]:
    """Batches from `start` on, for ever; a pool of questions stands for a shard."""
    step, skip, number = start.step, start.batch, start.shard
    while True:
        chance = Random(f"{recipe.seed} text {number}")
        questions = [any_question(recipe.tags, chance) for _ in range(POOL)]
        for at, batch in enumerate(
            _batches(questions, tokenizer, recipe.talk.batch_frames, chance)
        ):
            if at >= skip:
                yield Progress(step, number, at), batch
                step += 1
        number, skip = number + 1, 0


def _batches(
    questions: list[Question], tokenizer: Tokenizer, most_tokens: int, chance: Random
) -> list[TextBatch]:
    rows = []
    for question in questions:
        asked = prompt_ids(tokenizer, _broken(question.text, chance), question.reply)
        rows.append((asked, target_ids(tokenizer, question.target), question))
    rows.sort(key=lambda row: len(row[0]) + len(row[1]))
    groups: list[list[tuple[list[int], list[int], Question]]] = [[]]
    for row in rows:
        if groups[-1] and (len(groups[-1]) + 1) * (len(row[0]) + len(row[1])) > most_tokens:
            groups.append([])
        groups[-1].append(row)
    chance.shuffle(groups)
    return [_padded(group, token_id(tokenizer, PAD)) for group in groups]


def _broken(text: str, chance: Random) -> str:
    """Some words with an invisible seam: the tokenizer never merges across it."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) > 2 and chance.random() < BROKEN_SHARE:
            seam = chance.randrange(1, len(word))
            words[at] = word[:seam] + SEAM + word[seam:]
    return " ".join(words)


def _padded(group: list[tuple[list[int], list[int], Question]], pad: int) -> TextBatch:
    longest = max(len(asked) + len(answer) for asked, answer, _ in group)
    ids = torch.full((len(group), longest), pad)
    labels = torch.full((len(group), longest), IGNORED)
    for row, (asked, answer, _) in enumerate(group):
        end = len(asked) + len(answer)
        ids[row, :end] = torch.tensor(asked + answer)
        labels[row, len(asked) : end] = torch.tensor(answer)
    return TextBatch(ids, labels, [question for _, _, question in group])
