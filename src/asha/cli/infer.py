"""asha infer: what a model answers to recordings, a folder of them, or a corpus."""

import asyncio
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from asha.core.errors import BadInput, BadSound

if TYPE_CHECKING:
    from asha.data.sample import Sample
    from asha.evaluation.inference import Answer, Asking

CORPUS_FILE = ".toml"
SUFFIXES = {".wav", ".flac", ".ogg", ".opus", ".mp3"}


def infer(
    what: Annotated[
        list[str], typer.Argument(help="Recordings, folders of them, or a corpus (or its file).")
    ],
    model: Annotated[
        str, typer.Option(help="nano, a folder or hub id, http://HOST/v1#MODEL, llm:NAME.")
    ] = "nano",
    prompt: Annotated[str, typer.Option(help="Written beside the sound.")] = "",
    system: Annotated[str, typer.Option(help="The system message.")] = "",
    language: Annotated[
        str,
        typer.Option(help="auto, or the language to answer in; of a corpus only that is asked."),
    ] = "auto",
    batch: Annotated[int, typer.Option(help="So many at once; checkpoints only.")] = 1,
    history: Annotated[
        bool, typer.Option("--history", help="The recordings are one conversation, in order.")
    ] = False,
    rows: Annotated[int, typer.Option(help="At most so many.")] = 0,
    max_tokens: Annotated[int, typer.Option(help="The longest answer.")] = 400,
    temperature: Annotated[float, typer.Option(help="0: the likeliest answer.")] = 0.0,
    top_p: Annotated[float, typer.Option(help="Of the likeliest tokens that make up so much.")] = 1,
    seed: Annotated[int | None, typer.Option(help="The same answer again, above 0.")] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda ...; checkpoints only.")] = None,
    dtype: Annotated[str | None, typer.Option(help="float32, bfloat16; checkpoints only.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write JSON lines into a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Answer recordings: streaming, in batches, or as one conversation."""
    from asha.evaluation.inference import Asking

    if batch < 1 or rows < 0 or max_tokens < 1 or temperature < 0 or not 0 < top_p <= 1:
        raise BadInput(
            "--batch and --max-tokens must be 1 or more, --rows and --temperature 0 or more, "
            "--top-p above 0 and at most 1."
        )
    if history and batch > 1:
        raise BadInput("A conversation goes turn by turn; give --history or --batch, not both.")
    asking = Asking(prompt, system, language, max_tokens, temperature, top_p, seed)
    found = islice(_samples(what, language), rows or None)
    show = _Shown(out.open("w", encoding="utf-8") if out else None, as_json=as_json)
    try:
        if batch > 1:
            _in_batches(model, found, asking, batch, (device, dtype), show)
        else:
            asyncio.run(_one_by_one(model, found, asking, show, (device, dtype), history=history))
    finally:
        show.close()


class _Shown:
    """Where the answers go: lines for people, JSON lines, a file."""

    def __init__(self, file: TextIO | None, *, as_json: bool) -> None:
        self._file, self._as_json = file, as_json
        self.is_live = file is None and not as_json

    def answer(self, answer: "Answer") -> None:
        """One whole answer."""
        line = json.dumps(asdict(answer), ensure_ascii=False)
        if self._file:
            self._file.write(line + "\n")
            self._file.flush()
        elif self._as_json:
            typer.echo(line)
        else:
            calls = " ".join(f"{name} {given}" for name, given in answer.calls)
            typer.echo(f"{answer.name}\t{answer.error or answer.text or calls or '(nothing)'}")

    def piece(self, text: str) -> None:
        """A piece of an answer that is being made."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()


def _samples(what: list[str], tag: str) -> Iterator["Sample"]:
    """Recordings by path; else what a corpus or a folder with text holds.

    Raises:
        BadSound: there is no such recording.
    """
    from asha.data.sample import Sample

    for name in what:
        path = Path(name)
        if path.is_file() and path.suffix != CORPUS_FILE:
            yield Sample(name, path, "", "und")
        elif path.is_dir():
            files = sorted(it for it in path.rglob("*") if it.suffix.lower() in SUFFIXES)
            if not files:
                raise BadSound(f"{path} holds no recordings ({', '.join(sorted(SUFFIXES))}).")
            yield from (Sample(str(it), it, "", "und") for it in files)
        else:
            yield from _of_corpus(name, tag)


def _of_corpus(name: str, tag: str) -> Iterator["Sample"]:
    """All of a corpus, or one of its languages: from the shelf, or streamed from where it lies."""
    from asha.core.settings import Settings
    from asha.data.catalog import catalog
    from asha.data.catalog_file import corpus_named
    from asha.data.problem import Tally
    from asha.data.source import read
    from asha.data.sources.part import parts_of, shelf_of

    if name not in catalog() and Path(name).suffix not in ("", CORPUS_FILE):
        raise BadSound(f"There is no {name}; give a sound file, a folder of them, or a corpus.")
    entry = corpus_named(name)
    for part in parts_of(entry, [tag] if tag in entry.languages else []):
        tally = Tally()
        yield from tally.good(read(part, shelf_of(Settings())))
        for sentence in tally.sentences():
            typer.echo(f"{part}: left out {sentence}", err=True)


async def _one_by_one(
    model: str,
    samples: Iterator["Sample"],
    asking: "Asking",
    show: _Shown,
    where: tuple[str | None, str | None],
    *,
    history: bool,
) -> None:
    from asha.cli.subjects import opened
    from asha.evaluation.inference import answered, conversed

    async with opened(model, device=where[0], dtype=where[1]) as subject:
        if subject.model is None:
            raise BadInput(f"{model} is no language model.", param="model")
        if history:
            async for answer in conversed(subject.model, list(samples), asking):
                show.answer(answer)
            return
        for sample in samples:
            if show.is_live:
                await _live(subject.model, sample, asking, show)
            else:
                show.answer(await answered(subject.model, sample, asking))


async def _live(model: object, sample: "Sample", asking: "Asking", show: _Shown) -> None:
    """The answer on the screen while it is made."""
    from asha.core.errors import AshaError
    from asha.core.message import ToolCall
    from asha.evaluation.inference import streamed

    show.piece(f"{sample.name}\t")
    try:
        async for piece in streamed(model, sample, asking):  # type: ignore[arg-type]
            if isinstance(piece, ToolCall):
                piece = f"{piece.name} {piece.arguments}"
            show.piece(piece)
    except AshaError as failure:
        show.piece(failure.message)
    show.piece("\n")


def _in_batches(
    model: str,
    samples: Iterator["Sample"],
    asking: "Asking",
    size: int,
    where: tuple[str | None, str | None],
    show: _Shown,
) -> None:
    from asha.cli.subjects import checkpoint
    from asha.evaluation.inference import batched

    loaded = checkpoint(model, device=where[0], dtype=where[1])
    for answer in batched(loaded, samples, asking, size=size):
        show.answer(answer)
