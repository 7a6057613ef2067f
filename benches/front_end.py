"""How long the text front end takes, uncached, no phrase repeated: python benches/front_end.py.

The phrases are those of the golden rows with every digit drawn anew.
"""

import argparse
import os
import platform
import random
import subprocess
import sys
import time
from pathlib import Path

from asha.core.language import TAGS, Language, language
from asha.speech.normalize import normalize

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "normalize"
LIMIT_US, LIMIT_IMPORT_MS = 300, 50


def phrases(tag: str, num: int, seed: int) -> list[str]:
    """`num` different phrases of a track."""
    rows = (GOLDEN / f"{tag}.tsv").read_text(encoding="utf-8").splitlines()
    written = [row.split("\t")[0].replace("\\n", "\n") for row in rows if "\t" in row]
    dice = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < num:
        row = dice.choice(written)
        drawn = "".join(str(dice.randrange(10)) if char in "0123456789" else char for char in row)
        made[drawn if drawn not in made else f"{drawn} {dice.randrange(10**6)}"] = None
    return list(made)[:num]


def times_us(texts: list[str], track: Language) -> tuple[list[float], list[float]]:
    """Microseconds of each phrase, sorted: by the clock, and of this thread's own computing."""
    normalize("1", track)  # the expressions are compiled at the first use, which is measured apart
    clock, cpu = [], []
    for text in texts:
        began, began_cpu = time.perf_counter_ns(), time.thread_time_ns()
        normalize(text, track)
        cpu.append((time.thread_time_ns() - began_cpu) / 1_000)
        clock.append((time.perf_counter_ns() - began) / 1_000)
    return sorted(clock), sorted(cpu)


def in_new_process_ms(setup: str, statement: str, repeats: int = 9) -> tuple[float, float]:
    """Fastest and median CPU milliseconds of a statement in a new process, after `setup`."""
    program = (
        f"import time\n{setup}\nbegan = time.process_time()\n{statement}\n"
        "print(time.process_time() - began)"
    )
    # As an installed program runs: with byte code at hand (the first run, not counted, writes it).
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    run = [sys.executable, "-c", program]
    seconds = [
        float(subprocess.run(run, capture_output=True, env=environment).stdout)
        for _ in range(repeats + 1)
    ][1:]
    return min(seconds) * 1_000, sorted(seconds)[repeats // 2] * 1_000


def _row(what: str, figures: tuple[float, float]) -> None:
    print(f"| {what} | {figures[0]:.0f} | {figures[1]:.0f} |")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--num", type=int, default=2_000, help="phrases per track")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    load = f"load {os.getloadavg()[0]:.1f}"
    cores = f"{os.cpu_count()} cores"
    print(f"{platform.machine()}, {cores}, {load}, Python {platform.python_version()}")
    print(f"normalize, {chosen.num} different phrases per track, µs")
    print("| track | chars p50 | p50 | p95 | p99 | CPU p50 | CPU p95 | CPU p99 |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    slow = []
    for tag in TAGS:
        texts = phrases(tag, chosen.num, chosen.seed)
        chars = sorted(len(text) for text in texts)[len(texts) // 2]
        clock, cpu = times_us(texts, language(tag))
        shares = [int(len(texts) * share) for share in (0.50, 0.95, 0.99)]
        cells = " | ".join(f"{times[share]:.0f}" for times in (clock, cpu) for share in shares)
        print(f"| {tag} | {chars} | {cells} |")
        slow += [tag] if cpu[shares[1]] > LIMIT_US else []
    print("\n| in a new process, CPU ms | fastest | median of 9 |\n|---|--:|--:|")
    imported = in_new_process_ms("", "import asha.speech.normalize")
    _row(f"import, from nothing (limit {LIMIT_IMPORT_MS})", imported)
    own = in_new_process_ms("import asha.core.language", "import asha.speech.normalize")
    _row("import, after asha.core.language", own)
    ready = "from asha.speech.normalize import normalize\nfrom asha.core.language import language"
    for tag in ("hi", "en-IN", "ta"):
        _row(f"first use of {tag}: word table", in_new_process_ms(ready, f"language('{tag}')"))
        setup = f"{ready}\ntrack = language('{tag}')"
        _row(f"first use of {tag}: expressions", in_new_process_ms(setup, "normalize('5', track)"))
    # Other work on the machine only adds: limits are held against CPU time and the fastest run.
    if slow or imported[0] > LIMIT_IMPORT_MS:
        sys.exit(f"over the limit: {', '.join(slow) or 'import'}")


if __name__ == "__main__":
    main()
