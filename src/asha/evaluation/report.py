"""report.html: a run for people. One file, no script, nothing fetched."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from importlib import resources
from typing import Any

from asha.evaluation.metrics.answer import is_call
from asha.evaluation.metrics.transcript import digits_in
from asha.evaluation.plots import bars, within
from asha.evaluation.prediction import Prediction
from asha.evaluation.scores import ALL, shown
from asha.speech.scoring import scored_text

NUM_WRONG = 8  # shown of each part
MAX_SHOWN_CHARS = 220
PLOTTED = 2  # metrics of a part that get a plot: the first ones that the suite names
NOT_PLOTTED = ("failed", "unparsable")


def report(run: Mapping[str, Any], figures: Mapping[str, Any], rows: Sequence[Prediction]) -> str:
    """The page of a run from run.json, metrics.json and its predictions."""
    style = resources.files("asha.evaluation").joinpath("report.css").read_text(encoding="utf-8")
    title = f"{figures['title']} · {run['model']}"
    sections = [
        _part(name, found, figures["metrics"], [row for row in rows if row.part == name])
        for name, found in figures["parts"].items()
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><main>"
        f"{_head(run, figures)}{''.join(sections)}{_gaps(figures)}</main></body></html>\n"
    )


def _head(run: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    machine = run.get("machine", {})
    load = machine.get("load")
    facts = [
        f"{figures['num_cases']:,} cases, {figures['num_failed']:,} failed",
        f"weights {run['weights'][:8]}" if run.get("weights") else "",
        _when(run),
        f"{machine.get('num_cores')} cores, load {load:.1f} at the start" if load else "",
        f"${figures['usd']:.4f}" if figures["usd"] else "",
    ]
    told = " · ".join(escape(it) for it in facts if it)
    note = run.get("suite", {}).get("note", "")
    return (
        f"<header><h1>{escape(figures['title'])}</h1><p><strong>{escape(run['model'])}</strong></p>"
        f'<p class="soft">{told}. Intervals are of 95 %, by resampling the cases.</p>'
        + (f'<p class="soft">{escape(note)}</p>' if note else "")
        + "</header>"
    )


def _when(run: Mapping[str, Any]) -> str:
    """When it began, and how long it took where it was not broken off."""
    began = datetime.fromisoformat(run["started_at"])
    told = f"begun {began:%Y-%m-%d %H:%M} UTC"
    if not run.get("finished_at"):
        return told
    took_s = (datetime.fromisoformat(run["finished_at"]) - began).total_seconds()
    return f"{told}, finished {took_s / 60:,.1f} minutes later"


def _part(
    name: str, found: Mapping[str, Any], metrics: Mapping[str, Any], rows: Sequence[Prediction]
) -> str:
    figures = {it: by_tag for it, by_tag in found["figures"].items() if _tells(it, by_tag)}
    plotted = [it for it in figures if it not in NOT_PLOTTED and "first" not in it]
    plots = "".join(_plot(it, figures[it], metrics[it]) for it in plotted[:PLOTTED])
    return (
        f"<section><h2>{escape(name)}</h2>{_table(figures, metrics)}{plots}"
        f"{_times(rows)}{_wrong(rows)}</section>"
    )


def _tells(name: str, by_tag: Mapping[str, Any]) -> bool:
    """A column of zeros tells nothing: failures are shown where there are some."""
    return name != "failed" or any(it["value"] for it in by_tag.values())


def _table(figures: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """A row for each language, a column for each metric."""
    tags = list(dict.fromkeys(tag for by_tag in figures.values() for tag in by_tag))
    head = "".join(f'<th scope="col">{escape(metrics[it]["title"])}</th>' for it in figures)
    lines = []
    for tag in tags:
        cells = "".join(
            _cell(by_tag.get(tag), metrics[name]["unit"]) for name, by_tag in figures.items()
        )
        label = "all together" if tag == ALL else tag
        lines.append(f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>')
    return (
        f'<div class="wide"><table><thead><tr><th scope="col">language</th>{head}</tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table></div>"
    )


def _cell(it: Mapping[str, Any] | None, unit: str) -> str:
    if it is None:
        return "<td>–</td>"
    span = f"{shown(it['low'], unit)} to {shown(it['high'], unit)}, n {it['n']}"
    return f"<td>{shown(it['value'], unit)}<small>{span}</small></td>"


def _plot(name: str, by_tag: Mapping[str, Any], metric: Mapping[str, Any]) -> str:
    unit = metric["unit"]
    rows = [
        ("all" if tag == ALL else tag, it["value"], it["low"], it["high"], shown(it["value"], unit))
        for tag, it in by_tag.items()
    ]
    direction = "less is better" if metric["is_better_low"] else "more is better"
    title = f"{metric['title']}: {direction}"
    plot = bars(rows, title=title)
    return f"<figure>{plot}<figcaption>{escape(title)} ({escape(name)})</figcaption></figure>"


def _times(rows: Sequence[Prediction]) -> str:
    tags = list(dict.fromkeys(row.language for row in rows))
    series = [
        (tag, [row.first_ms for row in rows if row.language == tag and row.first_ms is not None])
        for tag in tags
    ]
    series = [(tag, values) for tag, values in series if len(values) > 1]
    if not series:
        return ""
    title = "Share of answers that had begun after so many ms"
    return f"<figure>{within(series, title=title)}<figcaption>{title}</figcaption></figure>"


def _wrong(rows: Sequence[Prediction]) -> str:
    wrong = [row for row in rows if _is_wrong(row)]
    if not wrong:
        return ""
    lines = "".join(
        f"<tr><td>{escape(row.language)}</td><td>{_short(row.question)}</td>"
        f"<td>{_short(_wanted(row))}</td><td>{_short(_given(row))}</td></tr>"
        for row in wrong[:: max(1, len(wrong) // NUM_WRONG)][:NUM_WRONG]
    )
    return (
        f'<h3>Not as expected: {len(wrong)} of {len(rows)}, some of them</h3><div class="wide">'
        f'<table class="wrong"><thead><tr><th>language</th><th>asked</th><th>expected</th>'
        f"<th>came</th></tr></thead><tbody>{lines}</tbody></table></div>"
    )


def _is_wrong(row: Prediction) -> bool:
    if row.error:
        return True
    if row.task == "talk":
        return not row.facts.get("held", 1.0)
    if _wants_call(row):
        return not is_call(row.reference, row.calls[-1] if row.calls else None)
    if row.verdicts:
        return any(it is None or it <= 0 for it in row.verdicts.values())
    if not row.reference or row.choices:
        return False
    if row.reference.isdecimal() and row.task == "transcribe":
        return "".join(digits_in(row.text, row.language)) != row.reference
    return scored_text(row.text) != scored_text(row.reference)


def _wanted(row: Prediction) -> str:
    return _call(json.loads(row.reference)) if _wants_call(row) else row.reference


def _wants_call(row: Prediction) -> bool:
    return row.reference.startswith('{"name"')


def _call(call: Mapping[str, Any]) -> str:
    return f"{call['name']} {json.dumps(call['arguments'], ensure_ascii=False)}"


def _given(row: Prediction) -> str:
    if row.error:
        return row.error
    if row.facts and row.task == "talk":
        return ", ".join(f"{name} {value:g}" for name, value in row.facts.items())
    calls = " ".join(map(_call, row.calls))
    return calls or row.text or "(nothing)"


def _short(text: str) -> str:
    return escape(text if len(text) <= MAX_SHOWN_CHARS else text[:MAX_SHOWN_CHARS] + " …")


def _gaps(figures: Mapping[str, Any]) -> str:
    """What was left out, and rows that could not be used."""
    told = [f"{where}: {why}" for where, why in figures["left_out"].items()]
    told += figures["problems"]
    if not told:
        return ""
    items = "".join(f"<li>{escape(it)}</li>" for it in told)
    return f"<section><h2>Left out</h2><ul>{items}</ul></section>"
