"""Words typed in Latin letters, read in their script. The rows: tests/speech/romanised.toml."""

import tomllib
from pathlib import Path

import pytest

from asha.core.language import language
from asha.data.loans import READ_IN_SCRIPT, loans
from asha.engine.exported import load_weights, shipped
from asha.evaluation.nano import Row, error_rates
from asha.speech.latin_search import LatinSearch
from asha.speech.letter_model import LetterModel
from asha.speech.plain import plain

ROWS = tomllib.loads((Path(__file__).parent / "romanised.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def letters() -> LetterModel:
    folder = shipped()
    assert folder
    found = load_weights(folder).letters
    assert found
    return found


@pytest.fixture(scope="module")
def searches(letters: LetterModel) -> dict[str, LatinSearch]:
    return {tag: LatinSearch(letters, language(tag).script, it) for tag, it in loans().items()}


@pytest.mark.parametrize("tag", READ_IN_SCRIPT)
def test_letters_that_people_typed_are_read_in_their_script(
    searches: dict[str, LatinSearch], tag: str
) -> None:
    rows = [Row(tag, "", {}, said, typed, said) for said, typed in ROWS[tag]]
    letters_wrong = error_rates(rows, [searches[tag].best(row.romanised) for row in rows])[1]
    assert letters_wrong < 0.06


def test_one_word_is_spelled_in_many_ways(searches: dict[str, LatinSearch]) -> None:
    for typed in ("ippo mani enna", "ippo mani ennaa", "Ippo maNi enna?", "ippo mani yenna"):
        assert searches["ta"].best(typed) == "இப்போ மணி என்ன"


def test_loans_are_read_as_listed_and_take_endings(searches: dict[str, LatinSearch]) -> None:
    assert searches["gu"].best("office") == "ઓફિસ"
    assert "டைமர" in searches["ta"].best("timerai niruthu")


@pytest.mark.parametrize(
    ("tag", "typed", "said"),
    [
        *(("te", "sare", "సరే"), ("te", "avunu", "అవును"), ("te", "vaddu", "వద్దు")),
        *(("ta", "sari", "சரி"), ("ta", "ama", "ஆமா"), ("ta", "venda", "வேண்டாம்")),
        *(("gu", "ha", "હા"), ("gu", "nathi", "નથી"), ("gu", "ok", "ઓકે")),
        *(("mr", "ho", "हो"), ("mr", "nako", "नको"), ("mr", "ok", "ओके")),
    ],
)
def test_an_answer_of_one_word_is_read(
    searches: dict[str, LatinSearch], tag: str, typed: str, said: str
) -> None:
    assert searches[tag].best(typed) == said


def test_digits_and_other_scripts_stay(searches: dict[str, LatinSearch]) -> None:
    assert searches["te"].best("7 30 ki alarm") == "7 30 కి అలారం"
    assert searches["te"].best("7ki") == "7 కి"
    assert searches["gu"].best("કાલે savare") == "કાલે સવારે"


@pytest.mark.parametrize("typed", ["", "?!", "12", "é"])
def test_nothing_to_read_is_no_error(searches: dict[str, LatinSearch], typed: str) -> None:
    assert searches["ta"].best(typed) == plain(typed)
