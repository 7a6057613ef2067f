"""A corpus file as text: counts and pins are written into it, all else stays as it stands."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path

from asha.core.errors import BadInput, NotFound
from asha.data.catalog import corpus, read_corpus
from asha.data.spec import Corpus, Split

SPLIT_ORDER: tuple[Split, ...] = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Count:
    """What `asha data count` found of one language."""

    rows: Mapping[Split, int]
    hours: float
    counted_on: date


def corpus_named(name: str) -> Corpus:
    """A corpus of the registry, or of a file of one's own (its path ends in .toml).

    Raises:
        NotFound: neither is there.
        BadCorpusFile: the file does not follow the schema.
    """
    if not name.endswith(".toml"):
        return corpus(name)
    path = Path(name)
    if not path.is_file():
        raise NotFound(f"There is no corpus file {name}; `asha data list` names the registry's.")
    return read_corpus(path)


def file_of(name: str) -> Path:
    """The file that a corpus is written in."""
    if name.endswith(".toml"):
        return Path(name)
    return Path(str(resources.files("asha.data").joinpath("catalog"))) / f"{corpus(name).name}.toml"


def write_counts(path: Path, counts: Mapping[str, Count]) -> None:
    """Set rows and hours of each language; splits that were not counted keep their figures.

    Raises:
        BadInput: the file cannot be changed; says what to write by hand.
    """
    text = _read(path)
    known = tomllib.loads(text)["languages"]
    for tag, found in counts.items():
        rows = {**known[tag].get("rows", {}), **found.rows}
        figures = ", ".join(f"{it} = {rows[it]:_}" for it in SPLIT_ORDER if it in rows)
        lines = {
            "rows": f"rows   = {{ {figures} }}",
            "hours": f"hours  = {round(found.hours, 3)}",
            "counted_on": f"counted_on = {found.counted_on.isoformat()}",
        }
        text = _with_keys(text, tag, lines)
    _write(path, text)


def write_pin(path: Path, where: str, pin: str) -> None:
    """Pin one place of a corpus.

    Raises:
        BadInput: the place does not stand in the file, or the file cannot be changed.
    """
    text = _read(path)
    table = tomllib.loads(text)
    own = [it for language in table["languages"].values() for it in language.get("where", [])]
    if own:
        changed = re.sub(rf'"{re.escape(where)}(@[^"/]*)?"', f'"{where}@{pin}"', text)
    else:
        line = re.search(r"^source\s*=\s*\{.*\}\s*$", text, re.M)
        if line is None:
            raise BadInput(f'{path.name}: write pin = "{pin}" into [source] by hand.')
        told = re.sub(r',\s*pin\s*=\s*"[^"]*"', "", line[0])
        told = re.sub(r'(where\s*=\s*"[^"]*")', rf'\1, pin = "{pin}"', told, count=1)
        changed = text.replace(line[0], told, 1)
    if pin not in changed:
        raise BadInput(f'{path.name} does not name {where}; write its pin "{pin}" by hand.')
    _write(path, changed)


def _with_keys(text: str, tag: str, lines: Mapping[str, str]) -> str:
    """The section of a language with these keys set; a new key stands at its end."""
    head = re.search(rf'^\[languages\."?{re.escape(tag)}"?\][^\n]*\n', text, re.M)
    if head is None:
        raise BadInput(f"There is no [languages.{tag}] of its own in the file; write one.")
    end = re.compile(r"^\[", re.M).search(text, head.end())
    stop = end.start() if end else len(text)
    section = text[head.end() : stop]
    for key, line in lines.items():
        found = re.search(rf"^{key}\s*=.*$", section, re.M)
        if found:
            section = section[: found.start()] + line + section[found.end() :]
        else:
            body = section.rstrip("\n")
            section = f"{body}\n{line}\n" if body else f"{line}\n"
    gap = "\n" if end and not section.endswith("\n\n") else ""
    return text[: head.end()] + section + gap + text[stop:]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as failed:
        raise BadInput(f"{path} cannot be opened: {failed.strerror}.") from failed


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.stem}.new.toml")
    try:
        tomllib.loads(text)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as failed:
        raise BadInput(
            f"{path} cannot be written ({failed.strerror}): copy it to a folder of your own and "
            "give that file in place of the name."
        ) from failed
