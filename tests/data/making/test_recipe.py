"""Recipes: what they say, and that a typo names the nearest right key."""

from pathlib import Path

import pytest

from asha.data.making.recipe import BadRecipe, load_recipe

RECIPES = sorted((Path(__file__).parents[3] / "runs" / "data").glob("*.toml"))
GOOD = """
name = "toy"
title = "A toy"
license = "CC0-1.0"
folder = "made"
[source]
kind = "grammar"
languages = ["gu"]
rows = 3
[[steps]]
do = "speak"
"""


@pytest.mark.parametrize("path", RECIPES, ids=lambda it: it.stem)
def test_the_recipes_of_the_repository_are_valid(path: Path) -> None:
    assert load_recipe(path).name == path.stem


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("budget", "budget"), None),
        (
            ('title = "A toy"', 'title = "A toy"\nbudgt_usd = 1.0'),
            "did you mean 'budget_usd'",
        ),
        (("rows = 3", "row = 3"), "there is no key 'source.row'; did you mean 'rows'"),
        (('do = "speak"', 'do = "speak"\nvoice = ["x"]'), "voice'; did you mean 'voices'"),
        (('do = "speak"', 'do = "sing"'), "'speak', 'write', 'hear', 'split', 'deduplicate'"),
        (("rows = 3", ""), "the grammar never ends, say how many"),
        (('["gu"]', '["fr"]'), "the grammar has hi, hi-Latn"),
        (('kind = "grammar"', 'kind = "lines"'), "where: name the file"),
        (('do = "speak"', 'do = "split"\nmin_s = 5\nmax_s = 6'), "at least twice min_s"),
        (("[source]", "[source"), "is not valid TOML"),
        (('"A toy"', "7"), "title: Input should be a valid string"),
    ],
)
def test_a_mistake_is_a_sentence(
    tmp_path: Path, change: tuple[str, str], sentence: str | None
) -> None:
    path = tmp_path / "toy.toml"
    path.write_text(GOOD.replace(*change), encoding="utf-8")
    if sentence is None:
        assert load_recipe(path).steps
        return
    with pytest.raises(BadRecipe) as told:
        load_recipe(path)
    assert sentence in told.value.message
    assert "\n" not in told.value.message


def test_a_recipe_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadRecipe, match="There is no recipe"):
        load_recipe(tmp_path / "none.toml")
    with pytest.raises(BadRecipe, match="cannot be read"):
        load_recipe(tmp_path)
