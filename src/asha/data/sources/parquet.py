"""Rows of a parquet file: sound in a column of bytes, its words in another."""

from collections.abc import Iterator, Mapping
from typing import Any

from asha.core.errors import BadInput, BadSound
from asha.data.folder import written
from asha.data.layouts import SOUND_COLUMNS, SPEAKER_COLUMNS, TEXT_COLUMNS
from asha.data.problem import Problem
from asha.data.sample import Sample, as_text
from asha.data.sources.part import ChangedColumns, Part
from asha.speech.sound_file import decode_clip

NUM_ROWS_AT_ONCE = 16  # clips of half a minute: some 16 MB


def parquet_rows(file: Any, part: Part, name: str) -> Iterator[Sample | Problem]:
    """Every row of a parquet file (a path or an open file), its sound decoded.

    Raises:
        ChangedColumns: there is no column of sounds or of texts.
        BadInput: it is no parquet file.
    """
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        table = ParquetFile(file)
        columns = _Columns(part, table.schema_arrow.names)
        number = 0
        for batch in table.iter_batches(batch_size=NUM_ROWS_AT_ONCE, columns=columns.read):
            for row in batch.to_pylist():
                number += 1
                if columns.keeps(row):
                    yield _sample(row, columns, part, f"{name}/{number - 1}")
    except (pyarrow.ArrowInvalid, pyarrow.ArrowIOError) as broken:
        raise BadInput(
            f"{part}: {name} is no whole parquet file; delete it and run `asha data get "
            f"{part.corpus.name}` again."
        ) from broken


class _Columns:
    """What the columns of one file are called, checked once."""

    def __init__(self, part: Part, names: list[str]) -> None:
        told = part.corpus.columns
        self.sound = _one_of(part, "audio", told.audio, SOUND_COLUMNS, names)
        self.text = _one_of(part, "text", told.text, TEXT_COLUMNS, names)
        has_speaker = [it for it in (told.speaker, *SPEAKER_COLUMNS) if it in names]
        self.speaker = has_speaker[0] if has_speaker else ""
        self._keep = part.table.keep
        for column in self._keep:
            if column not in names:
                raise _changed(part, f"keep.{column}", column, names)
        self.others = {name: told.extra.get(name, name) for name in part.also}
        for name, column in self.others.items():
            if column not in names:
                raise _changed(part, f"columns.extra.{name}", column, names)
        wanted = {self.sound, self.text, self.speaker, *self._keep, *self.others.values()}
        self.read = [name for name in names if name in wanted]

    def keeps(self, row: Mapping[str, Any]) -> bool:
        """Whether the row is of this language."""
        return all(str(row[column]) == value for column, value in self._keep.items())


def _one_of(part: Part, key: str, told: str, usual: tuple[str, ...], names: list[str]) -> str:
    if told:
        if told in names:
            return told
        raise _changed(part, f"columns.{key}", told, names)
    if key == "text" and "noise" in part.corpus.tasks:
        return ""
    found = next((name for name in usual if name in names), None)
    if found is None:
        raise _changed(part, f"columns.{key}", usual[0], names)
    return found


def _changed(part: Part, key: str, missing: str, names: list[str]) -> ChangedColumns:
    return ChangedColumns(
        f"{part}: the source has the columns {', '.join(names)} and none called {missing!r}; set "
        f"`{key}` in {part.corpus.name}.toml to the one that is meant.",
        param=key,
    )


def _sample(row: Mapping[str, Any], columns: _Columns, part: Part, name: str) -> Sample | Problem:
    text = written(str(row[columns.text] or ""), part.how) if columns.text else ""
    if columns.text and not text:
        return Problem("sound without text", name, "its text is empty")
    cell = row[columns.sound]
    content = cell.get("bytes") if isinstance(cell, dict) else cell
    if isinstance(content, str):
        return Problem("text without sound", name, "the row names a file that is not inside")
    if not content:
        return Problem("text without sound", name, "its sound is empty")
    try:
        clip = decode_clip(bytes(content), what=name)
    except BadSound as broken:
        return Problem("broken sound", name, broken.message)
    if not clip.samples.any():
        return Problem("text without sound", name, "its sound is nothing but zeros")
    speaker = str(row.get(columns.speaker) or "") if columns.speaker else ""
    others = {ours: as_text(row[theirs]) for ours, theirs in columns.others.items()}
    return Sample(name, clip, text, part.tag, speaker, others)
