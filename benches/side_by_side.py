"""Writes docs/side-by-side.md: the same 40 sentences through the peers' text paths and Asha's.

The peers are no dependencies of Asha. Give them an environment of their own, for instance

    python3 -m venv /tmp/peers
    /tmp/peers/bin/pip install pipecat-ai livekit-agents indic-numtowords num2words

and run: python benches/side_by_side.py --peers /tmp/peers/bin/python
"""

import argparse
import json
import re
import subprocess
from pathlib import Path

from asha.core.language import TAGS, language
from asha.speech.normalize import normalize

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "side-by-side.md"
UNREAD = re.compile(r"[0-9₹%@*°🎉]")  # what no voice should be given
LATIN = re.compile(r"[A-Za-z]{2,}")


def sentences() -> list[tuple[str, str]]:
    """(tag, sentence), everyday ones, in all seven tracks."""
    rows = (HERE / "side_by_side.tsv").read_text(encoding="utf-8").splitlines()
    return [(tag, text) for tag, text in (row.split("\t") for row in rows)]


def peers(interpreter: Path, rows: list[tuple[str, str]]) -> dict[str, list[str]]:
    """What the peers make of the sentences, by name and version."""
    done = subprocess.run(
        [interpreter, HERE / "peers_text.py"],
        input=json.dumps(rows),
        capture_output=True,
        text=True,
        check=True,
    )
    answers: dict[str, list[str]] = json.loads(done.stdout[done.stdout.index("{") :])
    return answers


def tally(rows: list[tuple[str, str]], said: list[str]) -> tuple[int, int, int]:
    """Sentences not read at all, with something left unread, with English words put into them."""
    failed = [text for text in said if text.startswith("(")]
    unread = sum(bool(UNREAD.search(text)) for text in said if text not in failed)
    english = sum(
        language(tag).script != "Latn" and not set(LATIN.findall(text)) <= set(LATIN.findall(given))
        for (tag, given), text in zip(rows, said, strict=True)
        if text not in failed
    )
    return len(failed), unread, english


def page(rows: list[tuple[str, str]], answers: dict[str, list[str]]) -> str:
    """The page in Markdown."""
    lines = [
        "# Side by side",
        "",
        "The same 40 sentences through five text front ends, made by `benches/side_by_side.py`.",
        "The sentences (`benches/side_by_side.tsv`) were written for this page by Asha's authors",
        "and show what Asha is made for; bring your own. pipecat: `VoiceFormatter` with all",
        "of it on, numbers too; LiveKit: the default transforms of a session; the two number",
        "libraries are given every run of digits. The counts are a machine's: whether a reading is",
        "*right*, the reader sees.",
        "",
        f"| of {len(rows)} sentences | language not there or error | digits or signs left "
        "| English words put into an Indian-script sentence |",
        "|---|--:|--:|--:|",
    ]
    for name, said in answers.items():
        failed, unread, english = tally(rows, said)
        lines.append(f"| {name} | {failed} | {unread} | {english} |")
    for tag in TAGS:
        lines += ["", f"## {language(tag).english_name} (`{tag}`)"]
        for number, (own, text) in enumerate(rows):
            if own != tag:
                continue
            lines += ["", f"**{_cell(text)}**", "", "| | |", "|---|---|"]
            lines += [f"| {name} | {_cell(said[number])} |" for name, said in answers.items()]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return re.sub(r"([*|_])", r"\\\1", text).replace("\n", " ")


def main() -> None:
    """Write the page."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--peers", type=Path, required=True, help="a Python that has the peers")
    chosen = options.parse_args()
    rows = sentences()
    answers = peers(chosen.peers, rows)
    answers["Asha"] = [normalize(text, language(tag)) for tag, text in rows]
    PAGE.write_text(page(rows, answers), encoding="utf-8")
    print(f"{PAGE.name}: {len(rows)} sentences, {len(answers)} tools")


if __name__ == "__main__":
    main()
