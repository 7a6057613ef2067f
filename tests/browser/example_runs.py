"""Two runs of one suite, for the page to show: the later one is better."""

import json
from collections.abc import Mapping
from pathlib import Path

from evaluation.rows import row

from asha.evaluation.run import METRICS, PREDICTIONS, RUN, Plan, RunFolder
from asha.evaluation.scores import scores
from asha.evaluation.suite import Part, Suite

NUM_ROWS = 12  # of each language
ONE = {
    "hi": "एक",
    "hi-Latn": "ek",
    "en-IN": "one",
    "gu": "એક",
    "ta": "ஒன்று",
    "te": "ఒకటి",
    "mr": "एक",
}


def write_runs(folder: Path, right: Mapping[str, str] = ONE) -> Path:
    """`early` got nothing right, `late` everything."""
    tags = list(right)
    part = Part(name="words", task="transcribe", folder="x", languages=tags, metrics=["wer"])
    suite = Suite(name="mine", title="Everyday words", parts=[part])
    for number, name in enumerate(("early", "late")):
        home = folder / name
        home.mkdir(parents=True)
        rows = [
            row(
                "" if name == "early" else right[tag],
                right[tag],
                id=f"words/{tag}/{at}",
                part="words",
                language=tag,
            )
            for at in range(NUM_ROWS)
            for tag in tags
        ]
        run = RunFolder(home, done={it.id: it for it in rows})
        facts = {"started_at": f"2026-11-2{number}T00:00:00+00:00", "is_done": True}
        run.write(RUN, json.dumps({**Plan(suite, name).identity(), **facts}))
        run.write(PREDICTIONS, "".join(it.line() + "\n" for it in rows))
        run.write(METRICS, json.dumps(scores(suite, run)))
    return folder
