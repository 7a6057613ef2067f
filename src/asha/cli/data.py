"""asha data: the registry of corpora, and folders of recordings."""

import json
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from asha.core.errors import BadInput
from asha.data.catalog import catalog, corpus
from asha.data.fetch import not_fetched
from asha.data.folder import Reading, folders_of, read_folder, split_folders
from asha.data.problem import Tally, count
from asha.data.spec import Corpus, Split
from asha.data.table import corpora_page

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]
Name = Annotated[str, typer.Argument(help="A corpus of the registry, or a folder of recordings.")]
Folders = list[tuple[str, Split, Path, Reading]]
ANY_LANGUAGE = "und"  # BCP 47: a folder without a catalog file does not say its language
NUM_SHOWN = 3

data = typer.Typer(
    help="Corpora: list, show, check, count, get, and the page of them all.", no_args_is_help=True
)


@data.command("list")
def list_corpora(as_json: AsJson = False) -> None:
    """Every corpus, one line each."""
    if as_json:
        rows = [entry.model_dump(mode="json") for entry in catalog().values()]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for entry in catalog().values():
        tags = " ".join(entry.languages)
        typer.echo(f"{entry.name:<24} {entry.license:<14} {tags}")


@data.command()
def show(name: str, as_json: AsJson = False) -> None:
    """One corpus."""
    entry = corpus(name)
    if as_json:
        typer.echo(entry.model_dump_json(indent=2))
        return
    typer.echo(_sheet(entry))


@data.command()
def check(as_json: AsJson = False) -> None:
    """Validate every file, offline, and say what may be trained on."""
    verdicts = {name: entry.refusal for name, entry in catalog().items()}
    if as_json:
        typer.echo(json.dumps(verdicts))
        return
    for name, refusal in verdicts.items():
        typer.echo(f"{name:<24} {'may be trained on' if refusal is None else refusal}")
    typer.echo(f"{len(verdicts)} files are valid.")


@data.command()
def table(
    write: Annotated[Path | None, typer.Option(help="The file; without it, print.")] = None,
    as_json: AsJson = False,
) -> None:
    """The page of all corpora by tracks (docs/corpora.md)."""
    page = corpora_page(catalog().values())
    if write:
        try:
            write.write_text(page, encoding="utf-8")
        except OSError as failed:
            raise BadInput(f"{write} cannot be written: {failed.strerror}.") from failed
    if as_json:
        typer.echo(json.dumps({"corpora": len(catalog()), "file": str(write) if write else None}))
    elif not write:
        typer.echo(page, nl=False)


@data.command("count")
def count_rows(name: Name, as_json: AsJson = False) -> None:
    """Read every clip of a folder: how many, how long, and everything that is wrong with it."""
    tallies = [
        (tag, split, count(read_folder(folder, how))) for tag, split, folder, how in _folders(name)
    ]
    if as_json:
        typer.echo(json.dumps([_figures(*it) for it in tallies], ensure_ascii=False))
    else:
        for tag, split, tally in tallies:
            typer.echo(
                f"{tag} {split}: {tally.num_clips:,} clips, {tally.speech_s / 3600:.2f} h, "
                f"{len(tally.speakers)} speakers, {tally.num_problems:,} problems"
            )
            for sentence in tally.sentences():
                typer.echo(f"  {sentence}")
    if not any(tally.num_clips for _, _, tally in tallies):
        raise BadInput(f"{name} holds no clip that can be used.", param="name")


@data.command()
def get(name: Name, as_json: AsJson = False) -> None:
    """Show the first samples of a folder; for any other source, say how it is had."""
    shown = [
        {"language": it.language, "split": split, "name": it.name, "text": it.text}
        | {"duration_s": round(it.clip().duration_s, 2), "speaker": it.speaker}
        for _, split, folder, how in _folders(name)
        for it in islice(Tally().good(read_folder(folder, how)), NUM_SHOWN)
    ]
    if not shown:
        raise BadInput(f"{name} holds no clip that can be used: see `asha data count {name}`.")
    if as_json:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    for row in shown:
        typer.echo(f"{row['language']} {row['split']} {row['name']}  {row['duration_s']} s")
        typer.echo(f"  {row['text']}")


def _folders(name: str) -> Folders:
    """What is to be read: a corpus of the registry whose source is a folder, or any folder."""
    path = Path(name)
    if name not in catalog() and (path.is_dir() or len(path.parts) > 1):
        how = Reading(ANY_LANGUAGE)
        return [(ANY_LANGUAGE, split, it, how) for split, it in split_folders(path).items()]
    entry = corpus(name)
    if entry.source.kind != "folder":
        raise not_fetched(entry)
    return folders_of(entry)


def _figures(tag: str, split: Split, tally: Tally) -> dict[str, object]:
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
        "problems": faults,
    }


def _sheet(entry: Corpus) -> str:
    lines = [
        entry.title,
        f"  homepage  {entry.homepage}",
        f"  licence   {entry.license}",
        f"  source    {entry.source.kind} {entry.source.where}",
        f"  tasks     {', '.join(entry.tasks)}",
        f"  training  {entry.refusal or 'allowed'}",
    ]
    lines += [
        f"  {tag:<9} {it.subset or '-'} {it.note}".rstrip() for tag, it in entry.languages.items()
    ]
    return "\n".join([*lines, *([f"  {entry.note}"] if entry.note else [])])
