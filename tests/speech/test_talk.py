"""Back-channels, stop words, yes, no and wait: the whole utterance or nothing."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.core.language import TAGS, language
from asha.speech.talk import kind_of

MEANT = {
    "backchannel": {
        "hi": "हाँ|हां जी|अच्छा|अच्छाााा|हम्म्म्म|ठीक है|haan haan|जी जी|हाँ, ठीक है",
        "hi-Latn": "haan haan haan|achhaaaa|hmmmmm|theek hai|thik hai ji|Haan!|ji|seri|barobar",
        "en-IN": "uh-huh|mm-hmm|okay okay|I see|right|haan haan|Hmm...",
        "gu": "હા|હા હા|બરાબર|barabar|haa|સારું|hmm",
        "ta": "ஆமா|சரி சரி|ம்ம்ம்|aama aama|seri|haan",
        "te": "అవును|సరే సరే|avunu|sare|హ్మ్",
        "mr": "हो|हो हो|बरं बरं|barobar|ho ho|ठीक आहे",
    },
    "stop": {
        "hi": "रुको|बस|चुप|मत बोलो|ruko ruko|हाँ बस|रुको प्लीज़",
        "hi-Latn": "ruko|bas bas|RUKO!!|asha ruko|chup|stop yaar|aapu|thamba|haan ruko",
        "en-IN": "stop|stop please|that's enough|enough, thank you|bas",
        "gu": "બસ|બસ બસ|અટકો|bandh karo|રહેવા દો",
        "ta": "நிறுத்து|நிறுத்துங்க|podhum|போதும் போதும்",
        "te": "ఆపు|ఆపండి|aapu|chalu chalu",
        "mr": "थांब|थांबा|पुरे|thamba|गप्प बस",
    },
    "no": {
        "hi": "नहीं|नहीं नहीं|जी नहीं|nahi",
        "hi-Latn": "nahi|nahi nahi|nai yaar|vendam|no thanks",
        "en-IN": "no|no no|no thanks|not now",
        "gu": "ના|ના ના|નથી|na na",
        "ta": "வேண்டாம்|இல்லை|venam",
        "te": "వద్దు|కాదు|vaddu",
        "mr": "नाही|नको नको|nako",
    },
    "wait": {
        "hi": "एक मिनट|ज़रा रुकिए|जरा रुकिए",
        "hi-Latn": "ek minute|ek min ruko|zara ruko|hold on",
        "en-IN": "wait a minute|one second|hold on please",
        "gu": "એક મિનિટ|જરા રહો|ek minit",
        "ta": "ஒரு நிமிஷம்|இருங்க",
        "te": "ఒక్క నిమిషం|konchem aagu",
        "mr": "एक मिनिट|जरा थांबा",
    },
    "yes": {
        "hi": "ज़रूर|जरूर|कर दो",
        "hi-Latn": "kar do|zaroor|pakka",
        "en-IN": "yes|yes please|go ahead",
        "gu": "ચોક્કસ|કરી દો",
        "ta": "கண்டிப்பா|பண்ணுங்க",
        "te": "తప్పకుండా|చేయండి",
        "mr": "नक्की|चालेल",
    },
}


@pytest.mark.parametrize(
    ("kind", "tag", "said"),
    [
        (kind, tag, said)
        for kind, tracks in MEANT.items()
        for tag, listed in tracks.items()
        for said in listed.split("|")
    ],
)
def test_a_short_utterance_is_understood(kind: str, tag: str, said: str) -> None:
    assert kind_of(said, language(tag)) == kind


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        ("haan lekin mujhe doosra chahiye", "hi-Latn"),
        ("haan lekin", "hi-Latn"),
        ("हाँ लेकिन", "hi"),
        ("bas stand kahan hai", "hi-Latn"),
        ("ruko mat", "hi-Latn"),
        ("don't stop", "en-IN"),
        ("stop the timer at five", "en-IN"),
        ("okay so tell me about Delhi", "en-IN"),
        ("haan nahi", "hi-Latn"),
        ("sari", "hi-Latn"),  # Tamil yes, but Hindi "all"
        ("pure", "hi-Latn"),  # Marathi stop, but English and Hindi words
        ("main", "hi-Latn"),
        ("अच्छा खाना", "hi"),
        ("ஆமா ஆனா", "ta"),
        ("please", "en-IN"),
        ("asha", "en-IN"),
        ("", "hi"),
        ("...", "hi"),
        ("5", "hi"),
    ],
)
def test_anything_more_is_a_turn_of_its_own(said: str, tag: str) -> None:
    assert kind_of(said, language(tag)) is None


@pytest.mark.parametrize(("tag", "said"), [("hi", "हाँ"), ("hi-Latn", "theek hai"), ("te", "అవును")])
def test_after_a_question_a_back_channel_is_a_yes(tag: str, said: str) -> None:
    assert kind_of(said, language(tag)) == "backchannel"
    assert kind_of(said, language(tag), was_asked=True) == "yes"


@pytest.mark.parametrize("tag", TAGS)
def test_every_listed_phrase_is_of_some_kind(tag: str) -> None:
    talk = language(tag).talk
    lists = (talk.backchannels, talk.stop_words, talk.yes, talk.no, talk.wait)
    for phrase in {phrase for listed in lists for phrase in listed}:
        assert kind_of(phrase, language(tag)) is not None


# Broken surrogates, isolated marks, bidi controls, and much of the Indian scripts.
ANY = st.text(
    st.characters(exclude_categories=()) | st.characters(min_codepoint=0x900, max_codepoint=0xD7F),
    max_size=120,
)


@settings(deadline=None)
@given(ANY, st.sampled_from(TAGS))
def test_any_text_is_some_kind_or_none(text: str, tag: str) -> None:
    assert kind_of(text, language(tag)) in {*MEANT, None}


def test_it_answers_in_time_for_the_turn_machine() -> None:
    track = language("hi-Latn")
    kind_of("haan", track)
    started = time.process_time()
    for number in range(1_000):
        kind_of(f"haan haan theek hai {'ji ' * (number % 5)}", track)
    assert time.process_time() - started < 0.1  # 100 µs each


def test_a_megabyte_is_refused_at_once() -> None:
    assert kind_of("haan " * 200_000, language("hi")) is None
