"""Learns speech/gist.py from the grammars: minutes on one CPU thread.

Each question is worded, mistyped and misheard like those of the language model.
"""

from collections.abc import Sequence
from random import Random

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from asha.core.language import TAGS
from asha.data.grammar import grammar
from asha.data.intents import scope
from asha.data.questions import Roughness, any_question
from asha.speech.gist import EPSILON, NUM_BUCKETS, Answers, Gist, features
from asha.speech.plain import plain

WIDTH = 64
ROUGHNESS = Roughness(misheard=0.15, thinned=0.05, mistyped=0.06, scraps=0.0)
BATCH, RATE = 256, 4e-3
LOST = 0.25  # of the features: an unseen word must not decide alone
SMOOTHING = 0.05
INT8_MAX = 127


class Bag(nn.Module):
    """The same in torch, in floating point."""

    def __init__(self, num_intents: int) -> None:
        super().__init__()
        self.table = nn.EmbeddingBag(NUM_BUCKETS, WIDTH, mode="sum")
        nn.init.normal_(self.table.weight, std=0.02)
        self.norm = nn.LayerNorm(WIDTH, eps=EPSILON)
        self.out = nn.Linear(WIDTH, num_intents)

    def forward(self, found: Sequence[Sequence[int]]) -> Tensor:
        """Logits of a batch of features."""
        starts = np.cumsum([0, *map(len, found[:-1])])
        flat = torch.tensor([index for row in found for index in row], dtype=torch.long)
        logits: Tensor = self.out(self.norm(self.table(flat, torch.from_numpy(starts))))
        return logits


def learned_gist(num_questions: int, *, seed: int = 17) -> Gist:
    """The gist of so many questions, each read once."""
    torch.manual_seed(seed)
    chance, intents = Random(seed), list(scope().intents)
    places = {name: place for place, name in enumerate(intents)}
    bag, num_steps = Bag(len(intents)), max(1, num_questions // BATCH)
    optimizer = torch.optim.Adam(bag.parameters(), lr=RATE)
    slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, num_steps)
    for _ in range(num_steps):
        found: list[list[int]] = []
        wanted: list[int] = []
        while len(found) < BATCH:
            question = any_question(TAGS, ROUGHNESS, chance)
            all_of_it = features(plain(question.text))
            kept = [index for index in all_of_it if chance.random() > LOST]
            if question.intent and kept:
                found.append(kept)
                wanted.append(places[question.intent])
        loss = functional.cross_entropy(bag(found), torch.tensor(wanted), label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        slower.step()
    return _packed(bag, intents)


def answers() -> Answers:
    """How the answers to each intent may begin, by track."""
    return {
        tag: {
            intent.id: [f"<|{intent.id}|>"]
            if intent.kind == "tool"
            else sorted(
                {line for it in grammar(tag).intents[intent.id].reply.values() for line in it}
            )
            for intent in scope().intents.values()
        }
        for tag in TAGS
    }


@torch.inference_mode()
def _packed(bag: Bag, intents: list[str]) -> Gist:
    table_BD = bag.table.weight.numpy()
    scale = float(np.abs(table_BD).max()) / INT8_MAX
    return Gist(
        table_BD=np.round(table_BD / scale).astype(np.int8),
        scale=scale,
        norm_2D=torch.stack([bag.norm.weight, bag.norm.bias]).numpy().copy(),
        out_ID=bag.out.weight.numpy().copy(),
        bias_I=bag.out.bias.numpy().copy(),
        intents=intents,
        answers=answers(),
    )
