"""The lab, for the page: corpora of the registry, and runs of `asha eval` on this machine."""

import asyncio
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from fastapi import Path as InPath
from pydantic import BaseModel

from asha.core.errors import AshaError, NotFound
from asha.data.catalog import catalog
from asha.data.spec import Corpus, Split
from asha.evaluation.compare import compare
from asha.evaluation.run import METRICS, REPORT, RUN, read_json
from asha.server.desk import Desk

router = APIRouter(prefix="/v1/lab", tags=["lab"])
RunName = Annotated[str, InPath(max_length=200, description="a folder's name")]
MAX_RUNS = 200


class CorpusLanguage(BaseModel):
    """One language of a corpus; None where nobody has counted."""

    hours: float | None
    rows: dict[Split, int]


class CorpusRow(BaseModel):
    """A corpus as the page shows it. `refused_for` says why it may not be trained on."""

    name: str
    title: str
    homepage: str
    license: str
    gate: Literal["", "terms", "on request", "not found"]
    refused_for: str | None
    scored_only: bool
    commonly_trained_on: bool
    tasks: list[str]
    languages: dict[str, CorpusLanguage]
    note: str


class CorpusRows(BaseModel):
    """Every corpus, by name."""

    object: Literal["list"] = "list"
    data: list[CorpusRow]


class RunRow(BaseModel):
    """A run as a list shows it."""

    name: str
    suite: str
    title: str
    model: str
    started_at: str
    is_done: bool
    num_cases: int
    num_failed: int


class RunRows(BaseModel):
    """The newest first. `folder` is where `asha eval` writes them."""

    object: Literal["list"] = "list"
    folder: str
    data: list[RunRow]


class Figure(BaseModel):
    """A figure with its interval of 95 %."""

    value: float
    low: float
    high: float
    n: int


class PartFigures(BaseModel):
    """A part's figures by metric, then by language ("all": together)."""

    task: str
    figures: dict[str, dict[str, Figure]]


class MetricFacts(BaseModel):
    """How a metric is read."""

    title: str
    unit: Literal["%", "points", "ms", "x"]
    is_better_low: bool


class RunFigures(BaseModel):
    """Everything a run found."""

    run: RunRow
    parts: dict[str, PartFigures]
    metrics: dict[str, MetricFacts]
    left_out: dict[str, str]
    problems: list[str]
    has_report: bool


class ComparedRow(BaseModel):
    """One figure in two runs, over the cases that both have."""

    part: str
    language: str
    metric: str
    title: str
    unit: str
    a: float
    b: float
    low: float
    high: float
    p: float
    n: int
    verdict: Literal["better", "worse", "same"]


class Comparison(BaseModel):
    """Run B beside run A."""

    num_shared: int
    data: list[ComparedRow]


@router.get("/corpora")
async def list_corpora() -> CorpusRows:
    """Every corpus of the registry: languages, hours, licence, gate."""
    # The first call reads 87 files: not on the loop that carries everybody's sound.
    entries = await asyncio.to_thread(catalog)
    return CorpusRows(data=[_corpus(entry) for entry in entries.values()])


@router.get("/runs")
async def list_runs(desk: Desk) -> RunRows:
    """The runs of this machine's evaluation folder, newest first."""
    folder = desk.settings.runs_dir
    rows = await asyncio.to_thread(_runs, folder)
    return RunRows(folder=folder.name, data=rows)


@router.get("/runs/{name}")
async def get_run(name: RunName, desk: Desk) -> RunFigures:
    """One run's figures by part, metric and language."""
    folder = _folder(desk.settings.runs_dir, name)
    figures = await asyncio.to_thread(read_json, folder / METRICS)
    return RunFigures(
        run=_run(folder),
        parts=figures["parts"],
        metrics=figures["metrics"],
        left_out=figures["left_out"],
        problems=figures["problems"],
        has_report=(folder / REPORT).is_file(),
    )


@router.get("/compare/{a}/{b}")
async def compare_runs(a: RunName, b: RunName, desk: Desk) -> Comparison:
    """What changed from run A to run B, and whether chance explains it."""
    runs = desk.settings.runs_dir
    rows, num_shared = await asyncio.to_thread(compare, _folder(runs, a), _folder(runs, b))
    return Comparison(
        num_shared=num_shared,
        data=[
            ComparedRow(
                part=it.part,
                language=it.language,
                metric=it.metric.name,
                title=it.metric.title,
                unit=it.metric.unit,
                a=it.a,
                b=it.b,
                low=it.change.low,
                high=it.change.high,
                p=it.change.p,
                n=it.change.n,
                verdict=it.verdict,
            )
            for it in rows
        ],
    )


def _folder(runs: Path, name: str) -> Path:
    """The run's folder. Only names of what lies there: no path leads out of it."""
    if runs.is_dir():
        for folder in runs.iterdir():
            if folder.name == name and (folder / RUN).is_file():
                return folder
    raise NotFound(f"There is no run {name!r}; `asha eval` makes them.")


def _runs(runs: Path) -> list[RunRow]:
    found: list[RunRow] = []
    for folder in sorted(runs.iterdir()) if runs.is_dir() else ():
        try:
            found.append(_run(folder))
        except AshaError:  # a folder that is no run, or a broken one, hides no other
            continue
    return sorted(found, key=lambda row: row.started_at, reverse=True)[:MAX_RUNS]


def _run(folder: Path) -> RunRow:
    facts = read_json(folder / RUN)
    figures: dict[str, Any] = {}
    if (folder / METRICS).is_file():
        figures = read_json(folder / METRICS)
    return RunRow(
        name=folder.name,
        suite=facts.get("suite", {}).get("name", ""),
        title=facts.get("suite", {}).get("title", ""),
        model=str(facts.get("model", "")),
        started_at=str(facts.get("started_at", "")),
        is_done=bool(facts.get("is_done")),
        num_cases=int(figures.get("num_cases", 0)),
        num_failed=int(figures.get("num_failed", 0)),
    )


def _corpus(entry: Corpus) -> CorpusRow:
    gates: dict[str, Literal["on request", "not found"]] = {
        "unlocated": "not found",
        "on_request": "on request",
    }
    return CorpusRow(
        name=entry.name,
        title=entry.title,
        homepage=entry.homepage,
        license=entry.license,
        gate=gates.get(entry.source.kind, "terms" if entry.source.gated else ""),
        refused_for=entry.refused_for,
        scored_only=entry.scored_only,
        commonly_trained_on=entry.commonly_trained_on,
        tasks=list(entry.tasks),
        languages={
            tag: CorpusLanguage(hours=it.hours, rows=it.rows) for tag, it in entry.languages.items()
        },
        note=entry.note,
    )
