"""Clips as their words are spelled by ears in training: what the language model then reads."""

from pathlib import Path
from random import Random

import torch
from tokenizers import Tokenizer

from asha.core.errors import BadInput
from asha.data.letter_counts import letter_tables, spoken_sentences
from asha.data.shards import Shard
from asha.data.text_shards import TextRow
from asha.data.tokens import prompt_ids, target_ids
from asha.model.encoder import num_frames
from asha.speech.ctc_alphabet import written
from asha.speech.ctc_search import Search
from asha.speech.letter_model import LetterModel, load_letter_model, save_letter_model
from asha.speech.plain import plain
from asha.training.batches import Batch, batches
from asha.training.checkpoint import load
from asha.training.hear import STAGE, Ears
from asha.training.recipe import Recipe

BATCH_FRAMES = 24_000


def trained_ears(recipe: Recipe) -> Ears:
    """The ears as stage (b) left them.

    Raises:
        BadInput: it has not run.
    """
    found = load(recipe, STAGE)
    if found is None:
        raise BadInput("There are no ears yet; run the stage hear before the stage read.")
    ears = Ears(recipe)
    ears.load_state_dict(found[1]["ears"])
    return ears.eval()


def letters_path(recipe: Recipe) -> Path:
    """The run's letter model; counted the first time."""
    path = recipe.folder / "letters.npz"
    if not path.exists():
        partial = path.with_suffix(".partial.npz")
        sentences = spoken_sentences(recipe.tags, recipe.read.sentences)
        save_letter_model(letter_tables(sentences), partial)
        partial.rename(path)
    return path


def letters_of(recipe: Recipe) -> LetterModel:
    """The run's letter model, opened."""
    return load_letter_model(letters_path(recipe))


@torch.inference_mode()
def spelled_rows(
    ears: Ears, letters: LetterModel, tokenizer: Tokenizer, shard: Shard
) -> list[TextRow]:
    """A row for each clip that has an answer and in which the ears hear a letter."""
    rows = []
    for batch in batches(shard, BATCH_FRAMES, Random(0), mask=False):
        for text, said in zip(_texts(ears, letters, batch), batch.utterances, strict=True):
            if text and said.target:
                asked = prompt_ids(tokenizer, text, said.reply)
                rows.append(TextRow(asked, target_ids(tokenizer, said.target)))
    return rows


def _texts(ears: Ears, letters: LetterModel, batch: Batch) -> list[str]:
    logprobs_BFS = ears.ctc(ears.encode(batch)).log_softmax(2).numpy()
    texts = []
    for logprobs_FS, frames in zip(logprobs_BFS, num_frames(batch.lens_B).tolist(), strict=True):
        search = Search(letters)
        search.push(logprobs_FS[:frames])
        texts.append(plain(written(search.best())))
    return texts
