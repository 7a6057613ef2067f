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


def times_us(texts: list[str], track: Language) -> list[float]:
    """Microseconds of each phrase, sorted."""
    normalize("1", track)  # the expressions are compiled at the first use, which is measured apart
    times = []
    for text in texts:
        began = time.perf_counter_ns()
        normalize(text, track)
        times.append((time.perf_counter_ns() - began) / 1_000)
    return sorted(times)


def in_new_process_ms(setup: str, statement: str, repeats: int = 5) -> float:
    """Median milliseconds of a statement in a fresh interpreter, after `setup`."""
    program = (
        f"import time\n{setup}\nbegan = time.perf_counter()\n{statement}\n"
        "print(time.perf_counter() - began)"
    )
    seconds = [
        float(subprocess.run([sys.executable, "-c", program], capture_output=True).stdout)
        for _ in range(repeats)
    ]
    return sorted(seconds)[repeats // 2] * 1_000


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--num", type=int, default=2_000, help="phrases per track")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"normalize, {chosen.num} different phrases per track, µs")
    print("| track | chars p50 | p50 | p95 | p99 | max |\n|---|--:|--:|--:|--:|--:|")
    slow = []
    for tag in TAGS:
        texts = phrases(tag, chosen.num, chosen.seed)
        times = times_us(texts, language(tag))
        chars = sorted(len(text) for text in texts)[len(texts) // 2]
        p50, p95, p99 = (times[int(len(times) * share)] for share in (0.50, 0.95, 0.99))
        print(f"| {tag} | {chars} | {p50:.0f} | {p95:.0f} | {p99:.0f} | {times[-1]:.0f} |")
        slow += [tag] if p95 > LIMIT_US else []
    imported = in_new_process_ms("", "import asha.speech.normalize")
    print(f"import of the module: {imported:.0f} ms (limit {LIMIT_IMPORT_MS})")
    ready = "from asha.speech.normalize import normalize\nfrom asha.core.language import language"
    for tag in ("hi", "en-IN", "ta"):
        loaded = in_new_process_ms(ready, f"language('{tag}')")
        first = in_new_process_ms(f"{ready}\ntrack = language('{tag}')", "normalize('5 km', track)")
        print(f"first use of {tag}: word table {loaded:.0f} ms, expressions {first:.0f} ms")
    if slow or imported > LIMIT_IMPORT_MS:
        sys.exit(f"over the limit: {', '.join(slow) or 'import'}")


if __name__ == "__main__":
    main()
