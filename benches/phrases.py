"""How fast replies are cut and languages told, and how early the first phrase leaves.

    python benches/phrases.py                      speed
    python benches/phrases.py --peers PYTHON       and the first phrase, against two frameworks:
                                                   writes docs/first-phrase.md

PYTHON is the interpreter of an environment of its own, made with
`python -m venv peers && peers/bin/pip install pipecat-ai livekit-agents livekit-blingfire`.
"""

import argparse
import json
import platform
import random
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from asha.core.language import TAGS, language
from asha.speech.identify import identify
from asha.speech.phrases import PhraseSplitter
from asha.speech.talk import kind_of

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
TABLE = ROOT / "docs" / "first-phrase.md"
MARKS = ".,;:!?।॥…—"
MAX_TOKEN_CHARS = 4  # a word comes in pieces like this from the tokenizers of today's models
TOKENS_PER_S = 60  # a common speed of a hosted model
NUM_REPLIES, NUM_UTTERANCES = 3_000, 4_000
PREFACE = f"""\
# Tokens waited for until the first phrase can be spoken

Made by `python benches/phrases.py --peers PYTHON`. The replies are the golden rows of
`tests/golden/phrases`, streamed in tokens of at most {MAX_TOKEN_CHARS} characters (a space begins
a token, marks are tokens of their own). Each cell: tokens read when the first phrase leaves,
p50 / p95; in brackets the share of replies of which nothing leaves before their end (a reply of one
sentence with a full stop is such a one for every splitter). At {TOKENS_PER_S} tokens/s a token is
{1_000 / TOKENS_PER_S:.0f} ms. The frameworks run with their default settings, told the language.
Asha ends the first phrase at a clause too (12 characters and more, or after words that are said
alone, "Yes,"), the frameworks only at a sentence: that is part of the difference, and on purpose.
"""


def main() -> None:
    """Print the speeds; with --peers, measure the first phrase too."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--peers", help="python with pipecat-ai and livekit-agents")
    peers = options.parse_args().peers
    print(f"{platform.machine()}, Python {platform.python_version()}, one process")
    print(_row("splitter, per token", splitter_times_us()))
    print(_row("identification, per utterance", identify_times_us()))
    print(_row("talk words, per utterance", talk_times_us()))
    if peers:
        TABLE.write_text(first_phrase_table(peers), encoding="utf-8")
        print(f"-> {TABLE.relative_to(ROOT)}")


def golden(kind: str, tag: str) -> list[str]:
    """The inputs of a track's golden rows."""
    lines = (GOLDEN / kind / f"{tag}.tsv").read_text(encoding="utf-8").splitlines()
    return [line.split("\t")[0] for line in lines if "\t" in line and not line.startswith("#")]


def tokens_of(text: str) -> list[str]:
    """`text` as a model might stream it: a space begins a token, marks stand alone."""
    tokens: list[str] = []
    for char in text:
        is_new = not tokens or char == " " or char in MARKS or tokens[-1] in MARKS
        if is_new or len(tokens[-1]) >= MAX_TOKEN_CHARS:
            tokens.append(char)
        else:
            tokens[-1] += char
    return tokens


def _shuffled(texts: Sequence[str], *, num_words: tuple[int, int], number: int) -> list[str]:
    """New texts from the words of `texts`, none twice."""
    chance = random.Random(7)
    words = [word for text in texts for word in text.split()]
    made: set[str] = set()
    while len(made) < number:
        made.add(" ".join(chance.choices(words, k=chance.randint(*num_words))))
    return sorted(made)


def splitter_times_us() -> list[float]:
    """Microseconds of each push, over replies in all tracks."""
    times: list[float] = []
    for tag in TAGS:
        track = language(tag)
        PhraseSplitter(track)
        texts = _shuffled(golden("phrases", tag), num_words=(10, 80), number=NUM_REPLIES // 7)
        for text in texts:
            splitter = PhraseSplitter(track)
            times += _times_us(tokens_of(text), splitter.push)
            splitter.finish()
    return times


def identify_times_us() -> list[float]:
    """Microseconds of each utterance of 2 to 12 words, the lexicons already loaded."""
    texts = [text for tag in TAGS for text in golden("identify", tag)]
    identify("mera naam asha hai मेरा zzxqy")
    return _times_us(_shuffled(texts, num_words=(2, 12), number=NUM_UTTERANCES), identify)


def talk_times_us() -> list[float]:
    """Microseconds of each utterance of 1 to 4 words."""
    track = language("hi-Latn")
    kind_of("haan", track)
    texts = [*golden("identify", "hi-Latn"), *(track.talk.backchannels * 5)]
    utterances = _shuffled(texts, num_words=(1, 4), number=NUM_UTTERANCES)
    return _times_us(utterances, lambda text: kind_of(text, track))


def _times_us(texts: Sequence[str], work: Callable[[str], object]) -> list[float]:
    times: list[float] = []
    for text in texts:
        started = time.perf_counter_ns()
        work(text)
        times.append((time.perf_counter_ns() - started) / 1_000)
    return times


def _row(name: str, times_us: list[float]) -> str:
    times_us.sort()
    p50, p95, p99 = (times_us[int(len(times_us) * part)] for part in (0.5, 0.95, 0.99))
    return f"{name}: n={len(times_us):,} p50 {p50:.1f} p95 {p95:.1f} p99 {p99:.1f} us"


def first_phrase_table(peers: str) -> str:
    """The page docs/first-phrase.md."""
    streams = {tag: [tokens_of(reply) for reply in golden("phrases", tag)] for tag in TAGS}
    program = Path(__file__).with_name("peer_phrases.py")
    done = subprocess.run(
        [peers, str(program)],
        input=json.dumps(streams),
        capture_output=True,
        text=True,
        check=True,
    )
    theirs = json.loads(done.stdout)
    names = ["Asha", *theirs["waits"]]
    lines = [
        f"{theirs['versions']}; Python {platform.python_version()}.",
        "",
        f"| track | replies | tokens in a reply, p50 | {' | '.join(names)} |",
        "|---|---|---|" + "---|" * len(names),
    ]
    for tag, replies in streams.items():
        cells = [_cell([first_phrase_after(reply, tag) for reply in replies], replies)]
        cells += [_cell(rows[tag], replies) for rows in theirs["waits"].values()]
        p50 = sorted(map(len, replies))[len(replies) // 2]
        lines.append(f"| {tag} | {len(replies)} | {p50} | {' | '.join(cells)} |")
    return "\n".join([PREFACE, *lines]) + "\n"


def first_phrase_after(tokens: Sequence[str], tag: str) -> int:
    """How many tokens were read when the first phrase left; one more where the end was needed."""
    splitter = PhraseSplitter(language(tag))
    for number, token in enumerate(tokens, 1):
        if splitter.push(token):
            return number
    return len(tokens) + 1


def _cell(waits: Sequence[int], replies: Sequence[Sequence[str]]) -> str:
    ordered = sorted(waits)
    at_end = sum(wait > len(reply) for wait, reply in zip(waits, replies, strict=True))
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    return f"{p50} / {p95} ({at_end / len(replies):.0%})"


if __name__ == "__main__":
    main()
