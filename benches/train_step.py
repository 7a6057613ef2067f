"""How fast a distillation step is, what memory it takes, what share of the machine it uses.

    python benches/train_step.py            # the 1B shape on an accelerator, a toy without one
    python benches/train_step.py --shape toy --rows 4 --steps 10

Random weights of Whisper-large-v3-turbo's and Llama-3.2-1B's shapes, the projector and rank-8
adapters of the encoder learn, clips of SECONDS, answers of 50 tokens: the step of
runs/align_gu.toml. Operations are those of `asha train --plan`; the limit is the data sheet's rate
of an accelerator we know, else the rate of a big matrix product measured first.
"""

import argparse
import os
import platform
import resource
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from asha.core.errors import BadInput
from asha.model import AudioLLM, AudioLLMConfig, AudioProcessor
from asha.model.batch import pad_samples
from asha.model.samples import training_sample
from asha.training.alignment.objective import Task, num_tokens, step_gradient
from asha.training.alignment.plan import row_operations, step_plan
from asha.training.alignment.ranks import Ranks
from asha.training.alignment.recipe import AlignmentRun
from asha.training.alignment.shapes import Sizes, encoder_size, machine_speed, text_size
from asha.training.alignment.start import trained_parameters

SECONDS = 6.0
ANSWER_TOKENS = 50
WARM_UP = 2
TOKENIZER = Path(__file__).parents[1] / "tests/vectors/ultravox/checkpoint"
SHAPES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "1b": (
        {"d_model": 1_280, "encoder_layers": 32, "encoder_ffn_dim": 5_120, "num_mel_bins": 128}
        | {"encoder_attention_heads": 20},
        {"hidden_size": 2_048, "intermediate_size": 8_192, "num_hidden_layers": 16}
        | {"num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64}
        | {"vocab_size": 128_256, "tie_word_embeddings": True},
        4_096,
    ),
    "toy": (
        {"d_model": 96, "encoder_layers": 2, "encoder_ffn_dim": 192, "num_mel_bins": 80}
        | {"encoder_attention_heads": 4},
        {"hidden_size": 128, "intermediate_size": 256, "num_hidden_layers": 2}
        | {"num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 32}
        | {"vocab_size": 4_096, "tie_word_embeddings": True},
        256,
    ),
}


@dataclass(frozen=True)
class Measured:
    """Seconds of each step, and the most bytes that were in use."""

    steps_s: list[float]
    peak_bytes: int
    tokens: int


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    has_gpu = torch.cuda.is_available()
    asked.add_argument("--shape", choices=SHAPES, default="1b" if has_gpu else "toy")
    asked.add_argument("--rows", type=int, default=16 if has_gpu else 4)
    asked.add_argument("--steps", type=int, default=20 if has_gpu else 5)
    asked.add_argument("--forget", action="store_true", help="gradient checkpointing")
    options = asked.parse_args()
    device = torch.device("cuda" if has_gpu else "cpu")
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("high")
    run = _run(options.rows, is_half=has_gpu, forgets=options.forget)
    model, sizes = _model(options.shape, run, device)
    batch = _batch(model, options.rows)
    measured = _measure(model, run, batch, Ranks(0, 1, device), options.steps)
    _tell(run, sizes, measured, device)


def _run(rows: int, *, is_half: bool, forgets: bool) -> AlignmentRun:
    return AlignmentRun.model_validate(
        {
            "kind": "ultravox",
            "name": "bench",
            "folder": "var/bench",
            "start": {"checkpoint": "none", "dtype": "bfloat16" if is_half else "float32"},
            "learn": {"encoder_lora": {"rank": 8}, "max_answer_tokens": ANSWER_TOKENS},
            "pace": {
                "steps": 1,
                "rows_per_step": rows,
                "rows_at_once": rows,
                "rate": 1e-4,
                "forget_activations": forgets,
            },
            "mixture": [{"folder": "none", "language": "gu", "max_s": SECONDS}],
        }
    )


def _model(shape: str, run: AlignmentRun, device: torch.device) -> tuple[AudioLLM, Sizes]:
    audio, text, hidden = SHAPES[shape]
    torch.manual_seed(0)
    config = AudioLLMConfig(
        audio_config={"model_type": "whisper", **audio},
        text_config={"model_type": "llama", "eos_token_id": 508, **text},
        hidden_size=hidden,
        projector_ln_mid=True,
        audio_model_lora_config={"r": 8, "target_modules": ["q_proj", "k_proj"]},
    )
    config.dtype = getattr(torch, run.start.dtype)
    model = AudioLLM(config).to(device).train()
    for parameter in trained_parameters(model).values():
        parameter.data = parameter.data.float()
    if run.pace.forget_activations:
        model.language_model.activation_checkpointing_enable({"use_reentrant": False})
        model.audio_tower.forgets = True
    encoder, words = encoder_size(audio), text_size(text)
    projector = encoder.width * 8 * hidden + hidden // 2 * words.width
    adapters = 8 * 2 * encoder.width * 2 * encoder.layers
    return model, Sizes(encoder, words, projector, adapters)


def _batch(model: AudioLLM, rows: int) -> dict[str, torch.Tensor]:
    """Rows of noise, each with an answer of about ANSWER_TOKENS tokens."""
    processor = AudioProcessor(model.config, AudioProcessor.from_pretrained(TOKENIZER).tokenizer)
    wave = np.random.default_rng(0).normal(0, 0.1, int(SECONDS * 16_000)).astype(np.float32)
    answer = "x" * (ANSWER_TOKENS - 1)  # the tokenizer of the tests spells letter by letter
    said = [
        {"role": "user", "content": "Continue: <|audio|>"},
        {"role": "assistant", "content": answer},
    ]
    words = "kem cho " * 6
    sample = training_sample(processor, said, [wave], transcripts=[words])
    return pad_samples([sample] * rows, pad_token_id=508, side="left")


def _measure(
    model: AudioLLM, run: AlignmentRun, batch: dict[str, torch.Tensor], ranks: Ranks, steps: int
) -> Measured:
    task = Task(model, run.learn, run.start.dtype == "bfloat16")
    optimizer = torch.optim.AdamW(trained_parameters(model).values(), lr=run.pace.rate)
    is_gpu = ranks.device.type == "cuda"
    took = []
    for _ in range(WARM_UP + steps):
        began = time.perf_counter()
        step_gradient(task, [batch], ranks)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if is_gpu:
            torch.cuda.synchronize()
        took.append(time.perf_counter() - began)
    rss_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    peak = torch.cuda.max_memory_allocated() if is_gpu else rss_bytes
    return Measured(took[WARM_UP:], peak, num_tokens([batch]))


def _limit_tflops(device: torch.device) -> tuple[float, str]:
    """What the machine could do at best, and where that figure is from."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device).lower()
        for word in ("h200", "h100", "a100", "l40s", "l4", "a10", "4090", "3090"):
            if word in name.replace("rtx ", ""):
                known = word if not word.endswith("90") else f"rtx_{word}"
                return machine_speed(known).tflops, f"data sheet of {name}"
        raise BadInput(f"{name} is not in training/alignment/shapes.toml; add its rate there.")
    square = torch.randn(1_024, 1_024)
    best = min(_timed(square) for _ in range(5))
    return 2 * 1_024**3 / best / 1e12, "a 1024 matrix product measured here, one thread"


def _timed(square: torch.Tensor) -> float:
    began = time.perf_counter()
    square @ square
    return time.perf_counter() - began


def _tell(run: AlignmentRun, sizes: Sizes, measured: Measured, device: torch.device) -> None:
    rows = run.pace.rows_per_step
    middle = statistics.median(measured.steps_s)
    slowest = sorted(measured.steps_s)[int(0.95 * (len(measured.steps_s) - 1))]
    operations = rows * row_operations(run, sizes, SECONDS)
    limit, source = _limit_tflops(device)
    planned = step_plan(run, sizes, SECONDS).bytes
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, load {load:.1f}, {device}")
    print(f"encoder {sizes.encoder.weights / 1e6:,.1f} M, " if sizes.encoder else "", end="")
    print(f"language model {sizes.text.weights / 1e6:,.1f} M, {rows} rows of {SECONDS:g} s")
    n = len(measured.steps_s)
    print(f"step     p50 {middle * 1e3:,.0f} ms, p95 {slowest * 1e3:,.0f} ms (n = {n})")
    print(f"         {rows / middle:,.1f} rows/s, {measured.tokens / middle:,.0f} tokens/s")
    whose = "" if device.type == "cuda" else " of the whole process, libraries included"
    print(
        f"memory   {measured.peak_bytes / 1e9:.2f} GB at most{whose} (plan: {planned / 1e9:.2f} GB)"
    )
    share = operations / middle / 1e12 / limit
    print(
        f"rate     {operations / middle / 1e12:.3g} TFLOP/s, {share:.0%} of {limit:.3g} ({source})"
    )


if __name__ == "__main__":
    main()
