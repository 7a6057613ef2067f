"""asha data: the registry of corpora."""

import json
from typing import Annotated

import typer

from asha.data.catalog import catalog, corpus
from asha.data.spec import Corpus

AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable.")]

data = typer.Typer(help="Corpora: list, show, check.", no_args_is_help=True)


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
        f"  {tag:<9} {table.subset or '-'} {table.note}" for tag, table in entry.languages.items()
    ]
    return "\n".join([*lines, *([f"  {entry.note}"] if entry.note else [])])
