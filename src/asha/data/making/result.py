"""What was made, as a corpus: clips and tables by language, and the corpus file that names them."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from asha.core.audio import HEARING_RATE_HZ
from asha.core.errors import BadInput
from asha.data.making.cache import as_wav
from asha.data.making.item import Item
from asha.data.making.recipe import Recipe
from asha.data.source import folder_digest
from asha.data.spec import Split
from asha.speech.sound_file import resampled

CLIPS = "clips"  # beside the tables, where readers of folders look
TABLES: dict[Split, str] = {"train": "train", "validation": "validation"}


@dataclass(slots=True)
class Made:
    """Rows that are whole: clips are written as they come, tables at the end."""

    recipe: Recipe
    folder: Path
    lines: dict[tuple[str, Split], list[dict[str, str]]] = field(default_factory=dict)
    speech_s: dict[str, float] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return sum(len(it) for it in self.lines.values())

    def add(self, item: Item) -> None:
        """Write a row's clip, and remember its line.

        Raises:
            BadInput: the disk is full or cannot be written.
        """
        split: Split = "validation" if self._is_held_out(item) else "train"
        line = {"file": "", "text": item.text, "speaker": item.speaker, **item.told}
        if item.sound is not None:
            line["file"] = self._clip(item)
            self.speech_s[item.language] = (
                self.speech_s.get(item.language, 0.0) + item.sound.duration_s
            )
        self.lines.setdefault((item.language, split), []).append(line)

    def finish(self) -> Path:
        """Write tables and the corpus file, each whole or not at all; clips of no row go."""
        for (tag, split), lines in self.lines.items():
            columns = list(dict.fromkeys(name for line in lines for name in line))
            rows = [columns, *([_cell(line.get(name, "")) for name in columns] for line in lines)]
            _write(self.folder / tag / f"{TABLES[split]}.tsv", "\n".join(map("\t".join, rows)))
        for clip in self.folder.glob(f"*/{CLIPS}/*.wav"):
            if clip.relative_to(self.folder).as_posix() not in self.names:
                clip.unlink()
        for table in self.folder.glob("*/*.tsv"):
            if (table.parent.name, table.stem) not in {(tag, TABLES[it]) for tag, it in self.lines}:
                table.unlink()
        corpus = self.folder / f"{self.recipe.name}.toml"
        _write(corpus, self._corpus_file())
        return corpus

    def _clip(self, item: Item) -> str:
        assert item.sound is not None
        stem = re.sub(r"[^A-Za-z0-9_.-]+", "_", item.name).removesuffix(".wav")
        name, number = f"{stem}.wav", 1
        while f"{item.language}/{CLIPS}/{name}" in self.names:  # two names that differ in signs
            name, number = f"{stem}_{number}.wav", number + 1
        self.names.add(f"{item.language}/{CLIPS}/{name}")
        rate_hz = self.recipe.rate_hz
        clip = item.sound if rate_hz == HEARING_RATE_HZ else resampled(item.sound, rate_hz=rate_hz)
        path = self.folder / item.language / CLIPS / name
        content = as_wav(clip)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
        except OSError as failed:
            raise _full(path, failed) from failed
        return name

    def _is_held_out(self, item: Item) -> bool:
        """By the text alone: what is said in training is not asked in validation."""
        digest = hashlib.sha256(f"{item.language} {item.text}".encode()).digest()
        return int.from_bytes(digest[:4], "big") < self.recipe.validation * 2**32

    def _corpus_file(self) -> str:
        it = self.recipe
        tags = sorted({tag for tag, _ in self.lines})
        where = self.folder.resolve().as_posix()
        pin = folder_digest(self.folder)
        head = [
            f"name       = {_quoted(it.name)}",
            f"title      = {_quoted(it.title)}",
            'homepage   = ""',
            f"license    = {_quoted(it.license)}",
            f'source     = {{ kind = "folder", where = {_quoted(where)}, pin = "{pin}" }}',
            'columns    = { audio = "file", text = "text", speaker = "speaker" }',
            f"tasks      = [{', '.join(_quoted(task) for task in it.tasks)}]",
            f"rate_hz    = {it.rate_hz}",
            f"checked_on = {date.today().isoformat()}",
            f"note       = {_quoted(it.note or 'Made by asha data make.')}",
        ]
        for tag in tags:
            rows = {split: len(lines) for (told, split), lines in self.lines.items() if told == tag}
            figures = ", ".join(f"{split} = {number}" for split, number in sorted(rows.items()))
            head += [
                "",
                f"[languages.{tag}]",
                f"subset = {_quoted(tag)}",
                f"rows   = {{ {figures} }}",
                f"hours  = {self.speech_s.get(tag, 0.0) / 3600:.4f}",
                f"counted_on = {date.today().isoformat()}",
            ]
        return "\n".join([*head, ""])


def _cell(text: str) -> str:
    """One line without tabs, as a .tsv wants it."""
    return " ".join(text.split())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + " ".join(escaped.split()) + '"'


def _write(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as failed:
        raise _full(path, failed) from failed


def _full(path: Path, failed: OSError) -> BadInput:
    return BadInput(
        f"{path} cannot be written ({failed.strerror}): make room, then run the same command "
        "again; what is made is kept."
    )
