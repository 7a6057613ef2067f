"""How soon Nano answers: sound fed in real time, committed at its last sample, engine idle.

    python benches/engine.py [--weights DIR] [--rounds N]

Prints, for some 1, 3 and 10 s of speech, the time from the last sample to the first text and to the
first speech sample (p50, p95), the same for four people at once, and the peak memory.
"""

import argparse
import asyncio
import os
import platform
import statistics
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np

from asha.cli.one_turn import OneTurn, weights_folder
from asha.cli.talk import BUNDLED
from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.engine.client import Engine
from asha.speech.sound_file import decode_clip

LENGTHS_S = {1: 4, 3: 2, 10: 1}  # seconds of speech: rounds for every one asked for
SLICE = HEARING_RATE_HZ // 10  # 100 ms
PHASES = 8  # the encoder takes blocks of 800 ms: speech ends in each eighth of one equally often


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    folder = weights_folder(arguments.weights)
    load = os.getloadavg()[0]
    print(f"{platform.platform()}, {_processor()}, {os.cpu_count()} CPUs, load {load:.1f}")
    asyncio.run(_measure(folder, arguments.rounds))


async def _measure(folder: Path, rounds: int) -> None:
    engine = Engine(folder)
    await engine.start()
    for length_s, times in LENGTHS_S.items():
        lengths_s = [length_s + number % PHASES * 0.1 for number in range(times * rounds)]
        turns = [await _turn(engine, folder, it) for it in lengths_s]
        _report(f"{length_s:>2} s", turns)
    together: list[OneTurn] = []
    for _ in range(rounds):
        together += await asyncio.gather(*(_turn(engine, folder, 3) for _ in range(4)))
    _report("four at once, 3 s", together)
    assert engine.process.pid
    _report_memory(engine.process.pid)
    await engine.close()


async def _turn(engine: Engine, folder: Path, length_s: float) -> OneTurn:
    turn = OneTurn("hi", weights=folder, engine=engine)
    await turn.start()
    async for _ in turn.hear(_in_real_time(_speech(length_s))):
        pass
    await turn.close()
    return turn


def _speech(length_s: float) -> Float32:
    """The bundled question again and again; whatever the length, it ends alike."""
    clip = decode_clip(BUNDLED.read_bytes())
    count = int(length_s * HEARING_RATE_HZ)
    return np.tile(clip.samples, count // len(clip.samples) + 1)[-count:]


async def _in_real_time(samples: Float32) -> AsyncIterator[Float32]:
    """Slices, each handed over when its last sample would have been spoken."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for start in range(0, len(samples), SLICE):
        piece = samples[start : start + SLICE]
        due = begun + (start + len(piece)) / HEARING_RATE_HZ
        await asyncio.sleep(max(0.0, due - loop.time()))
        yield piece


def _report(what: str, turns: list[OneTurn]) -> None:
    for name in ("first_text_s", "first_speech_s"):
        values = [getattr(turn.timings, name) for turn in turns]
        told = sorted(value * 1_000 for value in values if value is not None)
        if not told:
            print(f"{what:<18} {name[:-2]:<13} never, of {len(turns)}")
            continue
        p95 = told[min(len(told) - 1, int(0.95 * len(told)))]
        mute = f", {len(turns) - len(told)} without" if len(told) < len(turns) else ""
        print(
            f"{what:<18} {name[:-2]:<13} p50 {statistics.median(told):4.0f} ms, "
            f"p95 {p95:4.0f} ms, n {len(told)}{mute}"
        )


def _report_memory(pid: int) -> None:
    """Where the system tells it (Linux)."""
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        print(f"peak memory of the engine's process: {int(peak.split()[1]) / 1_024:.0f} MB")


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
