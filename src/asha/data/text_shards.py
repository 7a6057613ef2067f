"""Shards of text: some thousand questions with their answers, as token ids, in files."""

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
from tokenizers import Tokenizer

from asha.data.questions import Roughness, any_question
from asha.data.tokens import SEAM, prompt_ids, target_ids

# Words told in other pieces than the tokenizer's, by one seam: unseen spellings are read too.
BROKEN_SHARE = 0.08
SCRAP_LETTERS = (1, 4)


@dataclass(frozen=True, slots=True)
class TextRow:
    """A prompt's ids up to `<|asha|>`, and the answer's up to `<|eot|>`."""

    asked: list[int]
    answer: list[int]


def make_text_shard(
    number: int,
    tokenizer: Tokenizer,
    tags: tuple[str, ...],
    *,
    seed: int,
    questions: int,
    roughness: Roughness,
) -> list[TextRow]:
    """Shard `number`; follows from its arguments alone."""
    chance = Random(f"{seed} text {number}")
    rows = []
    for _ in range(questions):
        question = any_question(tags, roughness, chance)
        is_scraps = chance.random() < roughness.scraps
        text = (in_scraps if is_scraps else _broken)(question.text, chance)
        asked = prompt_ids(tokenizer, text, question.reply)
        rows.append(TextRow(asked, target_ids(tokenizer, question.target)))
    return rows


def save_text_shard(rows: list[TextRow], path: Path) -> None:
    """Write it whole or not at all."""
    partial = path.with_suffix(f".{os.getpid()}")
    with partial.open("wb") as file:
        np.savez(
            file,
            ids=np.array([part for row in rows for part in row.asked + row.answer], np.int32),
            asked=np.array([len(row.asked) for row in rows]),
            answer=np.array([len(row.answer) for row in rows]),
        )
    partial.rename(path)


def load_text_shard(path: Path) -> list[TextRow]:
    """What `save_text_shard` wrote."""
    with np.load(path) as file:
        ids = file["ids"].tolist()
        lengths = zip(file["asked"].tolist(), file["answer"].tolist(), strict=True)
        rows, at = [], 0
        for asked, answer in lengths:
            end = at + asked + answer
            rows.append(TextRow(ids[at : at + asked], ids[at + asked : end]))
            at = end
    return rows


def _broken(text: str, chance: Random) -> str:
    """Some words with an invisible seam: the tokenizer never merges across it."""
    words = text.split()
    for at, word in enumerate(words):
        if len(word) > 2 and chance.random() < BROKEN_SHARE:
            seam = chance.randrange(1, len(word))
            words[at] = word[:seam] + SEAM + word[seam:]
    return " ".join(words)


def in_scraps(text: str, chance: Random) -> str:
    """`text` with seams everywhere, one to four letters apart."""
    scraps, at = [], 0
    while at < len(text):
        width = chance.randint(*SCRAP_LETTERS)
        scraps.append(text[at : at + width])
        at += width
    return SEAM.join(scraps)
