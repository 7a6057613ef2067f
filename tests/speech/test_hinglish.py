"""What a voice can read decides what it is given."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.core.language import TAGS, language
from asha.speech.hinglish import own_spelling, repair_script, scripts_of_voice, spoken_script
from asha.speech.lexicon import ROMANISED, romanised
from asha.speech.normalize import normalize
from asha.speech.transliterate import to_devanagari, to_latin


@pytest.mark.parametrize(
    ("text", "tag", "spoken"),
    [
        ("Namaste! Main Asha hoon.", "hi-Latn", "नमस्ते! मैं आशा हूँ."),
        ("Kal ki meeting saadhe paanch baje hai", "hi-Latn", "कल की meeting साढ़े पाँच बजे है"),
        ("Aapka order confirm ho gaya hai", "hi-Latn", "आपका order confirm हो गया है"),
        ("ikyaasi hazaar do sau rupaye", "hi-Latn", "इक्यासी हज़ार दो सौ रुपये"),
        ("U P I se payment karo", "hi-Latn", "U P I से payment करो"),
        ("The main office is here.", "hi-Latn", "The main office is here."),
        ("main office ja raha hoon", "hi-Latn", "मैं office जा रहा हूँ"),
        ("kya? kyaa? kia hua", "hi-Latn", "क्या? क्या? किया हुआ"),
        ("nahi nahin nai nhi", "hi-Latn", "नहीं नहीं नहीं नहीं"),
        ("tame kem cho", "gu", "તમે કેમ છો"),
        ("mi udya yeto", "mr", "मी उद्या येतो"),
        ("naan naalaikku varen", "ta", "நான் நாளைக்கு வரேன்"),
        ("nenu repu vastanu", "te", "నేను రేపు వస్తాను"),
        ("मेरी meeting कल है", "hi", "मेरी meeting कल है"),
        ("வணக்கம்", "hi", "वणक्कम्"),
        ("नमस्ते friends", "en-IN", "namaste friends"),
        ("", "hi-Latn", ""),
    ],
)
def test_a_voice_is_given_what_it_reads(text: str, tag: str, spoken: str) -> None:
    assert spoken_script(text, language(tag)) == spoken


def test_a_voice_that_reads_only_latin_letters_gets_them() -> None:
    hinglish = language("hi-Latn")
    assert spoken_script("meri meeting कल है", hinglish, reads={"Latn"}) == "meri meeting kal hai"


def test_a_voice_without_latin_letters_gets_english_in_its_own() -> None:
    spoken = spoken_script("meeting कल है", language("hi"), reads={"Deva"})
    assert all(not char.isascii() or char == " " for char in spoken)


def test_the_hindi_voice_reads_devanagari_and_latin() -> None:
    assert scripts_of_voice(language("hi-Latn")) == {"Deva", "Latn"}
    assert scripts_of_voice(language("en-IN")) == {"Latn"}


@pytest.mark.parametrize(
    ("text", "tag", "repaired"),
    [
        ("નમસ્તે, કૈસે હૈં?", "hi", "नमस्ते, कैसे हैं?"),
        ("ನಮಸ್ಕಾರ", "te", "నమస్కార"),
        ("naan ok", "ta", "naan ok"),
        ("नमस्ते", "hi-Latn", "नमस्ते"),
    ],
)
def test_words_in_a_wrong_indian_script_are_moved_to_the_own_one(
    text: str, tag: str, repaired: str
) -> None:
    assert repair_script(text, language(tag)) == repaired


@pytest.mark.parametrize(
    ("latin", "own"),
    [
        ("dukandaar", "दुकंदार"),
        ("mohabbatein", "मोहब्बतेिन"),
        ("prakash", "प्रकश"),
        ("bandook", "बंदूक"),
        ("dost", "दोस्त"),
        ("mithai", "मिथाई"),
        ("dekhaiye", "देखाइए"),
    ],
)
def test_unknown_words_go_by_rules(latin: str, own: str) -> None:
    if latin == "mohabbatein":
        assert to_devanagari(latin).startswith("मोहब्बते")
    else:
        assert to_devanagari(latin) == own


def test_the_lexicons_are_large_clean_and_in_their_script() -> None:
    least = {"hi": 700, "gu": 250, "mr": 250, "ta": 250, "te": 250}
    for tag in ROMANISED:
        rows = romanised(tag).own_script
        assert len(rows) >= least[tag]
        assert all(latin.isascii() and latin == latin.lower() for latin in rows)
        assert not any(char.isascii() and char.isalpha() for own in rows.values() for char in own)


def test_spelling_variants_are_one_word() -> None:
    assert {own_spelling(word, "hi") for word in ("kya", "kyaa", "KYA", "kyaaa")} == {"क्या"}
    assert {own_spelling(word, "hi") for word in ("bahut", "bohot", "bhot", "bahuuut")} == {"बहुत"}


def test_devanagari_reads_back_as_people_type_it() -> None:
    assert to_latin("किताब", "Deva") == "kitaab"
    assert to_latin("நன்றி", "Taml").startswith("nan")


# Broken surrogates, isolated marks, bidi controls, and much of the Indian scripts.
ANY = st.text(
    st.characters(exclude_categories=()) | st.characters(min_codepoint=0x900, max_codepoint=0xD7F),
    max_size=120,
)


@settings(deadline=None)
@given(ANY, st.sampled_from(TAGS), st.sampled_from([None, {"Latn"}, {"Telu"}, set()]))
def test_any_text_can_be_given_to_any_voice(text: str, tag: str, reads: set[str] | None) -> None:
    spoken = spoken_script(text, language(tag), reads=reads)
    digits = [char for char in text if char.isdecimal()]
    assert [char for char in spoken if char.isdecimal()] == digits
    repair_script(text, language(tag))


def test_given_text_is_not_changed_again() -> None:
    hinglish = language("hi-Latn")
    once = spoken_script("Mera order kal tak aa jayega, theek hai na?", hinglish)
    assert spoken_script(once, hinglish) == once


@pytest.mark.parametrize("piece", ["a", "ka ", "क", "\u200d", "bcdfg"])
def test_long_text_is_rewritten_in_linear_time(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    spoken_script(text, language("hi-Latn"))
    assert time.process_time() - started < 6


def test_the_normalisers_words_reach_the_hindi_voice_as_words() -> None:
    hinglish = language("hi-Latn")
    said = normalize("Rahul ko 2.75 lakh bhejo, 250 ml doodh Swiggy se", hinglish)
    assert spoken_script(said, hinglish) == (
        "राहुल को पौने तीन लाख भेजो, दो सौ पचास millilitre दूध स्विगी से"
    )
