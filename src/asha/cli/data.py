"""asha data: the registry of corpora, and folders of recordings."""

import json
from pathlib import Path
from typing import Annotated

import typer

from asha.cli.data_make import make
from asha.cli.data_sources import count_rows, get, pin
from asha.core.errors import BadInput
from asha.data.catalog import catalog
from asha.data.catalog_file import corpus_named
from asha.data.coherence import faults_of
from asha.data.spec import Corpus
from asha.data.table import corpora_page

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]

data = typer.Typer(
    help="Corpora: list, show, check, get, count, pin, make, and the page of them all.",
    no_args_is_help=True,
)
data.command("get")(get)
data.command("count")(count_rows)
data.command("pin")(pin)
data.command("make")(make)


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
    entry = corpus_named(name)
    if as_json:
        typer.echo(entry.model_dump_json(indent=2))
        return
    typer.echo(_sheet(entry))


@data.command()
def check(as_json: AsJson = False) -> None:
    """Validate every file, offline, and say what may be trained on."""
    verdicts = {name: entry.refusal for name, entry in catalog().items()}
    faults = {name: found for name, entry in catalog().items() if (found := faults_of(entry))}
    if faults:
        told = "; ".join(f"{name}: {found[0]}" for name, found in faults.items())
        raise BadInput(f"{len(faults)} corpus files contradict themselves: {told}.")
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
