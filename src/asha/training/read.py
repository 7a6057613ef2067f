"""Between (b) and (c): the language model learns to read what its ears spell, beside what is typed.

For processors, on which the projector of stage (c) does not learn enough in a day:
`asha export --reads letters` goes with it.
"""

import torch

from asha.core.errors import BadInput
from asha.training.checkpoint import Progress, load, save
from asha.training.clock import Clock
from asha.training.makers import Makers
from asha.training.optimizer import Optimizer
from asha.training.precision import computing
from asha.training.recipe import Recipe
from asha.training.spelled import letters_path
from asha.training.talk import answer_loss, new_language_model, text_stream, tokenizer_of

STAGE = "read"


def train_reader(recipe: Recipe, clock: Clock, device: torch.device) -> bool:
    """Run or resume the stage until it is done (True) or the clock stops it (False)."""
    if not recipe.read.steps:
        return True
    tokenizer = tokenizer_of(recipe)
    torch.manual_seed(recipe.seed)
    model = new_language_model(recipe, tokenizer)
    found = load(recipe, STAGE)
    known = found or load(recipe, "talk")
    if known is None:
        raise BadInput("There is no language model yet; run the stage talk before the stage read.")
    model.load_state_dict(known[1]["model"])
    model.to(device).train()
    optimizer = Optimizer([model], recipe.read, recipe.precision)
    heard, typed = Progress(), Progress()
    if found:
        heard, typed = found[0], Progress(*found[1]["typed"])
        optimizer.load_state_dict(found[1]["optimizer"])
    if recipe.compiled:
        model.model.compile(dynamic=True)
    letters_path(recipe)

    def keep() -> None:
        state = {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
        save(recipe, STAGE, heard, {**state, "typed": (typed.step, typed.shard, typed.batch)})

    spellers = Makers(recipe, "spelled", first=heard.shard)
    makers = Makers(recipe, "text", first=typed.shard)
    hearing = text_stream(recipe, tokenizer, spellers, heard, recipe.read.batch_frames)
    reading = text_stream(recipe, tokenizer, makers, typed, recipe.talk.batch_frames)
    try:
        for heard, heard_batch in hearing:
            if heard.step >= recipe.read.steps or clock.is_over():
                break
            typed, typed_batch = next(reading)
            losses = {}
            for name, batch in (("heard", heard_batch), ("typed", typed_batch)):
                with computing(recipe.precision, device):
                    loss = answer_loss(model, batch, device)
                    loss.backward()
                losses[name] = float(loss.detach())
            optimizer.step(heard.step)
            clock.told(STAGE, heard.step, recipe.read.steps, losses)
            if clock.is_time_to_save():
                keep()
        keep()
    finally:
        spellers.close()
        makers.close()
    return heard.step >= recipe.read.steps
