"""asha eval SUITE.toml: score anything; asha eval compare RUN RUN: what changed between two."""

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from asha.core.errors import BadInput

if TYPE_CHECKING:
    from asha.evaluation.compare import Compared
    from asha.evaluation.run import Plan, RunFolder
    from asha.evaluation.source import Sources

RUNS = Path("out/evals")
COMPARE = "compare"


def evaluate(
    what: Annotated[list[str], typer.Argument(help="A suite's file; or: compare RUN RUN.")],
    model: Annotated[
        str,
        typer.Option(
            help="nano, a folder or hub id, http://HOST/v1#MODEL, llm:NAME, ears:NAME, voice:NAME."
        ),
    ] = "nano",
    languages: Annotated[str, typer.Option(help="Tracks, e.g. hi,ta; all by default.")] = "",
    rows: Annotated[int, typer.Option(help="At most so many of each part and language.")] = 0,
    data: Annotated[
        Path | None, typer.Option(help="Copies of corpora: DATA/CORPUS/LANGUAGE/SPLIT.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The run's folder; it goes on there.")] = None,
    ears: Annotated[str, typer.Option(help="Who hears what a voice says: nano, ears:NAME.")] = "",
    judge: Annotated[str, typer.Option(help="Who judges: llm:openai, http://HOST/v1#MODEL.")] = "",
    judge_budget: Annotated[float, typer.Option(help="USD for the judge, at most.")] = 1.0,
    judge_cache: Annotated[Path, typer.Option(help="Where verdicts are kept.")] = Path(
        "out/verdicts"
    ),
    jobs: Annotated[int, typer.Option(help="So many questions at once.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
) -> None:
    """Score a model, ears or a voice on a suite; or compare two runs."""
    if what[0] == COMPARE:
        _compare([Path(it) for it in what[1:]], as_json=as_json)
        return
    if len(what) > 1:
        raise BadInput(f"Give one suite, not {' and '.join(what)}; or: asha eval compare A B.")
    from asha.cli.subjects import weights_of
    from asha.evaluation.run import Plan, open_run
    from asha.evaluation.source import Sources
    from asha.evaluation.suite import load_suite

    if jobs < 1 or rows < 0 or judge_budget < 0:
        raise BadInput("--jobs must be 1 or more, --rows and --judge-budget 0 or more.")
    suite = load_suite(Path(what[0]))
    wanted = _languages(languages, [tag for part in suite.parts for tag in part.languages])
    plan = Plan(suite, model, wanted, rows, jobs, judge, weights_of(model))
    folder = out or RUNS / _folder_name(suite.name, model, plan.weights)
    run = open_run(folder, plan)
    sources = Sources(data=data)
    money = (judge_budget, judge_cache)
    try:
        asyncio.run(_scored(plan, run, sources, ears=ears, money=money))
    finally:
        sources.close()
    _told(plan, run, sources, as_json=as_json)


def _languages(given: str, known: list[str]) -> tuple[str, ...]:
    wanted = tuple(tag.strip() for tag in given.split(",") if tag.strip())
    if unknown := [tag for tag in wanted if tag not in known]:
        there = ", ".join(dict.fromkeys(known))
        raise BadInput(f"The suite has no {unknown[0]!r}; it has {there}.", param="languages")
    return wanted


def _folder_name(suite: str, model: str, weights: str) -> str:
    """A folder for each suite, model and its weights, so that one command can be given again."""
    plain = "".join(char if char.isalnum() or char in "-_" else "-" for char in model)
    return ".".join(filter(None, (suite, plain.strip("-")[-60:], weights[:8])))


async def _scored(
    plan: "Plan", run: "RunFolder", sources: "Sources", *, ears: str, money: tuple[float, Path]
) -> None:
    from asha.cli.subjects import opened
    from asha.evaluation.judge import Judge
    from asha.evaluation.run import judge_run, run_suite

    def tell(sentence: str) -> None:
        typer.echo(sentence, err=True)

    async with opened(plan.model, ears=ears) as subject:
        await run_suite(plan, subject, sources, run, tell=tell)
    if not plan.judge:
        await judge_run(plan, None, run, tell=tell)
        return
    async with opened(plan.judge) as wise:
        if wise.model is None:
            raise BadInput(f"{plan.judge} is no language model; it cannot judge.", param="judge")
        budget_usd, folder = money
        judge = Judge(wise.model, folder, price=wise.price, budget_usd=budget_usd)
        await judge_run(plan, judge, run, tell=tell)


def _told(plan: "Plan", run: "RunFolder", sources: "Sources", *, as_json: bool) -> None:
    """Write figures and report, and say them."""
    from asha.evaluation.report import report
    from asha.evaluation.run import METRICS, REPORT, RUN, finish, read_json
    from asha.evaluation.scores import scores, shown

    figures = scores(plan.suite, run, problems=sources.problems())
    written = json.dumps(figures, ensure_ascii=False, indent=1) + "\n"
    run.write(METRICS, written)
    finish(run)
    run.write(REPORT, report(read_json(run.folder / RUN), figures, list(run.done.values())))
    if as_json:
        typer.echo(written, nl=False)
        return
    for part, found in figures["parts"].items():
        for name, by_tag in found["figures"].items():
            unit = figures["metrics"][name]["unit"]
            cells = ", ".join(f"{tag} {shown(it['value'], unit)}" for tag, it in by_tag.items())
            typer.echo(f"{part:14} {name:16} {cells}")
    for problem in figures["problems"]:
        typer.echo(f"not used: {problem}")
    typer.echo(f"{figures['num_cases']} cases, {figures['num_failed']} failed -> {run.folder}")


def _compare(folders: list[Path], *, as_json: bool) -> None:
    from dataclasses import asdict

    from asha.evaluation.compare import compare

    if len(folders) != 2:
        raise BadInput("Give two runs: asha eval compare RUN RUN.")
    rows, num_shared = compare(*folders)
    if as_json:
        told = [
            {"part": it.part, "language": it.language, "metric": it.metric.name}
            | {"a": it.a, "b": it.b, "verdict": it.verdict, **asdict(it.change)}
            for it in rows
        ]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for it in rows:
        typer.echo(_line(it))
    typer.echo(f"{num_shared} cases in both; the interval is of 95 %.")


def _line(it: "Compared") -> str:
    from asha.evaluation.scores import shown as written

    unit = it.metric.unit
    change = f"{written(it.change.low, unit)} to {written(it.change.high, unit)}"
    return (
        f"{it.part:14} {it.language:8} {it.metric.name:16} {written(it.a, unit)} -> "
        f"{written(it.b, unit)}  ({change}, p {it.change.p:.3f}) {it.verdict}"
    )
