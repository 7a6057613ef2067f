import pytest

from asha.speech.ctc_alphabet import SYMBOLS, read, spell
from asha.speech.plain import plain
from asha.speech.unified import restore, script_of, unify

SAMPLES = {
    "Deva": "क्या समय हुआ है",
    "Gujr": "કેટલા વાગ્યા છે",
    "Taml": "மணி என்ன ஆச்சு",
    "Telu": "సమయం ఎంత అయింది",
    "Latn": "what's the time",
}


@pytest.mark.parametrize("script", SAMPLES)
def test_every_script_comes_back_from_the_common_alphabet(script: str) -> None:
    assert restore(unify(SAMPLES[script]), script) == SAMPLES[script]
    assert script_of(SAMPLES[script]) == script


@pytest.mark.parametrize("script", SAMPLES)
def test_the_spelling_knows_its_own_script(script: str) -> None:
    assert read(spell(SAMPLES[script])) == SAMPLES[script]


def test_repeats_are_one_symbol_unless_a_blank_lies_between() -> None:
    letter, blank = SYMBOLS.index("l"), 0
    assert read([letter, letter, blank, letter], script="Latn") == "ll"


def test_english_words_stay_latin_among_indian_ones() -> None:
    assert read(spell("alarm साढ़े सात बजे लगाओ")) == "alarm साढ़े सात बजे लगाओ"


def test_punctuation_case_and_special_tokens_do_not_survive() -> None:
    assert plain("Don't “DO” it, at 7:30! <|time|> क्षेत्र।") == "don't do it at 7:30 time क्षेत्र"


@pytest.mark.parametrize(
    ("slipped", "word"), [("noटe", "noe"), ("कमraा", "कमा"), ("wh", "wh"), ("aआ", "aआ")]
)
def test_a_word_keeps_the_letters_of_one_script(slipped: str, word: str) -> None:
    assert read([SYMBOLS.index(letter) for letter in slipped]) == word


def test_a_session_in_gujarati_is_written_in_gujarati() -> None:
    hindi = spell("ना रे ना")
    assert read(hindi) == "ना रे ना"
    assert read(hindi, script="Gujr") == "ના રે ના"
