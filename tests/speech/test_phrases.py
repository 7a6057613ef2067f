"""Replies are cut into phrases as early as can be known, and the same however they arrive."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.core.language import TAGS, language
from asha.speech.phrases import LIMIT_CHARS, PhraseSplitter, exact_phrases

GOLDEN = Path(__file__).parents[1] / "golden" / "phrases"
ROWS = [
    (tag, *line.split("\t"))
    for tag in TAGS
    for line in (GOLDEN / f"{tag}.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def cut(tokens: list[str], tag: str) -> list[str]:
    splitter = PhraseSplitter(language(tag))
    done = [phrase for token in tokens for phrase in splitter.push(token)]
    return [*done, *splitter.finish()]


@pytest.mark.parametrize(("tag", "text", "expected"), ROWS)
def test_a_golden_reply_is_cut_as_written(tag: str, text: str, expected: str) -> None:
    assert cut([text], tag) == expected.split(" ‖ ")


def test_there_are_sixty_golden_rows_for_each_track() -> None:
    for tag in TAGS:
        assert sum(row[0] == tag for row in ROWS) >= 60


@pytest.mark.parametrize(
    ("tokens", "tag", "given_out_after"),
    [
        (["नमस्", "ते", "।"], "hi", 3),  # at once
        (["नमस्", "ते", ".", " मैं"], "hi", 4),  # one more character
        (["मैं", " अभी", " देखती", " हूँ", ","], "hi", 5),
        (["Let", " me", " check", " that", ","], "en-IN", 5),
        (["It", " costs", " 1", ",", "25", ",", "000", ",", " sir"], "en-IN", 9),
        (["मैं", " घर", " पर", " नहीं", " हूँ", " लेकिन", " आप"], "hi", 7),
        (["வணக்கம்", "!", " நான்"], "ta", 3),
        (["What", "?", "!", " No"], "en-IN", 4),
        (["Yes", ",", " of", " course"], "en-IN", 2),
        (["Of", " course", ",", " I"], "en-IN", 3),
        (["हाँ", " जी", ",", " मैं"], "hi", 3),
        (["சரி", ",", " நான்"], "ta", 2),
        (["Okay", ",", " ek", " minute"], "hi-Latn", 2),
    ],
)
def test_a_phrase_waits_for_no_token_it_does_not_need(
    tokens: list[str], tag: str, given_out_after: int
) -> None:
    splitter = PhraseSplitter(language(tag))
    counts = [len(splitter.push(token)) for token in tokens]
    assert counts.index(1) + 1 == given_out_after


@pytest.mark.parametrize(
    ("text", "tag", "expected"),
    [
        ('उसने कहा, "नमस्ते।" फिर गया।', "hi", ['उसने कहा, "नमस्ते।"', "फिर गया।"]),
        ("(यह सच है।) और?", "hi", ["(यह सच है।)", "और?"]),
        ("**नमस्ते।** कैसे हैं?", "hi", ["**नमस्ते।**", "कैसे हैं?"]),
        ("Really?! Yes...", "en-IN", ["Really?!", "Yes..."]),
        ("We meet at 5 p.m. Then we eat.", "en-IN", ["We meet at 5 p.m.", "Then we eat."]),
        ("We meet at 5 p.m. today.", "en-IN", ["We meet at 5 p.m. today."]),
        ("I said no. He left.", "en-IN", ["I said no.", "He left."]),
        ("Go to no. 5 first.", "en-IN", ["Go to no. 5 first."]),
        ("So do I. We all do.", "en-IN", ["So do I.", "We all do."]),
        ("हाँ जी. मैं हूँ.", "hi", ["हाँ जी.", "मैं हूँ."]),
        ("हाँ जी. ठीक।", "hi", ["हाँ जी.", "ठीक।"]),
        ("हाँ जी. मैं, आशा, हूँ।", "hi", ["हाँ जी.", "मैं, आशा, हूँ।"]),
        ("के. एल. राहुल आए।", "hi", ["के. एल. राहुल आए।"]),
        ("Line one\nLine two", "en-IN", ["Line one", "Line two"]),
        ("Born on August 15, 1947 at home", "en-IN", ["Born on August 15, 1947 at home"]),
        ("See https://a.in/x?y=1,2 now.", "en-IN", ["See https://a.in/x?y=1,2 now."]),
        ("मैं अभी घर पर नहीं हूँ लेकिन, आप रुकिए", "hi", ["मैं अभी घर पर नहीं हूँ", "लेकिन, आप रुकिए"]),
        ("", "hi", []),
        ("  \n ", "hi", []),
        ("🙏", "hi", ["🙏"]),
    ],
)
def test_what_belongs_together_stays_together(text: str, tag: str, expected: list[str]) -> None:
    assert cut([text], tag) == expected
    assert cut(list(text), tag) == expected


OTHERS = [
    ("Yes", "en-IN"),
    ("हाँ जी", "hi"),
    ("theek hai", "hi-Latn"),
    ("હા", "gu"),
    ("ஆமா", "ta"),
    ("సరే", "te"),
    ("ठीक आहे", "mr"),
]


@pytest.mark.parametrize(("opener", "tag"), OTHERS)
@pytest.mark.parametrize(
    "rest",
    [
        "10, 20 and 30 make 60.",
        "on August 15, 1947 at home",
        "Dr. Rao comes at 5 p.m. today, I think.",
        'she said, "no, never" and left, it seems.',
        "no, yes, no, yes, no, yes.",
    ],
)
def test_words_that_are_said_alone_leave_at_their_comma_and_all_else_as_before(
    opener: str, tag: str, rest: str
) -> None:
    silent = replace(language(tag), openers=[])
    splitter = PhraseSplitter(silent)
    before = [*splitter.push(f"{opener}, {rest}"), *splitter.finish()]
    assert before[0] != f"{opener},"
    found = cut([f"{opener}, {rest}"], tag)
    assert found[0] == f"{opener},"
    assert [" ".join(found[:2]), *found[2:]] == before


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Tea, sugar, milk", "en-IN"),
        ("Priya, come.", "en-IN"),
        ("10, 20", "en-IN"),
        ("Pune, 411001", "en-IN"),
        ('"Yes," she said.', "en-IN"),
        ("Yes: it is.", "en-IN"),
        ("No. 5, Park", "en-IN"),
        ("दूध, हाँ, चाय", "hi"),
        ("15 अगस्त, 2026", "hi"),
    ],
)
def test_other_short_words_wait_for_their_sentence(text: str, tag: str) -> None:
    until_mark = re.split("[,:]", text)[0]
    assert len(cut([text], tag)[0]) > len(until_mark) + 1


def test_openers_are_one_to_two_short_words_in_every_track() -> None:
    for tag in TAGS:
        openers = language(tag).openers
        assert len(openers) >= 8 and len(set(openers)) == len(openers)
        for opener in openers:
            assert opener == opener.strip().casefold() and len(opener.split()) <= 2
            assert cut([f"{opener}, so"], tag)[0] == f"{opener},"


def test_a_marker_alone_is_never_a_phrase_before_its_text() -> None:
    assert cut(["।। नमस्ते। ।"], "hi") == ["।। नमस्ते।", "।"]


async def test_phrases_come_while_tokens_arrive() -> None:
    read: list[str] = []

    async def tokens() -> AsyncIterator[str]:
        for token in ("नमस्ते", "।", " कैसे", " हैं", "?"):
            read.append(token)
            yield token

    found = exact_phrases(tokens(), language("hi"))
    assert await anext(found) == "नमस्ते।"
    assert read == ["नमस्ते", "।"]
    assert [phrase async for phrase in found] == [" कैसे हैं?"]


async def test_exact_phrases_joined_are_the_reply() -> None:
    reply = "  नमस्ते।\n\nकैसे हैं?  आज मौसम अच्छा है, है ना?\n"

    async def tokens() -> AsyncIterator[str]:
        for char in reply:
            yield char

    pieces = [piece async for piece in exact_phrases(tokens(), language("hi"))]
    assert "".join(pieces) == reply
    assert [piece.strip() for piece in pieces if piece.strip()] == cut([reply], "hi")


ALPHABET = st.one_of(
    st.sampled_from("।॥?!.…,;:—–\"“”()[]*'\n  \t-/@0123456789५"),
    st.sampled_from("अआकखगय़ािीुेों्ंँ़ गુજરાતીதமிழ்తెలుగుمABCIabcdexyz"),
    st.sampled_from("\u200b\u200d\u202e\u0301\ud800\ufeff😊"),
    st.characters(exclude_categories=()),
)
WORDS = st.sampled_from(
    ["Dr.", "डॉ.", "Rs.", "और", "लेकिन", "because", "3.5", "1,25,000", "5:30", "A.", "1.", "के.",
     " 2.", "www.a.in?", "a@b.in,", "etc.", "p.m.", "कारण", "કારણ કે", "15 Aug, 2026", " ", "I."]
)  # fmt: skip
TEXTS = st.lists(st.one_of(WORDS, st.text(ALPHABET, max_size=12)), max_size=40).map("".join)


@settings(deadline=None)
@given(TEXTS, st.sampled_from(TAGS), st.data())
def test_any_cut_into_tokens_gives_the_same_phrases(
    text: str, tag: str, data: st.DataObject
) -> None:
    whole = cut([text], tag)
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=30).map(sorted))
    tokens = [text[left:right] for left, right in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert cut(tokens, tag) == whole
    assert cut(list(text), tag) == whole


@settings(deadline=None)
@given(TEXTS, st.sampled_from(TAGS))
def test_nothing_is_dropped_or_added(text: str, tag: str) -> None:
    assert "".join("".join(cut([text], tag)).split()) == "".join(text.split())
    splitter = PhraseSplitter(language(tag))
    assert "".join([*splitter.push_exact(text), *splitter.finish_exact()]) == text


@pytest.mark.parametrize(
    "piece", ["अ", "a.", "।", "\u093f", "\u200b", "\ud800", "1,", "(", "और ", "A. "]
)
def test_a_megabyte_is_read_in_linear_time_and_bounded_memory(piece: str) -> None:
    tokens = [piece * (4_000 // len(piece))] * 250
    splitter = PhraseSplitter(language("hi"))
    started = time.process_time()
    num_chars = sum(len(phrase) for token in tokens for phrase in splitter.push(token))
    longest_held = len(splitter._text)
    num_chars += sum(len(phrase) for phrase in splitter.finish())
    assert time.process_time() - started < 8
    assert longest_held <= 2 * LIMIT_CHARS
    assert num_chars == sum(len("".join(token.split())) for token in tokens) or " " in piece
