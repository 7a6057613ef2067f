"""A whole request at once, for scores, benchmarks and folders of recordings."""

from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.engine.encoder import Hearing
from asha.engine.exported import Weights
from asha.engine.pieces import Transcript
from asha.engine.utterance import NOISE, NOT_UNDERSTOOD, Utterance, transcript
from asha.speech.ctc_search import Search


def transcribe(weights: Weights, samples: Float32) -> Transcript:
    """The words of a whole clip of any length at 16 kHz, without an answer."""
    hearing, search = Hearing(weights), Search(weights.letters)
    for start in range(0, len(samples), HEARING_RATE_HZ):
        search.push(hearing.push(samples[start : start + HEARING_RATE_HZ]).logprobs_FS)
    return transcript(search.best_with(hearing.rest().logprobs_FS))


def raw_answer(weights: Weights, heard: Float32 | str, tag: str) -> str:
    """The whole answer as the model writes it, calls included."""
    return answer_and_confidence(weights, heard, tag)[0]


def answer_and_confidence(weights: Weights, heard: Float32 | str, tag: str) -> tuple[str, float]:
    """The same with the likelihood of all its tokens together, 0..1: what is scored."""
    utterance = Utterance(weights, tag)
    if isinstance(heard, str):
        utterance.type(heard)
        words, context = utterance.typed, utterance.heard_so_far()[1]
    else:
        utterance.push(heard)
        transcribed, context = utterance.heard_so_far()
        words = transcribed.text
        if not words:
            return NOISE, 1.0
    tokenizer, said, confidence = weights.tokenizer, b"", 1.0
    for number, (index, likely) in enumerate(utterance.tokens(context, words)):
        if not number and likely < weights.facts.answers_from:
            return f"<|{NOT_UNDERSTOOD}|>", likely
        said += tokenizer.bytes_of(index)
        confidence *= likely
    return said.decode(errors="replace").strip(), confidence
