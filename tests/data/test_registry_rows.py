"""Every corpus that the surveys of Indian and of Ultravox's data name has its file."""

import pytest

from asha.core.language import TAGS
from asha.data.catalog import catalog
from asha.data.spec import Corpus

# name in the registry -> the source it must name (several: one for each language; "": none known)
INDIAN = {
    "indicvoices": "ai4bharat/IndicVoices",
    "indicvoices_r": "ai4bharat/indicvoices_r",
    "indicvoices_r_mirror": "SPRINGLab/IndicVoices-R_Hindi SPRINGLab/IndicVoices-R_Tamil "
    "SPRINGLab/IndicVoices-R_Bengali",
    "kathbath": "ai4bharat/Kathbath",
    "kathbath_hard": "vistaar",
    "shrutilipi": "ai4bharat/Shrutilipi",
    "vistaar": "vistaar",
    "fleurs": "google/fleurs",
    "common_voice": "fixie-ai/common_voice_17_0",
    "common_voice_24": "commonvoice.mozilla.org",
    "mucs": "openslr.org/103",
    "mucs_hinglish": "openslr.org/104",
    "mucs_hinglish_mirror": "ujs/hinglish",
    "vaani": "ARTPARK-IISc/Vaani",
    "vaani_benchmark": "ARTPARK-IISc/Vaani-Benchmark-V1.0",
    "lahaja": "ai4bharat/Lahaja",
    "gramvaani": "openslr.org/118",
    "spring_inx": "SPRINGLab/SPRING_INX_Gujarati_R1 SPRINGLab/SPRING_INX_Gujarati_R2 "
    "SPRINGLab/SPRING_INX_Marathi_R1 SPRINGLab/SPRING_INX_Marathi_R2",
    "monsoon_hi": "VoiceArena/MonsoonASR-Open-ASR-leaderboard-hi-IN",
    "monsoon_en_in": "VoiceArena/MonsoonASR-Open-ASR-leaderboard-en-IN",
    "voice_of_india": "2604.19151",
    "indicvoices_st": "ai4bharat/IndicVoices-ST",
    "nptel_st": "ai4bharat/NPTEL",
    "mann_ki_baat": "ai4bharat/Mann-ki-Baat",
    "wordproject": "ai4bharat/WordProject",
    "seamless_align": "ai4bharat/SeamlessAlign",
    "ugce_resources": "ai4bharat/UGCE-Resources",
    "spoken_tutorial": "ai4bharat/Spoken-Tutorial",
    "vanipedia": "ai4bharat/Vanipedia",
    "indicst": "krutrim-ai-labs/IndicST",
    "covost2": "fixie-ai/covost2",
    "indic_context_eval": "AI4Bharat/IndicContextEval",
    "audiollm_evals": "sarvamai/audiollm-evals",
    "vakqa": "2609.19879",
    "navana_indic": "Navana-AI/indic-asr-benchmark",
    "navana_hindi": "Navana-AI/hindi-asr-benchmark",
}
HINGLISH = {
    "vitb_hebic": "PalashJain/VITB-HEBiC_Code-switch_corpus",
    "coshe_500": "Trelis/CoSHE-500",
    "coshe_eval": "",
    "sonexis_hinglish": "sonexis-ai/hinglish-code-switched-conversations-v1",
    "resvand_hinglish": "Resvand/Code-Switching_English-Hindi_Synthetic",
    "noisy_hinglish": "addyo07/noisy-hinglish-asr",
    "equal_ai_indic": "equal-ai/ultravox-indic-speech",
    "hiacc": "",
    "switchlingua": "",
    "limit": "",
    "phinc": "veezbo/phinc",
    "hinge": "LingoIITGN/HinGE",
    "hing_corpus": "l3cube-pune/code-mixed-nlp",
    "lince_lid": "",
    "cs_lid_eval": "cis-lmu/cs-lid-eval",
}
INDIAN_ENGLISH = {
    "svarah": "ai4bharat/Svarah",
    "nptel2020": "AI4Bharat/NPTEL2020-Indian-English-Speech-Dataset",
    "skit_intent": "skit-ai/speech-to-intent-dataset",
}
VOICES = {
    "indictts": "SPRINGLab/IndicTTS-Hindi SPRINGLab/IndicTTS_Tamil SPRINGLab/IndicTTS_Gujarati "
    "SPRINGLab/IndicTTS_Telugu SPRINGLab/IndicTTS_Marathi SPRINGLab/IndicTTS-English",
    "rasa": "ai4bharat/Rasa",
    "syspin": "syspin",
    **{f"openslr_{number}": f"openslr.org/{number}" for number in (63, 64, 65, 66, 78, 79)},
}
TEXT = {
    "samanantar": "ai4bharat",
    "bpcc": "ai4bharat/BPCC",
    "bpcc_cleaned": "SPRINGLab/BPCC_cleaned",
    "sangraha": "IndicLLMSuite",
    "indic_align": "IndicLLMSuite",
    "arc_challenge_indic": "sarvamai/arc-challenge-indic",
    "mmlu_indic": "sarvamai/mmlu-indic",
    "trivia_qa_indic": "sarvamai/trivia-qa-indic",
    "boolq_indic": "sarvamai/boolq-indic",
}
ULTRAVOX = {
    "librispeech": "fixie-ai/librispeech_asr",
    "peoples_speech": "fixie-ai/peoples_speech",
    "gigaspeech": "fixie-ai/gigaspeech",
    "wenetspeech": "fixie-ai/wenetspeech",
    "mls": "fixie-ai/multilingual_librispeech",
    "voxpopuli": "facebook/voxpopuli",
    "ami": "edinburghcstr/ami",
    "musan": "fixie-ai/musan-segments-v2",
    "common_voice_musan": "fixie-ai/common_voice_17_0-musan",
    "boolq": "fixie-ai/boolq-audio",
    "voicebench": "hlt-lab/voicebench",
    "bigbench_audio": "fixie-ai/big_bench_audio",
    "audiobench": "fixie-ai/cn_college_listen_mcq_test fixie-ai/dream_tts_mcq_test "
    "fixie-ai/slue_p2_sqa5_test fixie-ai/public_sg_speech_qa_test",
    "air_bench": "",
    "mmau": "",
}
ROWS = {**INDIAN, **HINGLISH, **INDIAN_ENGLISH, **VOICES, **TEXT, **ULTRAVOX}
FINAL_TESTS = ("svarah", "lahaja", "monsoon_hi", "monsoon_en_in")
NO_LICENCE_READ = (
    "mucs_hinglish",
    "vaani",
    "gramvaani",
    "spring_inx",
    "indictts",
    "rasa",
    "syspin",
)


def sources(corpus: Corpus) -> str:
    own = [where for table in corpus.languages.values() for where in table.where]
    return " ".join([corpus.source.where, *own])


@pytest.mark.parametrize("name", ROWS)
def test_every_named_corpus_is_listed_with_its_source(name: str) -> None:
    known = sources(catalog()[name])
    assert all(where in known for where in ROWS[name].split())
    assert bool(known.strip()) == bool(ROWS[name])


def test_every_listed_corpus_is_on_the_list_of_rows() -> None:
    assert sorted(catalog()) == sorted(ROWS)


def test_every_corpus_was_checked_on_a_day_and_says_what_is_wrong_with_it() -> None:
    assert {corpus.checked_on.isoformat() for corpus in catalog().values()} == {"2026-11-22"}
    assert all(corpus.note for corpus in catalog().values())


@pytest.mark.parametrize("name", FINAL_TESTS)
def test_the_final_tests_are_never_trained_on(name: str) -> None:
    assert catalog()[name].refused_for == "scored only"


@pytest.mark.parametrize("name", NO_LICENCE_READ)
def test_a_licence_known_from_memory_alone_is_unverified(name: str) -> None:
    assert catalog()[name].license == "unverified"


def test_every_track_has_a_corpus_to_train_on_and_one_to_score_on() -> None:
    for tag in TAGS:
        listed = [corpus for corpus in catalog().values() if tag in corpus.languages]
        assert any(corpus.scored_split(tag) == "test" for corpus in listed), tag
        assert any(not corpus.scored_only for corpus in listed), tag


def test_seen_test_sets_are_marked() -> None:
    seen = {name for name, corpus in catalog().items() if corpus.commonly_trained_on}
    assert {"fleurs", "common_voice", "kathbath"} <= seen
    assert not seen & set(FINAL_TESTS)


def test_counts_say_whose_they_are() -> None:
    for name, corpus in catalog().items():
        for tag, table in corpus.languages.items():
            words = f"{corpus.note} {table.note}".lower()
            assert (
                not table.rows
                or table.counted_on
                or any(word in words for word in ("rows", "counted by", "hours and rows"))
            ), f"{name} {tag}"


def test_translation_says_into_which_languages() -> None:
    covost = catalog()["covost2"].languages
    assert covost["ta"].into == ["en"] and "ta" in covost["en"].into
    assert sum(len(table.into) for table in covost.values()) == 36
