"""The language of an utterance, of a conversation, and the one a user asks for."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.core.language import TAGS, language
from asha.speech.identify import LanguageTracker, asked_language, identify

GOLDEN = Path(__file__).parents[1] / "golden" / "identify"
ROWS = [
    tuple(line.split("\t"))
    for tag in TAGS
    for line in (GOLDEN / f"{tag}.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "expected"), ROWS)
def test_a_golden_utterance_is_told(text: str, expected: str) -> None:
    assert identify(text).language == expected


def test_there_are_a_hundred_golden_rows_for_each_track() -> None:
    for tag in TAGS:
        lines = (GOLDEN / f"{tag}.tsv").read_text(encoding="utf-8").splitlines()
        assert sum("\t" in line for line in lines) >= 100


def test_spans_tell_the_languages_of_the_parts() -> None:
    text = "meeting के लिए please late मत होना"
    parts = [(text[span.start : span.end], span.language) for span in identify(text).spans]
    assert parts == [
        ("meeting", "en-IN"),
        ("के लिए", "hi"),
        ("please late", "en-IN"),
        ("मत होना", "hi"),
    ]


def test_hinglish_words_are_told_from_english_ones() -> None:
    text = "mera order track karo"
    parts = [(text[span.start : span.end], span.language) for span in identify(text).spans]
    assert parts == [("mera", "hi-Latn"), ("order track", "en-IN"), ("karo", "hi-Latn")]


def test_an_unsupported_script_is_named_but_no_language() -> None:
    found = identify("আমি বাংলায় কথা বলি")
    assert (found.language, found.script, found.confidence) == ("und", "Beng", 0.0)


def test_history_decides_where_the_text_tells_nothing() -> None:
    assert identify("ok").language == "und"
    assert identify("ok", history=("hi", "ta")).language == "ta"


def test_confidence_is_a_probability_and_lower_for_short_doubtful_text() -> None:
    sure, doubtful = identify("मला उद्या मुंबईला जायचं आहे"), identify("नमस्ते")
    assert 0 <= doubtful.confidence < sure.confidence < 1


def test_one_doubtful_utterance_does_not_change_the_language_and_two_do() -> None:
    tracker = LanguageTracker("hi")
    tracker.hear("okay")
    tracker.hear("yes please")
    assert tracker.language == "hi"
    tracker.hear("that is fine")
    assert tracker.language == "en-IN"


def test_a_sure_utterance_changes_the_language_at_once() -> None:
    tracker = LanguageTracker("hi")
    tracker.hear("எனக்கு ஒரு உதவி வேண்டும்")
    assert tracker.language == "ta"


def test_the_first_utterance_sets_the_language() -> None:
    tracker = LanguageTracker()
    tracker.hear("kem cho, majama?")
    assert tracker.language == "gu-Latn"


@pytest.mark.parametrize("tag", TAGS)
def test_every_listed_way_to_ask_for_a_language_is_understood(tag: str) -> None:
    track = language(tag)
    for pattern in track.talk.reply_in:
        for wanted, names in track.talk.language_names.items():
            for name in names:
                assert asked_language(pattern.replace("{language}", name), track) == wanted


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ("reply in Tamil please", "en-IN", "ta"),
        ("Please reply in TAMIL!", "gu", "ta"),
        ("kya aap Telugu mein baat kar sakte ho?", "en-IN", "te"),
        ("Hindi nahi, Tamil mein bolo", "hi-Latn", "ta"),
        ("अब से गुजराती में बात करो", "hi", "gu"),
        ("I speak Tamil at home", "en-IN", None),
        ("don't speak in Hindi", "en-IN", None),
        ("what is Tamil", "en-IN", None),
        ("मराठी खाना अच्छा है", "hi", None),
        ("", "hi", None),
    ],
)
def test_a_request_is_told_from_talk_about_a_language(
    text: str, tag: str, expected: str | None
) -> None:
    assert asked_language(text, language(tag)) == expected


# Broken surrogates, isolated marks, bidi controls, and much of the Indian scripts.
ANY = st.text(
    st.characters(exclude_categories=()) | st.characters(min_codepoint=0x900, max_codepoint=0xD7F),
    max_size=120,
)


@settings(deadline=None)
@given(ANY, st.sampled_from(TAGS))
def test_any_text_has_some_answer(text: str, tag: str) -> None:
    found = identify(text, history=(tag,))
    assert 0 <= found.confidence <= 1
    assert all(0 <= span.start < span.end <= len(text) for span in found.spans)
    asked_language(text, language(tag))


@pytest.mark.parametrize(
    "piece", ["a", "क", "க்", "\u093f", "\u200d", "@", "a.", "a b ", "\ud800", "://"]
)
def test_a_megabyte_takes_no_time_worth_mentioning(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()
    identify(text)
    asked_language(text, language("hi"))
    assert time.process_time() - started < 3
