from pathlib import Path
from random import Random

import pytest

from asha.core.errors import BadLanguageFile
from asha.core.language import TAGS
from asha.data.grammar import MIN_PHRASINGS, grammar, load_grammar, parse_grammar
from asha.data.intents import call_of, call_tokens, scope
from asha.data.sentences import any_sentence, any_slots, sentence_of, target_of
from asha.data.shards import NOISE_SAYS

FOLDER = Path("src/asha/data/grammar")


@pytest.fixture(scope="module")
def english() -> str:
    return (FOLDER / "en-IN.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("tag", TAGS)
def test_every_track_has_every_intent_with_enough_phrasings(tag: str) -> None:
    rules = grammar(tag)
    assert set(rules.intents) == set(scope().intents)
    assert all(len(talk.ask) >= MIN_PHRASINGS for talk in rules.intents.values())


@pytest.mark.parametrize("tag", TAGS)
def test_every_intent_can_be_said_and_answered_in_every_track(tag: str) -> None:
    chance = Random(7)
    for intent in scope().intents.values():
        for _ in range(5):
            slots = any_slots(intent, chance)
            sentence = sentence_of(tag, intent, slots, chance)
            assert sentence.text, intent.id
            assert not any(sign.isdecimal() for sign in sentence.text), sentence.text
            assert target_of(intent, slots, tag, chance)


def test_a_typo_in_a_key_names_file_line_and_remedy(english: str) -> None:
    broken = english.replace("[intents.thanks]", "[intents.thnaks]")
    line = broken.splitlines().index("[intents.thnaks]") + 1
    with pytest.raises(BadLanguageFile, match=rf"en-IN.toml:{line}: 'thnaks' no intent; known are"):
        parse_grammar(broken, where="en-IN.toml")


def test_a_missing_slot_names_the_phrasing(english: str) -> None:
    at = english.index("[intents.name_tell]")
    broken = english[:at] + english[at:].replace("{name}", "{nmae}", 1)
    with pytest.raises(BadLanguageFile, match=r"nmae.*write \{name\} once each"):
        parse_grammar(broken, where="en-IN.toml")


def test_a_digit_in_a_phrasing_is_refused(english: str) -> None:
    broken = english.replace("[intents.thanks]\nask = [", '[intents.thanks]\nask = ["thanks 2",')
    with pytest.raises(BadLanguageFile, match="write numbers in words"):
        parse_grammar(broken, where="en-IN.toml")


def test_broken_toml_says_so(tmp_path: Path) -> None:
    file = tmp_path / "xx.toml"
    file.write_text("tag = ", encoding="utf-8")
    with pytest.raises(BadLanguageFile, match=r"xx.toml is not valid TOML"):
        load_grammar(file)


def test_a_call_is_made_of_known_tokens_and_digits() -> None:
    intent = scope().intents["alarm_set"]
    call = call_of(intent, {"hour": 7, "minute": 30, "part": "evening"})
    assert call == "<|alarm_set|>7<|,|>30<|,|><|=evening|>"
    assert {"<|alarm_set|>", "<|,|>", "<|=evening|>"} <= set(call_tokens())


def test_hinglish_is_read_aloud_in_two_scripts() -> None:
    sentence = any_sentence("hi-Latn", Random(3))
    while "alarm" not in sentence.text:
        sentence = any_sentence("hi-Latn", Random(sentence.text))
    assert "alarm" in sentence.spoken
    assert any("\u0900" <= sign <= "\u097f" for sign in sentence.spoken)


def test_the_noise_answer_is_the_formats() -> None:
    assert NOISE_SAYS == "((noise))"
