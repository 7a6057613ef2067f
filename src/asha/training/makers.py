"""Processes that make shards ahead of the trainer, so that it never waits long for data."""

import contextlib
import multiprocessing
import os
import time
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Literal

from asha.core.errors import BadInput
from asha.training.recipe import Recipe

POLL_S = 0.2
NICENESS = 5  # the trainer comes first

Kind = Literal["speech", "text", "spelled"]


class Makers:
    """The shards of a run, in order: made by processes that stay a few shards ahead."""

    def __init__(self, recipe: Recipe, kind: Kind, *, first: int) -> None:
        self._recipe, self._kind = recipe, kind
        shard_path(recipe, kind, 0).parent.mkdir(parents=True, exist_ok=True)
        self._wanted = multiprocessing.get_context("spawn").Value("q", first)
        self._makers: list[BaseProcess] = []
        self._is_open = True

    def path(self, number: int) -> Path:
        """The file of shard `number`; waits until it is made.

        Raises:
            BadInput: the processes that make it have died.
        """
        number %= shards_of(self._recipe, self._kind)
        self._wanted.value = number
        path = shard_path(self._recipe, self._kind, number)
        if not path.exists() and self._is_open:
            self.start()
        while not path.exists():
            is_made = self._is_open and any(maker.is_alive() for maker in self._makers)
            if not is_made:
                raise BadInput("The processes that make training data have died; see above.")
            time.sleep(POLL_S)
        return path

    def close(self) -> None:
        """End the processes."""
        self._is_open = False
        for maker in self._makers:
            maker.terminate()
            maker.join()

    def start(self) -> None:
        """Start the processes, if they do not run yet; `path` does it when a file is missing."""
        if self._makers:
            return
        context = multiprocessing.get_context("spawn")
        for which in range(self._recipe.speech.makers):
            maker = context.Process(
                target=make_ahead, args=(self._recipe, self._kind, which, self._wanted), daemon=True
            )
            maker.start()
            self._makers.append(maker)


def shard_path(recipe: Recipe, kind: Kind, number: int) -> Path:
    """The file of shard `number`."""
    return recipe.folder / kind / f"{number:06d}.npz"


def shards_of(recipe: Recipe, kind: Kind) -> int:
    """How many different shards there are; then the first comes round again."""
    return recipe.text.shards if kind == "text" else recipe.speech.shards


def make_ahead(recipe: Recipe, kind: Kind, which: int, wanted: "Synchronized[int]") -> None:
    """Make every shard of this process that is wanted soon and not there yet; for ever."""
    from asha.training.making import MAKERS  # some of them need stages, and those need Makers

    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    make = MAKERS[kind](recipe)
    makers, parent = recipe.speech.makers, os.getppid()
    while os.getppid() == parent:
        last = min(wanted.value + recipe.speech.ahead, shards_of(recipe, kind))
        missing = [
            number
            for number in range(wanted.value, last)
            if number % makers == which and not shard_path(recipe, kind, number).exists()
        ]
        if missing:
            make(missing[0])
        else:
            time.sleep(POLL_S)
