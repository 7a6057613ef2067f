"""Processes that make shards ahead of the trainer, so that it never waits long for speech."""

import contextlib
import multiprocessing
import os
import time
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from asha.data.questions import any_utterance
from asha.data.shards import Shard, load_shard, make_shard, save_shard
from asha.data.synthesis import Synthesiser
from asha.training.recipe import Recipe

POLL_S = 0.5
NICENESS = 5  # the trainer comes first


class Makers:
    """The shards of a run, in order: made by processes that stay a few shards ahead."""

    def __init__(self, recipe: Recipe, *, first: int) -> None:
        self._recipe = recipe
        self._folder = shard_folder(recipe)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._wanted = multiprocessing.get_context("spawn").Value("q", first)
        self._makers: list[BaseProcess] = []

    def shard(self, number: int) -> Shard:
        """Shard `number` of the run; waits until it is made."""
        number %= self._recipe.speech.shards
        self._wanted.value = number
        path = shard_path(self._recipe, number)
        if not path.exists() and not self._makers:
            self._start()
        while not path.exists():
            if not any(maker.is_alive() for maker in self._makers):
                raise RuntimeError("the processes that make speech have died; see above")
            time.sleep(POLL_S)
        return load_shard(path)

    def close(self) -> None:
        """End the processes."""
        for maker in self._makers:
            maker.terminate()
            maker.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        for which in range(self._recipe.speech.makers):
            maker = context.Process(
                target=make_ahead, args=(self._recipe, which, self._wanted), daemon=True
            )
            maker.start()
            self._makers.append(maker)


def shard_folder(recipe: Recipe) -> Path:
    """Where a run's shards lie."""
    return recipe.folder / "shards"


def shard_path(recipe: Recipe, number: int) -> Path:
    """The file of shard `number`."""
    return shard_folder(recipe) / f"{number:06d}.npz"


def make_ahead(recipe: Recipe, which: int, wanted: "Synchronized[int]") -> None:
    """Make every shard of this process that is wanted soon and not there yet; for ever."""
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    synthesiser = Synthesiser()
    speech = recipe.speech
    parent = os.getppid()
    while os.getppid() == parent:
        soon = range(wanted.value, min(wanted.value + speech.ahead, speech.shards))
        missing = [
            number
            for number in soon
            if number % speech.makers == which and not shard_path(recipe, number).exists()
        ]
        if not missing:
            time.sleep(POLL_S)
            continue
        shard = make_shard(
            missing[0],
            lambda chance: any_utterance(recipe.tags, speech.noise_share, chance),
            synthesiser,
            seed=recipe.seed,
            clips=speech.clips,
            max_seconds=speech.max_seconds,
        )
        save_shard(shard, shard_path(recipe, missing[0]))
