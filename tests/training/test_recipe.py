from pathlib import Path

import pytest

from asha.core.errors import BadInput
from asha.training.optimizer import rate_share
from asha.training.recipe import Stage, load_recipe
from asha.training.run_file import NANO, kind_of

GOOD = """
name = "small"
folder = "var/small"
[encoder]
width = 64
[talk]
steps = 1
rate = 1e-3
[hear]
steps = 1
rate = 1e-3
[join]
steps = 1
rate = 1e-3
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "run.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_recipe_says_what_differs_and_keeps_the_rest(tmp_path: Path) -> None:
    recipe = load_recipe(written(tmp_path, GOOD))
    assert recipe.encoder.width == 64
    assert recipe.encoder.num_layers == 6
    assert len(recipe.tags) == 7


OURS = [path for path in sorted(Path("runs").glob("*.toml")) if kind_of(path) == NANO]


@pytest.mark.parametrize("path", OURS)
def test_every_recipe_of_the_repository_is_good(path: Path) -> None:
    assert load_recipe(path).name == path.stem


def test_an_unknown_key_names_the_nearest_right_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no key 'encoder.widht'; did you mean 'width'"):
        load_recipe(written(tmp_path, GOOD.replace("width = 64", "widht = 64")))


def test_a_wrong_value_names_its_place(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"encoder.width: .*greater than 0"):
        load_recipe(written(tmp_path, GOOD.replace("width = 64", "width = -1")))


def test_a_missing_recipe_says_where_ours_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="runs/"):
        load_recipe(tmp_path / "none.toml")


def test_the_rate_rises_stays_and_falls() -> None:
    stage = Stage(steps=100, rate=1.0, warmup=10)
    shares = [rate_share(step, stage) for step in range(101)]
    assert shares[0] == pytest.approx(0.1)
    assert shares[10] == shares[74] == 1.0
    assert shares[76] < 1.0
    assert shares[100] == pytest.approx(0.05)


def test_a_folder_or_a_binary_file_is_no_recipe(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xed\xff")
    for path in (tmp_path, binary):
        with pytest.raises(BadInput, match="cannot be read"):
            load_recipe(path)
