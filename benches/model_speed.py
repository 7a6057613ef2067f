"""How fast the torch model is: CPU time on one thread at a mid-size random shape.

    python benches/model_speed.py

The shape and the figures beside ours are those of the reference's own measurement: a Whisper-tiny
shaped encoder (8.2 M), a projector 4096 wide (14.2 M), a Llama of 12 x 768 with 32,000 tokens
(100 M), float32. CPU time (process time, best of RUNS) stands machines that are shared.
"""

import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from asha.core.audio import HEARING_RATE_HZ, Clip
from asha.core.message import Message, Sound, said
from asha.model import AudioLLM, AudioLLMConfig, AudioProcessor
from asha.model.batch import SoundBatch
from asha.model.chat import Chat, Sampling

RUNS = 5
NEW_TOKENS = 16
DURATIONS_S = (1, 3, 10)
TOKENIZER = Path(__file__).parents[1] / "tests/vectors/ultravox/checkpoint"
NUM_TEXT_TOKENS = 26  # beside the sound, as in the reference's prompts
COLUMNS = ("processor", "encoder", "projector", "prefill", "first token", "per token")
# CPU ms to the first token and per further token, of the reference, by seconds of sound.
REFERENCE = {1: (191.5, 52.73), 3: (257.7, 47.50), 10: (468.9, 60.09)}


def mid_size() -> AudioLLM:
    """Random weights; 122.5 M in all."""
    torch.manual_seed(0)
    whisper = {"d_model": 384, "encoder_layers": 4, "encoder_attention_heads": 6}
    llama = {
        "model_type": "llama",
        "vocab_size": 32_000,
        "hidden_size": 768,
        "intermediate_size": 2_048,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "num_key_value_heads": 4,
        "tie_word_embeddings": True,
        "eos_token_id": 508,
    }
    return AudioLLM(
        AudioLLMConfig(
            audio_config={"model_type": "whisper", **whisper, "encoder_ffn_dim": 1_536},
            text_config=llama,
            projector_ln_mid=True,
        )
    )


def cpu_ms(work: Callable[[], Any]) -> float:
    """The least CPU time of RUNS runs."""
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1_000


def prompt(processor: AudioProcessor, wave: Any) -> list[Message]:
    """A clip among exactly NUM_TEXT_TOKENS tokens of text (the template's own included)."""
    for num_words in range(NUM_TEXT_TOKENS):
        messages = [
            said("system", "the " * num_words),
            Message("user", (Sound(Clip(wave)),)),
        ]
        text = processor.apply_chat_template(
            [
                {"role": "system", "content": messages[0].text},
                {"role": "user", "content": "<|audio|>"},
            ],
            add_generation_prompt=True,
        )
        if len(processor.ids(text, [[0]])[0]) >= NUM_TEXT_TOKENS:
            return messages
    raise AssertionError("the template alone is longer than the prompt")


@torch.inference_mode()
def measure(model: AudioLLM, processor: AudioProcessor, duration_s: int) -> list[float]:
    """CPU ms of each stage, in the order of COLUMNS."""
    wave = np.random.default_rng(0).normal(0, 0.1, duration_s * HEARING_RATE_HZ).astype(np.float32)
    messages = prompt(processor, wave)
    fields = processor.sample("<|audio|>", [wave])
    sound = SoundBatch.taken_from(dict(fields), is_causal=False)
    assert sound is not None
    encoded = model.audio_tower(sound.mel_WMT, sound.lens_W, extent_B=sound.extents_W)
    ids = torch.zeros(1, NUM_TEXT_TOKENS + int(sound.token_lens_W.sum()), dtype=torch.long)
    embeds = model.embed(ids, None)

    def answer(num_tokens: int) -> None:
        pieces = Chat(model, processor).reply(
            messages, sampling=Sampling(max_new_tokens=num_tokens)
        )
        for _ in pieces:
            pass

    first = cpu_ms(lambda: answer(1))
    return [
        cpu_ms(lambda: processor.sample("<|audio|>", [wave])),
        cpu_ms(lambda: model.audio_tower(sound.mel_WMT, sound.lens_W, extent_B=sound.extents_W)),
        cpu_ms(lambda: model.multi_modal_projector(encoded)),
        cpu_ms(lambda: model(inputs_embeds=embeds, logits_to_keep=1, use_cache=True)),
        first,
        (cpu_ms(lambda: answer(1 + NEW_TOKENS)) - first) / NEW_TOKENS,
    ]


def main() -> None:
    """Print the table."""
    torch.set_num_threads(1)
    model = mid_size()
    processor = AudioProcessor(model.config, AudioProcessor.from_pretrained(TOKENIZER).tokenizer)
    millions = sum(it.numel() for it in model.parameters()) / 1e6
    print(f"{platform.machine()}, {os.cpu_count()} cores, torch {torch.__version__}, one thread")
    print(f"{millions:.1f} M parameters, float32; CPU ms, best of n = {RUNS}")
    print(f"{'sound':>6} {'tokens':>6}", *(f"{name:>11}" for name in COLUMNS), "| reference: both")
    for duration_s in DURATIONS_S:
        figures = measure(model, processor, duration_s)
        tokens = NUM_TEXT_TOKENS + processor.num_tokens(duration_s * 100)
        theirs = "{:8.1f} {:8.1f}".format(*REFERENCE[duration_s])
        print(f"{duration_s:>4} s {tokens:>6}", *(f"{it:>11.1f}" for it in figures), "|", theirs)


if __name__ == "__main__":
    main()
