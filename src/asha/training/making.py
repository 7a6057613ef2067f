"""What makes one shard of a run, by its kind."""

from collections.abc import Callable
from random import Random

import torch
from tokenizers import Tokenizer

from asha.core.audio import Float32
from asha.data.questions import Roughness, any_utterance
from asha.data.recordings import Recordings
from asha.data.shards import Utterance, load_shard, make_shard, save_shard
from asha.data.synthesis import Synthesiser
from asha.data.text_shards import make_text_shard, save_text_shard
from asha.training.makers import Kind, shard_path
from asha.training.recipe import Recipe
from asha.training.spelled import letters_of, spelled_rows, trained_ears

Maker = Callable[[int], None]


def speech_maker(recipe: Recipe) -> Maker:
    """Clips of requests in every track."""
    synthesiser = Synthesiser()
    speech = recipe.speech
    tags = (*recipe.tags, *speech.more_of)
    recordings = Recordings(speech.recordings) if speech.recordings else None

    def source(chance: Random) -> Utterance | tuple[Utterance, Float32]:
        if recordings and chance.random() < speech.recordings_share:
            return recordings.draw(chance)
        return any_utterance(tags, speech.noise_share, chance)

    def make(number: int) -> None:
        shard = make_shard(
            number,
            source,
            synthesiser,
            seed=recipe.seed,
            clips=speech.clips,
            max_seconds=speech.max_seconds,
        )
        save_shard(shard, shard_path(recipe, "speech", number))

    return make


def text_maker(recipe: Recipe) -> Maker:
    """Typed questions with their answers."""
    tokenizer, text = Tokenizer.from_file(str(recipe.folder / "tokenizer.json")), recipe.text
    roughness = Roughness(text.misheard, text.thinned, text.mistyped, text.scraps)

    def make(number: int) -> None:
        rows = make_text_shard(
            number,
            tokenizer,
            (*recipe.tags, *text.more_of),
            seed=recipe.seed,
            questions=text.questions,
            roughness=roughness,
        )
        save_text_shard(rows, shard_path(recipe, "text", number))

    return make


def spelled_maker(recipe: Recipe) -> Maker:
    """Text shards of what the ears spell in the speech shards of the same numbers."""
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(recipe.folder / "tokenizer.json"))
    ears, letters, speak = trained_ears(recipe), letters_of(recipe), speech_maker(recipe)

    def make(number: int) -> None:
        speech = shard_path(recipe, "speech", number)
        if not speech.exists():
            speak(number)
        rows = spelled_rows(ears, letters, tokenizer, load_shard(speech))
        save_text_shard(rows, shard_path(recipe, "spelled", number))

    return make


MAKERS: dict[Kind, Callable[[Recipe], Maker]] = {
    "speech": speech_maker,
    "text": text_maker,
    "spelled": spelled_maker,
}
