"""Scores with worked examples by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.speech.scoring import (
    Score,
    cer,
    code_mixing_index,
    edit_distance,
    mixed_script_wer,
    scored_text,
    script_fidelity,
    sound_key,
    wer,
    whisper_basic,
)

SAID = {5: "पाँच", 500: "पाँच सौ", 125000: "एक लाख पच्चीस हज़ार"}


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("मैं ठीक हूँ। आप?", "मैं ठीक हूँ आप"),
        ("ज़रूर", "जरूर"),  # nukta, one or two code points
        ("\u095bरूर", "जरूर"),
        ("क\u094d\u200dष", "क\u094dष"),  # joiner
        ("Hello, World!", "hello world"),
        ("don't", "dont"),
        ("नमस्ते॥", "नमस्ते"),
        ("தமிழ் மொழி.", "தமிழ் மொழி"),
        ("  a  b ", "a b"),
        ("काम-काज", "काम काज"),
    ],
)
def test_text_is_compared_without_what_is_not_heard(text: str, compared: str) -> None:
    assert scored_text(text) == compared


@pytest.mark.parametrize("text", ["कि की कु कू के कै को कौ कं कः कँ", "ગુજરાતી", "தமிழ் கொடு", "తెలుగు క్ష"])
def test_every_vowel_sign_stays(text: str) -> None:
    assert scored_text(text) == text
    assert scored_text(text) != whisper_basic(text)


def test_digits_and_words_can_be_the_same_on_both_sides() -> None:
    say = SAID.__getitem__
    assert scored_text("5 लोग", say_number=say) == scored_text("पाँच लोग", say_number=say)
    assert scored_text("₹1,25,000", say_number=say) == "एक लाख पच्चीस हजार"
    assert wer(["पाँच सौ रुपये"], ["500 रुपये"], say_number=say) == Score(0, 3)
    assert wer(["500 रुपये"], ["पाँच सौ रुपये"], say_number=say) == Score(0, 3)


def test_word_error_rate_by_hand() -> None:
    # reference: मैं घर जा रहा हूँ (5 words); रही for रहा: 1 substitution
    assert wer(["मैं घर जा रहा हूँ।"], ["मैं घर जा रही हूँ"]) == Score(1, 5)
    # one deletion, one insertion, over two sentences of 3 and 2 words: 2 / 5
    both = wer(["आज मौसम अच्छा", "चाय लाओ"], ["आज अच्छा", "चाय अभी लाओ"])
    assert both == Score(2, 5)
    assert both.rate == 0.4


def test_character_error_rate_by_hand() -> None:
    # रहा -> रही: one code point of 17 (म ै ं space घ र space ज ा space र ह ा space ह ू ँ)
    assert cer(["मैं घर जा रहा हूँ"], ["मैं घर जा रही हूँ"]) == Score(1, 17)


def test_empty_texts_have_a_rate_too() -> None:
    assert wer([""], [""]).rate == 0.0
    assert wer([""], ["कुछ"]).rate == 1.0
    assert wer(["कुछ"], [""]).rate == 1.0


def test_the_script_of_a_mixed_word_is_no_error_but_another_word_is() -> None:
    assert wer(["मेरी meeting कल है"], ["meri मीटिंग कल है"]) == Score(2, 4)
    assert mixed_script_wer(["मेरी meeting कल है"], ["meri मीटिंग कल है"]) == Score(0, 4)
    assert mixed_script_wer(["मेरी meeting कल है"], ["मेरी ticket कल हैं"]) == Score(2, 4)


@pytest.mark.parametrize(
    ("latin", "indic"),
    [
        ("meeting", "मीटिंग"), ("office", "ऑफिस"), ("school", "स्कूल"), ("number", "नंबर"),
        ("station", "स्टेशन"), ("recharge", "रिचार्ज"), ("message", "मैसेज"), ("nahi", "नहीं"),
        ("download", "डाउनलोड"), ("computer", "कंप्यूटर"), ("order", "ఆర్డర్"), ("ticket", "ટિકિટ"),
    ],
)  # fmt: skip
def test_words_sound_alike_across_scripts(latin: str, indic: str) -> None:
    assert sound_key(latin) == sound_key(indic)


def test_whisper_basic_breaks_words_at_vowel_signs() -> None:
    assert whisper_basic("नमस्ते दुनिया").split() == ["नमस", "त", "द", "न", "य"]
    # two words of four are wrong: 50 %, but 2 of 8 "words" for whisper_basic
    reference, heard = "मैं घर जाता हूँ", "मैं घर जाते हैं"
    assert wer([reference], [heard]).rate == 0.5
    basic = Score(
        edit_distance(whisper_basic(reference).split(), whisper_basic(heard).split()),
        len(whisper_basic(reference).split()),
    )
    assert basic.rate < 0.5


def test_code_mixing_by_hand() -> None:
    # meeting link send English; ka kar do Hindi: 100 (1 - 3/6)
    assert code_mixing_index("meeting ka link send kar do", "hi") == 50.0
    assert code_mixing_index("मैं office जा रहा हूँ 5", "hi") == pytest.approx(20.0)
    assert code_mixing_index("घर जाओ", "hi") == 0.0
    assert code_mixing_index("123", "hi") == 0.0


def test_script_fidelity_by_hand() -> None:
    heard = ["నమస్కారం", "namaskaram", "నమస్కారం ok", "42"]
    assert script_fidelity(heard, "Telu") == pytest.approx(2 / 3)
    assert script_fidelity([], "Telu") == 1.0


def _by_table(left: str, right: str) -> int:
    row = list(range(len(right) + 1))
    for at, one in enumerate(left, 1):
        corner, row[0] = row[0], at
        for other_at, other in enumerate(right, 1):
            best = min(row[other_at] + 1, row[other_at - 1] + 1, corner + (one != other))
            corner, row[other_at] = row[other_at], best
    return row[-1]


@given(st.text("abc", max_size=15), st.text("abc", max_size=15))
def test_the_distance_is_that_of_the_textbook(left: str, right: str) -> None:
    assert edit_distance(left, right) == _by_table(left, right)


# Broken surrogates, isolated marks, bidi controls, and much of the Indian scripts.
ANY = st.text(
    st.characters(exclude_categories=()) | st.characters(min_codepoint=0x900, max_codepoint=0xD7F),
    max_size=120,
)


@settings(deadline=None)
@given(ANY, ANY)
def test_any_texts_have_scores(left: str, right: str) -> None:
    assert wer([left], [left]).num_edits == cer([left], [left]).num_edits == 0
    assert wer([left], [right]).rate >= 0
    assert mixed_script_wer([left], [right]).num_edits <= wer([left], [right]).num_edits
    assert scored_text(scored_text(left)) == scored_text(left)
    assert 0 <= code_mixing_index(left, "hi") <= 50
    whisper_basic(left)
