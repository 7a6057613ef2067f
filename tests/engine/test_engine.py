"""The engine without torch says what torch says, whichever way the sound comes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_nano import noise

from asha.core.audio import Float32
from asha.core.errors import BadSound, BadText
from asha.engine.encoder import Hearing, joined
from asha.engine.exported import Weights
from asha.engine.pieces import Called, Ignored, Said, Transcript
from asha.engine.utterance import Utterance
from asha.engine.whole import transcribe
from asha.speech.mel import log_mel

TOLERANCE = 1e-4


@pytest.fixture(scope="module")
def model(checkpoint: Path) -> Any:
    from asha.model import AudioLLM

    return AudioLLM.from_pretrained(checkpoint)


@torch.inference_mode()
def _embeds(model: Any, samples: Float32) -> torch.Tensor:
    """Tokens of a clip of at most 30 s as torch makes them from the whole clip."""
    mel_1MT = torch.from_numpy(log_mel(samples)).T[None]
    return model.multi_modal_projector(model.audio_tower(mel_1MT, block_frames=40, past_frames=60))[
        0
    ]


@torch.inference_mode()
def _greedy(model: Any, weights: Weights, tag: str, middle: torch.Tensor) -> list[int]:
    def embedded(*tokens: str) -> torch.Tensor:
        return model.embed(torch.tensor([[weights.tokenizer.id_of(it) for it in tokens]]), None)[0]

    prompt = [embedded("<|bos|>", f"<|{tag}|>", "<|user|>"), middle, embedded("<|asha|>")]
    ids = model.language_model.generate(
        inputs_embeds=torch.cat(prompt)[None],
        max_new_tokens=72,
        do_sample=False,
        eos_token_id=weights.tokenizer.id_of("<|eot|>"),
        pad_token_id=0,
    )
    kept = ids[0].tolist()
    end = weights.tokenizer.id_of("<|eot|>")
    return kept[: kept.index(end)] if end in kept else kept


@pytest.mark.parametrize("samples", [1, 159, 320, 801, 12_800, 12_801, 13_130, 16_000, 51_237])
@pytest.mark.parametrize("chunk", [160, 1_777, 60_000])
def test_sound_in_pieces_equals_the_whole_in_torch(
    model: Any, weights: Weights, samples: int, chunk: int
) -> None:
    sound = noise(4)[:samples]
    hearing = Hearing(weights)
    pieces = [hearing.push(sound[at : at + chunk]) for at in range(0, samples, chunk)]
    heard = joined([*pieces, hearing.rest()], weights)
    expected = _embeds(model, sound).numpy()
    assert heard.embeds_KD.shape == expected.shape
    np.testing.assert_allclose(heard.embeds_KD, expected, atol=TOLERANCE, rtol=0)


def test_sound_longer_than_a_window_is_heard_window_by_window(model: Any, weights: Weights) -> None:
    sound = noise(31)
    hearing = Hearing(weights)
    pieces = [hearing.push(sound[at : at + 7_919]) for at in range(0, len(sound), 7_919)]
    heard = joined([*pieces, hearing.rest()], weights).embeds_KD
    windows = [_embeds(model, part).numpy() for part in (sound[:480_000], sound[480_000:])]
    np.testing.assert_allclose(heard, np.concatenate(windows), atol=TOLERANCE, rtol=0)


@pytest.mark.parametrize("seed", range(12))
def test_the_greedy_answer_to_sound_is_torchs(model: Any, weights: Weights, seed: int) -> None:
    sound = noise(0.3 + seed / 4, seed)
    utterance = Utterance(weights, "hi")
    for at in range(0, len(sound), 3_200):
        utterance.push(sound[at : at + 3_200])
    ids = [index for index, _ in utterance.tokens(utterance.heard_so_far()[1])]
    assert ids == _greedy(model, weights, "hi", _embeds(model, sound))


@pytest.mark.parametrize("text", ["नमस्ते", "7:30 बजे जगाना", "héllo ✓ 12", "x", ""])
def test_the_greedy_answer_to_words_is_torchs(model: Any, weights: Weights, text: str) -> None:
    from asha.speech.plain import plain

    utterance = Utterance(weights)
    utterance.type(text)
    ids = torch.tensor([weights.tokenizer.encode(plain(text))], dtype=torch.long)
    middle = model.embed(ids, None)[0]
    expected = _greedy(model, weights, "auto", middle)
    assert [index for index, _ in utterance.tokens(utterance.heard_so_far()[1])] == expected


def test_an_answer_may_be_asked_for_before_the_sound_is_over(weights: Weights) -> None:
    sound = noise(3)
    patient, curious = Utterance(weights, "ta"), Utterance(weights, "ta")
    curious.push(sound[:20_000])
    early = list(curious.answer())
    assert isinstance(early[0], Transcript)
    curious.push(sound[20_000:])
    patient.push(sound)
    assert list(curious.answer()) == list(patient.answer())


def test_words_are_read_in_any_sound_of_any_length(weights: Weights) -> None:
    sound = noise(65)
    heard = transcribe(weights, sound)
    assert heard.text
    assert heard.script in ("Deva", "Gujr", "Taml", "Telu", "Latn")


def test_no_sound_is_not_answered(weights: Weights) -> None:
    quiet = Utterance(weights)
    assert all(not isinstance(step, Called) for step in quiet.answer() if step)


def test_sound_without_letters_is_not_answered(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asha.engine.utterance.written", lambda *_, **__: "")
    utterance = Utterance(weights)
    utterance.push(noise(1))
    assert [step for step in utterance.answer() if step] == [Transcript("", ""), Ignored()]


def test_an_hour_of_sound_and_a_novel_are_refused_in_one_sentence(weights: Weights) -> None:
    with pytest.raises(BadSound, match="60 s"):
        Utterance(weights).push(np.zeros(61 * 16_000, np.float32))
    with pytest.raises(BadText, match="1,000 characters"):
        Utterance(weights).type("अ" * 1_001)


def _answered(weights: Weights, tokens: list[str]) -> list[Any]:
    utterance = Utterance(weights)
    ids = iter([(weights.tokenizer.id_of(token), 0.5) for token in tokens])
    return [step for step in utterance._pieces(ids) if step]


@pytest.mark.parametrize(
    ("tokens", "called"),
    [
        (["<|time|>"], Called("time", {}, 0.5)),
        (
            ["<|alarm_set|>", "▁", "7", "<|,|>", "3", "0", "<|,|>", "<|=evening|>"],
            Called("alarm_set", {"hour": 7, "minute": 30, "part": "evening"}, 0.5**8),
        ),
        (["<|note_add|>", "<|=milk|>"], Called("note_add", {"what": "milk"}, 0.25)),
        (["<|language|>", "<|=hi-Latn|>"], Called("language", {"language": "hi-Latn"}, 0.25)),
        (["<|note_add|>"], Called("not_understood", {}, 0.5)),
        (["<|time|>", "7"], Called("not_understood", {}, 0.25)),
        (["<|add|>", "7", "<|,|>"], Called("not_understood", {}, 0.125)),
        (["<|user|>", "7"], Called("not_understood", {}, 0.25)),
    ],
)
def test_tokens_of_a_call_become_a_call_or_a_call_of_nothing(
    weights: Weights, tokens: list[str], called: Called
) -> None:
    assert _answered(weights, tokens) == [called]


def test_a_call_inside_of_text_is_never_made(weights: Weights) -> None:
    pieces = _answered(weights, ["7", "<|note_clear|>"])
    assert pieces[0] == Said("7")
    assert pieces[1] == Called("not_understood", {}, 0.25)


def test_noise_is_ignored(weights: Weights) -> None:
    assert _answered(weights, ["((noise))"]) == [Ignored()]


def test_the_engine_does_not_import_torch(exported: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from asha.engine.exported import load_weights\n"
        "from asha.engine.utterance import Utterance\n"
        "it = Utterance(load_weights(Path(sys.argv[1]))); it.type('x'); list(it.answer())\n"
        "heavy = {'torch', 'transformers', 'tokenizers'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", program, exported], check=True)


@pytest.mark.parametrize("tag", ["auto", "gu"])
def test_letters_are_read_while_somebody_speaks_and_give_the_same_answer(
    weights: Weights, tag: str
) -> None:
    import dataclasses

    reader = dataclasses.replace(weights, facts=dataclasses.replace(weights.facts, reads="letters"))
    samples = np.concatenate([noise(0.9, seed) for seed in range(5)])
    whole, pieces = Utterance(reader, tag), Utterance(reader, tag)
    whole.push(samples)
    for start in range(0, len(samples), 1_600):
        pieces.push(samples[start : start + 1_600])
    (heard, at_once), (also_heard, read_on) = whole.heard_so_far(), pieces.heard_so_far()
    assert len(heard.text.split()) > 1
    assert heard == also_heard
    answer, same = list(whole.tokens(at_once)), list(pieces.tokens(read_on))
    assert [token for token, _ in answer] == [token for token, _ in same]
    assert [sure for _, sure in answer] == pytest.approx([sure for _, sure in same], abs=1e-4)


def test_a_nano_that_reads_letters_answers_what_it_wrote_down(
    weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses

    from asha.engine.whole import raw_answer

    monkeypatch.setattr("asha.engine.utterance.written", lambda *_, **__: "नमस्ते")
    reader = dataclasses.replace(weights, facts=dataclasses.replace(weights.facts, reads="letters"))
    assert raw_answer(reader, noise(1), "hi") == raw_answer(weights, "नमस्ते", "hi")


def test_below_its_likelihood_no_answer_is_guessed(weights: Weights) -> None:
    import dataclasses

    from asha.engine.utterance import NOT_UNDERSTOOD
    from asha.engine.whole import answer_and_confidence

    def asked(answers_from: float) -> tuple[list[Any], str]:
        facts = dataclasses.replace(weights.facts, answers_from=answers_from)
        careful = dataclasses.replace(weights, facts=facts)
        utterance = Utterance(careful, "hi")
        utterance.type("नमस्ते")
        said, _ = answer_and_confidence(careful, "नमस्ते", "hi")
        return list(utterance.answer()), said

    guessing = Utterance(weights, "hi")
    guessing.type("नमस्ते")
    likely = next(guessing.tokens(guessing.heard_so_far()[1]))[1]
    pieces, said = asked(likely * 1.01)
    assert pieces == [Called(NOT_UNDERSTOOD, {}, likely)]
    assert said == f"<|{NOT_UNDERSTOOD}|>"
    assert asked(likely * 0.99) == asked(0.0)


@pytest.mark.parametrize(
    ("words", "is_again"),
    [("भारत की राजधानी", True), ("capital बताओ", False), ("नवी दिल्ली कुठे आहे", False)],
)
def test_hindi_without_a_word_of_english_is_asked_again_where_it_is_answered_in_latin_letters(
    weights: Weights, monkeypatch: pytest.MonkeyPatch, words: str, is_again: bool
) -> None:
    from asha.engine.pieces import Piece

    asked: list[str] = []
    opened = Utterance._opened

    def told(self: Utterance, tag: str) -> Any:
        asked.append(tag)
        return opened(self, tag)

    def pieces(self: Utterance, _: Any) -> Any:
        yield None
        yield from [Said("India ki"), Said(" capital")] if asked[-1] == "auto" else [Said("भारत")]

    monkeypatch.setattr(Utterance, "_opened", told)
    monkeypatch.setattr(Utterance, "_pieces", pieces)
    utterance = Utterance(weights, "auto")
    utterance.type(words)
    said: list[Piece] = [step for step in utterance.answer() if step]
    assert said == ([Said("भारत")] if is_again else [Said("India ki"), Said(" capital")])
