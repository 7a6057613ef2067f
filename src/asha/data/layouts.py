"""How folders of recordings are laid out: rows that name a sound and hold its text."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from asha.core.errors import BadInput
from asha.data.problem import Problem
from asha.data.sample import as_text
from asha.data.spec import Columns

SOUND_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".opus")
# What people call the columns; the first that is there counts.
SOUND_COLUMNS = ("file", "path", "audio", "file_name", "filename", "audio_filepath", "wav")
TEXT_COLUMNS = ("text", "sentence", "transcript", "transcription", "normalized")
SPEAKER_COLUMNS = ("speaker", "speaker_id", "client_id")
NUM_UNNAMED = 2  # a table without column names holds file (or id) and text, as OpenSLR's do


class BadTable(BadInput):
    """A table whose columns cannot be told apart, or that is not UTF-8."""

    code = "bad_table"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a layout. With `end_s` only that segment of the file is meant."""

    name: str
    sound: Path
    text: str
    speaker: str = ""
    start_s: float = 0.0
    end_s: float | None = None
    others: Mapping[str, str] = field(default_factory=dict)  # all columns, by our names


def pair_rows(folder: Path) -> Iterator[Row | Problem]:
    """`x.wav` beside `x.txt`, in any depth; nothing where there is no sound at all."""
    files = sorted(it for it in folder.rglob("*") if it.is_file())
    texts = {it.with_suffix(""): it for it in files if it.suffix.lower() == ".txt"}
    sounds: dict[Path, Path] = {}
    for sound in (it for it in files if it.suffix.lower() in SOUND_SUFFIXES):
        stem = sound.with_suffix("")
        if stem in sounds:
            yield Problem("twice", _name(sound, folder), f"{sounds[stem].name} is there too")
        else:
            sounds[stem] = sound
    for stem in sorted(sounds | texts) if sounds else ():
        name = _name(stem, folder)
        if stem not in texts:
            yield Problem("sound without text", name, f"{stem.name}.txt is not there")
        elif stem not in sounds:
            yield Problem("text without sound", name, f"{stem.name}.wav is not there")
        else:
            try:
                yield Row(name, sounds[stem], texts[stem].read_text(encoding="utf-8-sig"))
            except UnicodeDecodeError:
                yield Problem("unreadable line", name, f"{stem.name}.txt is not UTF-8")
            except OSError as broken:
                yield Problem("unreadable line", name, f"{stem.name}.txt: {broken.strerror}")


def table_rows(table: Path, wanted: Columns) -> Iterator[Row | Problem]:
    """A .csv, .tsv or .jsonl. Without known names it must have two columns: file (or id), text.

    Raises:
        BadTable: it is empty, not UTF-8, or its columns cannot be told apart.
    """
    lines, header, (sound, text, speaker) = _lines(table, wanted)
    ours = {theirs: name for name, theirs in wanted.extra.items()}
    names = [ours.get(it, it) for it in header]
    num_cells = max(sound, text, speaker) + 1
    used: set[str] = set()
    for number, cells in lines:
        where = f"line {number}"
        if len(cells) < num_cells:
            yield Problem("unreadable line", where, f"it has {len(cells)} of {num_cells} columns")
        elif not cells[sound]:
            yield Problem("text without sound", where, "it names no file")
        elif cells[sound] in used:
            yield Problem("twice", cells[sound], f"{where} names the sound again")
        else:
            used.add(cells[sound])
            path = _sound_file(table.parent, cells[sound])
            others = dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
            whose = cells[speaker] if speaker >= 0 else ""
            yield Row(cells[sound], path, cells[text], whose, others=others)


def unnamed_sounds(table: Path, wanted: Columns) -> Iterator[Problem]:
    """The sounds that lie beside the table, in any depth, and are not named in it."""
    lines, _, (sound, _, _) = _lines(table, wanted)
    folder = table.parent
    named = {_sound_file(folder, cells[sound]) for _, cells in lines if sound < len(cells)}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in SOUND_SUFFIXES and path not in named:
            why = f"{table.name} has no line for it"
            yield Problem("sound without text", _name(path, folder), why)


def kaldi_rows(folder: Path) -> Iterator[Row | Problem]:
    """Kaldi's `wav.scp` and `text`, with `segments` and `utt2spk` where they exist."""
    sounds, spans, speakers = (
        dict(_keyed(folder / name)) for name in ("wav.scp", "segments", "utt2spk")
    )
    seen: set[str] = set()
    for name, text in _keyed(folder / "text"):
        if name in seen:
            yield Problem("twice", name, "text has two lines for it")
            continue
        seen.add(name)
        recording, start_s, end_s = name, 0.0, None
        if spans:
            try:
                recording, start, end = spans[name].split()
                start_s, end_s = float(start), float(end)
            except (KeyError, ValueError):
                yield Problem("text without sound", name, "segments has no good line for it")
                continue
        where = sounds.get(recording)
        if where is None:
            yield Problem("text without sound", name, f"wav.scp has no line for {recording}")
        elif where.endswith("|"):
            # A command from a stranger's file is never run.
            yield Problem("broken sound", name, "wav.scp gives a command; write the file instead")
        else:
            yield Row(name, folder / where, text, speakers.get(name, ""), start_s, end_s)
    for name in spans or sounds:
        if name not in seen:
            yield Problem("sound without text", name, "text has no line for it")


def _keyed(file: Path) -> list[tuple[str, str]]:
    """Lines of a key, a space or tab, and a value; a file that is not there has none."""
    if not file.exists():
        return []
    parts = (line.split(maxsplit=1) for line in _utf8(file).split("\n"))
    return [(words[0], words[1].strip() if words[1:] else "") for words in parts if words]


def _lines(
    table: Path, wanted: Columns
) -> tuple[list[tuple[int, list[str]]], list[str], tuple[int, int, int]]:
    """Numbered lines without the header, the header, where sound, text, speaker (or -1) stand."""
    lines = [(number, cells) for number, cells in enumerate(cells_of(table), start=1) if cells]
    if not lines:
        raise BadTable(f"{table.name} is empty; it needs the columns file and text.")
    header = lines[0][1]
    columns = _columns(table, header, wanted)
    return (lines[1:], header, columns) if columns else (lines, [], (0, 1, -1))


def cells_of(table: Path) -> list[list[str]]:
    """The cells of a .csv, .tsv or .jsonl (an object a line), the header first.

    Raises:
        BadTable: it cannot be read.
    """
    content = _utf8(table)
    if table.suffix == ".jsonl":
        return _objects(content, table)
    first = content.partition("\n")[0]
    delimiter = "\t" if table.suffix == ".tsv" else max(",|;\t", key=first.count)
    lines = csv.reader(
        io.StringIO(content, newline=""),
        delimiter=delimiter,
        # Quotes are letters in .tsv files: OpenSLR and Common Voice write them bare.
        quoting=csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL,
        strict=True,
    )
    try:
        return [[cell.strip() for cell in cells] for cells in lines]
    except csv.Error as broken:
        raise BadTable(f"{table.name}, line {lines.line_num}: {broken}.") from broken


def _objects(content: str, table: Path) -> list[list[str]]:
    rows: list[dict[str, object]] = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            rows += [dict(json.loads(line))] if line.strip() else []
        except (ValueError, TypeError) as broken:
            raise BadTable(f"{table.name}, line {number} is no JSON object.") from broken
    header = list(dict.fromkeys(key for row in rows for key in row))
    return [header, *([as_text(row.get(key)) for key in header] for row in rows)] if rows else []


def _columns(table: Path, header: list[str], wanted: Columns) -> tuple[int, int, int] | None:
    """Where sound, text and speaker (or -1) stand; None for two columns without names."""
    names = [cell.lower() for cell in header]

    def place(asked: str, usual: tuple[str, ...]) -> int:
        tried = (asked.lower(), *usual)
        return next((names.index(name) for name in tried if name in names), -1)

    sound, text = place(wanted.audio, SOUND_COLUMNS), place(wanted.text, TEXT_COLUMNS)
    if sound < 0 and text < 0 and len(header) == NUM_UNNAMED:
        return None
    for column, kind, name in ((sound, "files", "file"), (text, "texts", "text")):
        if column < 0:
            raise BadTable(
                f"{table.name} has the columns {', '.join(header)}: "
                f"call the one of {kind} {name!r}."
            )
    return sound, text, place(wanted.speaker, SPEAKER_COLUMNS)


def _sound_file(folder: Path, cell: str) -> Path:
    """The file a cell names, beside the table or in `clips`; an id finds its file."""
    has_suffix = Path(cell).suffix.lower() in SOUND_SUFFIXES
    names = [cell] if has_suffix else [cell + suffix for suffix in SOUND_SUFFIXES]
    places = [inner / name for inner in (folder, folder / "clips") for name in names]
    return next((it for it in places if it.is_file()), places[0])


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _utf8(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as broken:
        raise BadTable(f"{file.name} is not UTF-8; save it as UTF-8.") from broken
    except OSError as broken:
        raise BadTable(f"{file.name} cannot be opened: {broken.strerror}.") from broken
