"""Whether a corpus file agrees with itself: what the schema alone cannot see. All of it offline."""

import re
from urllib.parse import urlsplit

from asha.core.language import TAGS, language
from asha.data.sources.part import place
from asha.data.spec import Corpus

HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+")
COMMIT, SHA256 = re.compile(r"[0-9a-f]{40}"), re.compile(r"[0-9a-f]{64}")


def faults_of(corpus: Corpus) -> list[str]:
    """A sentence (without its full stop) for each contradiction; none for a good file."""
    return [*_sources(corpus), *_scripts(corpus), *_figures(corpus)]


def _sources(corpus: Corpus) -> list[str]:
    kind = corpus.source.kind
    own = [it for table in corpus.languages.values() for it in table.where]
    faults = []
    for where, pin in (place(it, corpus.source.pin) for it in own or [corpus.source.where]):
        if kind == "huggingface" and not HUB_NAME.fullmatch(where):
            faults.append(f"source.where: {where!r} is no owner/name of the hub")
        if kind == "archive" and urlsplit(where).scheme not in ("http", "https"):
            faults.append(f"source.where: {where!r} is no address of an archive")
        form = COMMIT if kind == "huggingface" else SHA256
        if pin and kind in ("huggingface", "archive") and not form.fullmatch(pin):
            what = "a commit (40 hex digits)" if form is COMMIT else "a SHA-256 (64 hex digits)"
            faults.append(f"source.pin: {pin!r} is not {what}; `asha data pin` finds it")
    if kind == "unlocated" and corpus.source.where:
        faults.append("source.kind: it is unlocated and yet has a place")
    return faults


def _scripts(corpus: Corpus) -> list[str]:
    """A language's own script must be among the scripts, unless it is written in another's."""
    faults = []
    for tag, table in corpus.languages.items():
        writing = table.writing or corpus.writing
        if writing != "native" or tag not in TAGS or not corpus.scripts:
            continue
        if language(tag).script not in corpus.scripts:
            faults.append(
                f"writing: {tag} is native, and {language(tag).script} is not among scripts"
            )
    if corpus.writing and not corpus.script_policy:
        faults.append("writing: script_policy says nothing about it")
    return faults


def _figures(corpus: Corpus) -> list[str]:
    faults = []
    for tag, table in corpus.languages.items():
        names = table.splits or corpus.splits
        for split, number in table.rows.items():
            if number < 0:
                faults.append(f"languages.{tag}.rows.{split}: {number} is less than nothing")
            if names and split not in names:
                faults.append(f"languages.{tag}.rows.{split}: there is no such split")
        if table.hours is not None and table.hours < 0:
            faults.append(f"languages.{tag}.hours: {table.hours} is less than nothing")
    return faults
