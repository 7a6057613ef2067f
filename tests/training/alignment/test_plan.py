"""Plans: of every run of the repository, without weights, and the arithmetic behind them."""

from pathlib import Path

import pytest

from asha.core.errors import BadInput
from asha.training.alignment.plan import plan_of, row_operations, step_plan
from asha.training.alignment.recipe import load_alignment
from asha.training.alignment.shapes import sizes_of

RUNS = Path("runs")
NAMES = ("align_gu", "asha_1b_indic", "asha_8b_indic", "ultravox_v0_5_like", "ultravox_v0_6_like")


@pytest.mark.parametrize("name", NAMES)
def test_every_run_has_a_plan_without_any_weights(name: str) -> None:
    lines = plan_of(load_alignment(RUNS / f"{name}.toml"))
    starts = [line.split(maxsplit=1)[0] for line in lines[:6]]
    assert starts == [f"{name}:", "model", "memory", "time", "money", "data"]
    assert "fits" in lines[2] and "does not fit" not in lines[2]
    # What cannot be read yet is said, and every set is one that the registry knows.
    assert not [line for line in lines if "has no language" in line or "There is no corpus" in line]


def test_the_gujarati_run_fits_one_card_of_24_gb() -> None:
    run = load_alignment(RUNS / "align_gu.toml")
    assert step_plan(run, sizes_of(run), 16.0).bytes < 0.9 * 24e9


def test_the_sizes_are_those_the_models_are_known_by() -> None:
    one = sizes_of(load_alignment(RUNS / "align_gu.toml"))
    eight = sizes_of(load_alignment(RUNS / "asha_8b_indic.toml"))
    assert one.text.weights == pytest.approx(1.236e9, rel=1e-3)  # Llama 3.2 1B
    assert eight.text.weights == pytest.approx(8.03e9, rel=1e-3)  # Llama 3.1 8B
    assert one.encoder and one.encoder.weights == pytest.approx(0.637e9, rel=0.02)
    assert one.projector == 10_240 * 4_096 + 2_048 * 2_048
    assert one.adapters == 8 * 2 * 1_280 * 2 * 32  # rank 8 on q and k of 32 layers


def test_the_operations_of_a_step_grow_with_the_sound() -> None:
    run = load_alignment(RUNS / "align_gu.toml")
    sizes = sizes_of(run)
    short, long = (row_operations(run, sizes, it) for it in (3.0, 6.0))
    assert short < long < 2 * short


def test_money_is_time_by_what_an_hour_costs() -> None:
    run = load_alignment(RUNS / "align_gu.toml")
    machine = run.machine.model_copy(update={"price_usd_per_hour": 1_000.0})
    (line,) = [
        it for it in plan_of(run.model_copy(update={"machine": machine})) if it.startswith("money")
    ]
    assert "at 1000 USD an hour" in line
    assert float(line.split("about ")[1].split(" USD")[0]) > 100


def test_an_unknown_accelerator_names_the_known_ones() -> None:
    run = load_alignment(RUNS / "align_gu.toml")
    machine = run.machine.model_copy(update={"accelerator": "abacus"})
    with pytest.raises(BadInput, match="use one of h200"):
        plan_of(run.model_copy(update={"machine": machine}))
