from random import Random

from asha.data.mishearing import misheard

SAID = "અત્યારે કેટલા વાગ્યા છે"


def test_a_misheard_sentence_keeps_its_script_and_most_of_its_letters() -> None:
    for seed in range(50):
        heard = misheard(SAID, Random(seed))
        assert all(sign == " " or "\u0a80" <= sign <= "\u0aff" for sign in heard), heard
        assert 0.6 * len(SAID) < len(heard) < 1.5 * len(SAID)


def test_some_sentences_are_heard_well_and_some_badly() -> None:
    heard = [misheard(SAID, Random(seed)) for seed in range(200)]
    assert SAID in heard
    assert len(set(heard)) > 100


def test_english_words_in_hinglish_stay_latin() -> None:
    heard = misheard("alarm लगा दो", Random(3))
    assert any("a" <= sign <= "z" for sign in heard)
