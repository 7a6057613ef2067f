"""A run in small: one track, tiny towers, a handful of steps."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from asha.core.audio import Clip
from asha.core.errors import BadInput
from asha.data.questions import any_utterance
from asha.data.shards import make_shard, save_shard
from asha.data.synthesis import Synthesiser
from asha.speech.mel import LOG_FLOOR
from asha.training.answer import answers, transcripts
from asha.training.clock import Clock
from asha.training.hear import Ears, train_ears
from asha.training.join import load_nano
from asha.training.makers import shard_path
from asha.training.recipe import ReadStage, Recipe
from asha.training.run import run
from asha.training.talk import tokenizer_of, train_language_model

CPU = torch.device("cpu")


class StopsAfter(Clock):
    """A clock whose slice is over after so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__(minutes=60, save_minutes=60)
        self._left = steps

    def is_over(self) -> bool:
        self._left -= 1
        return self._left < 0


def small_recipe(folder: Path) -> Recipe:
    return Recipe.model_validate(
        {
            "name": "small",
            "folder": folder,
            "tags": ["en-IN"],
            "encoder": {"width": 32, "num_layers": 2, "num_heads": 2, "ffn_width": 48},
            "language_model": {
                "width": 32,
                "num_layers": 2,
                "num_heads": 2,
                "ffn_width": 48,
                "vocabulary": 900,
            },
            "projector": {"hidden": 32},
            "speech": {"clips": 12, "shards": 2},
            "text": {"questions": 64},
            "talk": {"steps": 4, "rate": 1e-3, "batch_frames": 400},
            "hear": {"steps": 6, "rate": 1e-3, "batch_frames": 900},
            "join": {"steps": 3, "rate": 1e-3, "batch_frames": 900},
        }
    )


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shards of a few clips, made once for all runs."""
    recipe = small_recipe(tmp_path_factory.mktemp("shards"))
    synthesiser = Synthesiser()
    shard_path(recipe, "speech", 0).parent.mkdir()
    for number in range(2):
        shard = make_shard(
            number,
            lambda chance: any_utterance(recipe.tags, 0.2, chance),
            synthesiser,
            seed=1,
            clips=12,
            max_seconds=4.0,
        )
        save_shard(shard, shard_path(recipe, "speech", number))
    synthesiser.close()
    return recipe.folder / "speech"


@pytest.fixture
def recipe(tmp_path: Path, shards: Path) -> Recipe:
    (tmp_path / "speech").symlink_to(shards)
    return small_recipe(tmp_path)


def weights(recipe: Recipe, stage: str, part: str) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(recipe.folder / f"{stage}.pt")[part]
    return state


def test_a_resumed_stage_ends_where_an_unbroken_one_does(recipe: Recipe, tmp_path: Path) -> None:
    assert train_ears(recipe, Clock(60, 60), CPU)
    whole = weights(recipe, "hear", "ears")
    (recipe.folder / "hear.pt").unlink()
    assert not train_ears(recipe, StopsAfter(3), CPU)
    assert train_ears(recipe, Clock(60, 60), CPU)
    resumed = weights(recipe, "hear", "ears")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_the_language_model_resumes_too(recipe: Recipe) -> None:
    assert train_language_model(recipe, Clock(60, 60), CPU)
    whole = weights(recipe, "talk", "model")
    (recipe.folder / "talk.pt").unlink()
    assert not train_language_model(recipe, StopsAfter(1), CPU)
    assert train_language_model(recipe, Clock(60, 60), CPU)
    resumed = weights(recipe, "talk", "model")
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # torch's own, in its compiler
def test_a_compiled_run_leaves_what_any_run_can_go_on_from(recipe: Recipe) -> None:
    with torch.compiler.set_stance("force_eager"):  # no C++ compiler is asked for in a test
        compiled = recipe.model_copy(update={"compiled": True})
        assert train_language_model(compiled, Clock(60, 60), CPU)
    kept = weights(recipe, "talk", "model")
    longer = recipe.model_copy(update={"talk": recipe.talk.model_copy(update={"steps": 5})})
    assert train_language_model(longer, Clock(60, 60), CPU)
    assert weights(recipe, "talk", "model").keys() == kept.keys()


def test_a_run_ends_in_a_checkpoint_that_hears_and_answers(recipe: Recipe) -> None:
    assert run(recipe, minutes=60, device="cpu")
    from asha.model.checkpoint import load

    folder = recipe.folder / "checkpoint"
    model = load(folder)
    assert model.config.audio_log_floor == LOG_FLOOR
    assert model.config.audio_latency_block_size == recipe.encoder.block_frames
    facts = json.loads((folder / "nano.json").read_text(encoding="utf-8"))
    assert facts["tools"]["alarm_set"]["arguments"] == ["hour", "minute", "part"]
    nano = load_nano(recipe, tokenizer_of(recipe))
    clip = Clip(np.random.default_rng(1).standard_normal(16_000).astype(np.float32) * 0.1)
    said = answers(nano, tokenizer_of(recipe), [(clip, "en-IN"), ("Hello!", "auto")])
    assert len(said) == 2
    assert len(transcripts(nano.ears, [clip])) == 1


def test_half_precision_moves_32_bit_weights_nearly_where_full_precision_does(
    recipe: Recipe,
) -> None:
    train_ears(recipe, Clock(60, 60), CPU)
    full = weights(recipe, "hear", "ears")
    (recipe.folder / "hear.pt").unlink()
    assert train_ears(recipe.model_copy(update={"precision": "bf16"}), Clock(60, 60), CPU)
    half = weights(recipe, "hear", "ears")
    torch.manual_seed(recipe.seed)
    start = Ears(recipe).state_dict()
    name = "encoder.layers.0.fc1.weight"
    assert half[name].dtype == torch.float32
    moved, apart = (full[name] - start[name]).norm(), (half[name] - full[name]).norm()
    assert 0 < apart < 0.2 * moved


def test_every_stage_runs_in_half_precision(recipe: Recipe) -> None:
    assert run(recipe.model_copy(update={"precision": "bf16"}), minutes=60, device="cpu")


def test_a_reader_learns_what_its_ears_spell_and_the_ears_stay(recipe: Recipe) -> None:
    reading = recipe.model_copy(
        update={
            "read": ReadStage(steps=2, sentences=50, batch_frames=200),
            "join": recipe.join.model_copy(update={"steps": 0}),
        }
    )
    assert run(reading, minutes=60, device="cpu")
    nano = load_nano(reading, tokenizer_of(reading))
    heard, talked = weights(recipe, "hear", "ears"), weights(recipe, "talk", "model")
    assert all(torch.equal(nano.ears.state_dict()[name], value) for name, value in heard.items())
    read = nano.language_model.state_dict()
    assert not torch.equal(read["lm_head.weight"], talked["lm_head.weight"])


def test_the_last_stage_needs_the_first_two(recipe: Recipe) -> None:
    with pytest.raises(BadInput, match="from the start"):
        run(recipe, minutes=1, device="cpu", only="join")


def test_an_unknown_device_is_told(recipe: Recipe) -> None:
    with pytest.raises(BadInput, match="use cpu"):
        run(recipe, minutes=1, device="abacus")


def test_the_words_of_a_shard_are_those_of_the_grammar() -> None:
    utterances = [any_utterance(("en-IN",), 0.5, Random(seed)) for seed in range(20)]
    assert {row.target for row in utterances if not row.spoken} == {"((noise))"}
    assert all(row.text and row.target for row in utterances if row.spoken)
