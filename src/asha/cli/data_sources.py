"""asha data get, count, pin: corpora brought here, counted and pinned."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Annotated, cast

import typer

from asha.core.errors import BadInput
from asha.core.settings import Settings
from asha.data.catalog import catalog
from asha.data.catalog_file import Count, corpus_named, file_of, write_counts, write_pin
from asha.data.folder import SPLIT_FOLDERS, Reading, read_folder, split_folders
from asha.data.problem import Problem, Tally, count
from asha.data.sample import Sample
from asha.data.source import get as fetch
from asha.data.source import pin_of, places_of, read
from asha.data.sources.part import Part, Progress, Shelf, parts_of, shelf_of
from asha.data.spec import Split
from asha.data.writing import in_native_script

ANY_LANGUAGE = "und"  # BCP 47: a folder without a catalog file does not say its language
NUM_SHOWN = 3
MB = 1e6

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
Name = Annotated[
    str, typer.Argument(help="A corpus of the registry, a corpus file, or a folder of recordings.")
]
Language = Annotated[
    str, typer.Option("--language", help="Only this one, or that of a folder: a tag.")
]
OneSplit = Annotated[str, typer.Option("--split", help="Only train, validation or test.")]
ShelfFolder = Annotated[
    Path | None, typer.Option("--shelf", help="Where fetched corpora lie (ASHA_SHELF_DIR).")
]


def get(
    name: Name,
    language: Language = "",
    split: OneSplit = "",
    shelf: ShelfFolder = None,
    as_json: AsJson = False,
) -> None:
    """Fetch a corpus (a cut one is gone on from) and show its first samples."""
    shown = []
    for place in _places(name, language, split):
        if isinstance(place, Part):
            fetch(place, shelf_of(Settings(), shelf), _progress(as_json))
        rows = Tally().good(_rows(place, shelf_of(Settings(), shelf)))
        shown += [_sheet(it, place) for it in islice(rows, NUM_SHOWN)]
    if not shown:
        raise BadInput(f"{name} holds no clip that can be used: see `asha data count {name}`.")
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    for row in shown:
        typer.echo(f"{row['language']} {row['split']} {row['name']}  {row['duration_s']} s")
        typer.echo(f"  {row['text']}")


def count_rows(
    name: Name,
    language: Language = "",
    split: OneSplit = "",
    rows: Annotated[int, typer.Option(min=0, help="Stop after so many; 0: all.")] = 0,
    write: Annotated[bool, typer.Option(help="Write the figures into the corpus file.")] = False,
    shelf: ShelfFolder = None,
    as_json: AsJson = False,
) -> None:
    """Read every clip: how many, how long, in which script, and everything that is wrong.

    What is not on this machine is streamed: nothing is kept.
    """
    places = _places(name, language, split)
    if write and (rows or not all(isinstance(it, Part) for it in places)):
        raise BadInput("--write needs a corpus (not a folder) and a whole count (no --rows).")
    tallies = []
    for place in places:
        found = _rows(place, shelf_of(Settings(), shelf))
        watched = _Watched(islice(found, rows) if rows else found)
        tallies.append((*_key(place), count(watched), watched))
    if as_json:
        typer.echo(json.dumps([_figures(*it) for it in tallies], ensure_ascii=False))
    else:
        for tag, it, tally, watched in tallies:
            typer.echo(
                f"{tag} {it}: {tally.num_clips:,} clips, {tally.speech_s / 3600:.2f} h, "
                f"{len(tally.speakers)} speakers, {tally.num_problems:,} problems{watched}"
            )
            for sentence in tally.sentences():
                typer.echo(f"  {sentence}")
    if not any(tally.num_clips for _, _, tally, _ in tallies):
        raise BadInput(f"{name} holds no clip that can be used.", param="name")
    if write:
        write_counts(file_of(name), _counts(tallies))


def pin(name: Name, shelf: ShelfFolder = None, as_json: AsJson = False) -> None:
    """Pin a corpus to what its source holds today, in its file: then it may be trained on.

    On the hub a pin is a commit; of an archive its SHA-256 (it is fetched for that); of a folder
    the SHA-256 of all names and contents.
    """
    entry = corpus_named(name)
    pins = {
        it: pin_of(entry, it, shelf_of(Settings(), shelf), _progress(as_json))
        for it in places_of(entry)
    }
    for where, found in pins.items():
        write_pin(file_of(name), where, found)
    if as_json:
        typer.echo(json.dumps(pins))
    else:
        for where, found in pins.items():
            typer.echo(f"{where}  {found}")


class _Watched:
    """Rows on their way, with a look at the script of their texts."""

    def __init__(self, rows: Iterator[Sample | Problem]) -> None:
        self._rows = rows
        self.num_native = self.num_told = 0

    def __iter__(self) -> Iterator[Sample | Problem]:
        for row in self._rows:
            if isinstance(row, Sample):
                native = in_native_script(row.text, row.language)
                self.num_told += native is not None
                self.num_native += bool(native)
            yield row

    def __str__(self) -> str:
        if not self.num_told:
            return ""
        return f", {100 * self.num_native / self.num_told:.0f} % in the native script"


Place = Part | tuple[str, Split, Path]  # of a corpus, or of a folder without a file


def _places(name: str, tag: str, split: str) -> list[Place]:
    """What is to be read: the parts of a corpus, or the splits of any folder."""
    if split and split not in SPLIT_FOLDERS.values():
        raise BadInput(f"--split is train, validation or test, not {split!r}.", param="split")
    asked = [cast(Split, split)] if split else []
    path = Path(name)
    if name not in catalog() and path.suffix != ".toml" and (path.is_dir() or len(path.parts) > 1):
        found = split_folders(path)
        return [(tag or ANY_LANGUAGE, it, found[it]) for it in found if not asked or it in asked]
    return list(parts_of(corpus_named(name), [tag] if tag else [], asked))


def _rows(place: Place, shelf: Shelf) -> Iterator[Sample | Problem]:
    if isinstance(place, Part):
        return read(place, shelf)
    return read_folder(place[2], Reading(place[0]))


def _key(place: Place) -> tuple[str, Split]:
    return (place.tag, place.split) if isinstance(place, Part) else place[:2]


def _progress(as_json: bool) -> Progress | None:
    def told(what: str, have: int, total: int) -> None:
        of = f" of {total / MB:,.1f}" if total else ""
        end = "\n" if have == total else "\r"
        sys.stderr.write(f"{what}: {have / MB:,.1f}{of} MB{end}")

    return told if sys.stderr.isatty() and not as_json else None


def _sheet(it: Sample, place: Place) -> dict[str, object]:
    return {
        "language": it.language,
        "split": _key(place)[1],
        "name": it.name,
        "text": it.text,
        "duration_s": round(it.clip().duration_s, 2),
        "speaker": it.speaker,
    }


def _counts(tallies: list[tuple[str, Split, Tally, _Watched]]) -> dict[str, Count]:
    found: dict[str, Count] = {}
    for tag in dict.fromkeys(it[0] for it in tallies):
        own = [(split, tally) for told, split, tally, _ in tallies if told == tag]
        rows = {split: tally.num_clips for split, tally in own}
        found[tag] = Count(rows, sum(it.speech_s for _, it in own) / 3600, date.today())
    return found


def _figures(tag: str, split: Split, tally: Tally, watched: _Watched) -> dict[str, object]:
    faults = {
        fault: [{"name": it.name, "why": it.why} for it in problems]
        for fault, problems in tally.faults.items()
    }
    return {
        "language": tag,
        "split": split,
        "clips": tally.num_clips,
        "speech_s": round(tally.speech_s, 3),
        "speakers": len(tally.speakers),
        "native_script": watched.num_native,
        "other_script": watched.num_told - watched.num_native,
        "problems": faults,
    }
