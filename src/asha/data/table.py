"""docs/corpora.md: the registry as a page, corpora by tracks. Written by `asha data table`."""

from collections.abc import Iterable

from asha.core.language import TAGS
from asha.data.spec import Corpus, Task

HEADINGS: dict[Task, str] = {
    "transcribe": "Speech and its transcript",
    "translate": "Translation",
    "answer": "Questions and answers",
    "speak": "Speech for voices",
    "noise": "Noise",
    "identify": "Language and intent",
    "text": "Text alone",
    "continue": "Speech to continue",
}
MAY_TRAIN = {None: "yes", "no pin": "after pinning"}  # all other reasons are a no
COLUMNS = ("corpus", "licence", "gate", "may train?", "scored on", *TAGS, "other languages")
ABOVE = """\
# Corpora

Generated from `src/asha/data/catalog/*.toml` by `asha data table --write docs/corpora.md`; do not
edit it here.

- **may train?** is the rule for training. *After pinning*: the licence allows it, and `source.pin`
  is still empty (`asha data pin` fills it). A licence that nobody has read is *unverified*, and
  refused.
- **gate**: terms have to be accepted with an account, or the owners asked.
- **scored on** is the split that scores are reported on, by our name for it: *test*, else a
  *validation* that is not trained on; *none* where there is no such split, *?* where the splits
  are not known. *Seen* means that models have likely been trained on it.
- **A track's cell** holds hours, and rows as train + validation + test. Whose count it is stands in
  the corpus's file; *listed* means that nobody has counted, *into* that other languages are
  translated into it. `mul` and `zxx` among the other languages: several that were not read, and no
  language at all.
"""


def corpora_page(corpora: Iterable[Corpus]) -> str:
    """The page: a table for each kind of corpus, by its first task."""
    by_task: dict[Task, list[Corpus]] = {task: [] for task in HEADINGS}
    for corpus in corpora:
        by_task[corpus.tasks[0]].append(corpus)
    total = sum(len(group) for group in by_task.values())
    parts = [ABOVE, f"{total} corpora.\n"]
    parts += [_section(HEADINGS[task], group) for task, group in by_task.items() if group]
    return "\n".join(parts)


def _section(heading: str, corpora: list[Corpus]) -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS), *(_row(corpus) for corpus in corpora)]
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"## {heading}", "", *lines, ""])


def _row(corpus: Corpus) -> tuple[str, ...]:
    reason = corpus.refused_for
    name = f"[{corpus.name}]({corpus.homepage})" if corpus.homepage else corpus.name
    return (
        name,
        corpus.license,
        _gate(corpus),
        MAY_TRAIN.get(reason, f"no: {reason}"),
        _scored_on(corpus),
        *(_cell(corpus, tag) for tag in TAGS),
        " ".join(sorted(tag for tag in corpus.languages if tag not in TAGS)),
    )


def _gate(corpus: Corpus) -> str:
    if corpus.source.kind == "unlocated":
        return "not found"
    if corpus.source.kind == "on_request":
        return "on request"
    return "terms" if corpus.source.gated else ""


def _scored_on(corpus: Corpus) -> str:
    known = corpus.splits or any(it.splits for it in corpus.languages.values())
    if not known:
        return "?"
    scored = {corpus.scored_split(tag) for tag in corpus.languages}
    names = [split for split in ("test", "validation") if split in scored]
    seen = ", seen" if names and corpus.commonly_trained_on else ""
    return " or ".join(names) + seen if names else "none"


def _cell(corpus: Corpus, tag: str) -> str:
    table = corpus.languages.get(tag)
    if table is None:
        return "into" if any(tag in it.into for it in corpus.languages.values()) else ""
    rows = [f"{table.rows[it]:,}" for it in ("train", "validation", "test") if it in table.rows]
    hours = [] if table.hours is None else [f"{table.hours:,g} h"]
    return "; ".join([*hours, *([" + ".join(rows)] if rows else [])]) or "listed"
