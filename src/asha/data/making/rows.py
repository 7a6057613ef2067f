"""Where a recipe's rows come from: the grammar, lines of text, folders, corpora, noise."""

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from random import Random

from asha.core.errors import BadInput, BadSound, NotFound
from asha.data.catalog_file import corpus_named
from asha.data.folder import Reading, read_folder, split_folders
from asha.data.layouts import SOUND_SUFFIXES
from asha.data.making.item import Item
from asha.data.making.recipe import Rows
from asha.data.problem import Problem
from asha.data.sample import Sample, cleaned, read_clip
from asha.data.source import read
from asha.data.sources.part import Part, Shelf

NOISE_SAYS = "((noise))"
NO_LANGUAGE = "zxx"


def items_of(source: Rows, seed: int, shelf: Shelf) -> Iterator[Item | Problem]:
    """The rows of every language, one language after the other.

    Raises:
        NotFound, BadInput, NotFetched: there is nothing to read; says what to do.
    """
    for tag in source.languages:
        where = source.where.replace("{language}", tag)
        found = _of(source, tag, where, seed, shelf)
        yield from islice(found, source.rows) if source.rows else found


def _of(source: Rows, tag: str, where: str, seed: int, shelf: Shelf) -> Iterator[Item | Problem]:
    if source.kind == "grammar":
        return _sentences(tag, seed)
    if source.kind == "lines":
        return _lines(tag, Path(where))
    if source.kind == "noise":
        return _noises(Path(where))
    if source.kind == "corpus":
        return map(_item, read(Part(corpus_named(where), tag, source.split), shelf))
    splits = split_folders(Path(where))
    if source.split not in splits:
        raise NotFound(f"{where} has no split {source.split}; it has {', '.join(splits)}.")
    return map(_item, read_folder(splits[source.split], Reading(tag)))


def _sentences(tag: str, seed: int) -> Iterator[Item | Problem]:
    """Everyday requests, each once; a name tells its place in the endless row of them."""
    from asha.data.sentences import any_sentence

    chance = Random(f"{seed} {tag}")
    seen: set[str] = set()
    for number in count():
        sentence = any_sentence(tag, chance)
        if sentence.text not in seen:
            seen.add(sentence.text)
            yield Item(f"{tag}-{number:06d}", tag, sentence.text)


def _lines(tag: str, file: Path) -> Iterator[Item | Problem]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as broken:
        raise BadInput(
            f"{file} cannot be read as UTF-8 text; give a line for each row."
        ) from broken
    for number, line in enumerate(lines, start=1):
        text = cleaned(line)
        if text and not text.startswith("#"):
            yield Item(f"{tag}-{number:06d}", tag, text)


def _noises(folder: Path) -> Iterator[Item | Problem]:
    if not folder.is_dir():
        raise NotFound(f"There is no folder {folder}; give one that holds sounds.")
    for path in sorted(it for it in folder.rglob("*") if it.suffix.lower() in SOUND_SUFFIXES):
        name = path.relative_to(folder).as_posix()
        try:
            yield Item(name, NO_LANGUAGE, NOISE_SAYS, read_clip(path))
        except BadSound as broken:
            yield Problem("broken sound", name, broken.message)


def _item(row: Sample | Problem) -> Item | Problem:
    if isinstance(row, Problem):
        return row
    return Item(row.name, row.language, row.text, row.clip(), row.speaker)
