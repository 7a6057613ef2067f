"""A whole run: the stages in order, each resumed where it stands, then the checkpoint."""

from collections.abc import Callable
from contextlib import closing

import torch

from asha.core.errors import BadInput
from asha.data.sentences import check_tags
from asha.training.clock import Clock
from asha.training.finish import write_checkpoint
from asha.training.hear import train_ears
from asha.training.join import train_joint
from asha.training.makers import Makers
from asha.training.read import train_reader
from asha.training.recipe import Recipe
from asha.training.talk import train_language_model

Stage = Callable[[Recipe, Clock, torch.device], bool]
STAGES: dict[str, Stage] = {
    "talk": train_language_model,
    "hear": train_ears,
    "read": train_reader,
    "join": train_joint,
}


def run(recipe: Recipe, *, minutes: float, device: str = "auto", only: str = "") -> bool:
    """Train until the run is done (True) or the minutes are used up (False).

    Raises:
        BadInput: the device is not there.
    """
    check_tags(recipe.tags)
    torch.set_float32_matmul_precision("high")  # accelerators: TF32
    torch.set_num_threads(1)  # two threads on a shared machine spin against each other
    clock = Clock(minutes, recipe.checkpoint_minutes)
    place = _device(device)
    with closing(Makers(recipe, "speech", first=0)) as early:
        for name, train in STAGES.items():
            if only and name != only:
                continue
            clock.start_stage()
            if name == "talk" and recipe.speech.makers > 1:
                early.start()  # speech is made while the language model reads
            else:
                early.close()
            if not train(recipe, clock, place):
                print(f"{name}: stopped; run the same command to go on.", flush=True)  # noqa: T201
                return False
            print(f"{name}: done.", flush=True)  # noqa: T201
    if not only or only == "join":
        folder = write_checkpoint(recipe)
        print(f"The checkpoint is in {folder}.", flush=True)  # noqa: T201
    return True


def _device(name: str) -> torch.device:
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except RuntimeError as missing:
        raise BadInput(f"There is no device {name!r} here; use cpu.", param="device") from missing
    return device
