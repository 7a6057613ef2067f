"""A run: a folder with run.json, predictions.jsonl, metrics.json and report.html.

Predictions are appended one line at a time, so a run that was killed goes on where it stopped; all
other files are written beside and put in place whole.
"""

import asyncio
import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from asha.core.errors import BadInput, Conflict, NotFound
from asha.data.fetch import NotFetched
from asha.evaluation.case import Case
from asha.evaluation.judge import BudgetReached, Judge
from asha.evaluation.metrics import JUDGE
from asha.evaluation.prediction import Prediction, from_line
from asha.evaluation.source import Sources
from asha.evaluation.subject import Subject, predict
from asha.evaluation.suite import Suite

RUN, PREDICTIONS, METRICS, REPORT = "run.json", "predictions.jsonl", "metrics.json", "report.html"
TELL_EVERY_S = 15.0
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is run: a suite, a subject, and how much of it."""

    suite: Suite
    model: str  # as the user named it
    languages: tuple[str, ...] = ()  # of the suite's; empty: all
    rows: int = 0  # of each part and language, at most; 0: all
    jobs: int = 1
    judge: str = ""  # the model that judges
    weights: str = ""  # SHA-256 of a local model's files: other weights, another run

    def identity(self) -> dict[str, Any]:
        """What makes two runs the same run."""
        fields = asdict(_portable(self))
        written = json.dumps(fields, sort_keys=True, ensure_ascii=False)
        return {**fields, "fingerprint": hashlib.sha256(written.encode()).hexdigest()[:16]}


def _portable(plan: Plan) -> Plan:
    """The plan with its suite as plain fields; folders of this machine are left out."""
    parts = [
        {**part.model_dump(mode="json"), "folder": Path(part.folder).name, "words": ""}
        for part in plan.suite.parts
    ]
    fields = {**plan.suite.model_dump(mode="json"), "parts": parts}
    return replace(plan, suite=fields, jobs=0)  # type: ignore[arg-type]


@dataclass(slots=True)
class RunFolder:
    """One run on disk."""

    folder: Path
    done: dict[str, Prediction] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)  # part/language -> why

    def add(self, row: Prediction) -> None:
        """Append a prediction; it is on the disk when this returns."""
        try:
            with (self.folder / PREDICTIONS).open("a", encoding="utf-8") as file:
                file.write(row.line() + "\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as full:
            raise BadInput(
                f"{self.folder} cannot be written ({full.strerror}); make room and run the same "
                "command again: it goes on where it stopped."
            ) from full
        self.done[row.id] = row

    def write(self, name: str, text: str) -> None:
        """A whole file, or none."""
        fresh = self.folder / f".{name}.{os.getpid()}"
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self.folder / name)
        except OSError as full:
            fresh.unlink(missing_ok=True)
            raise BadInput(
                f"{self.folder} cannot be written ({full.strerror}); make room and try again."
            ) from full


def open_run(folder: Path, plan: Plan) -> RunFolder:
    """A fresh run in `folder`, or the one that was begun there.

    Raises:
        Conflict: another run lives there.
    """
    path, wanted = folder / RUN, plan.identity()
    held = read_json(path) if path.exists() else {}
    is_same = held.get("fingerprint") == wanted["fingerprint"]
    # A run in which nothing was asked, as its suite was wrong, is in nobody's way.
    if held and (is_same or (folder / PREDICTIONS).exists()):
        if not is_same:
            raise Conflict(
                f"{folder} holds another run ({held.get('suite', {}).get('name')} by "
                f"{held.get('model')}, its suite, options or weights being others); give --out "
                "another folder."
            )
        return RunFolder(folder, done=read_predictions(folder, mends=True))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refused:
        raise BadInput(f"{folder} cannot be made: {refused.strerror}.") from refused
    run = RunFolder(folder)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {"started_at": started, "machine": machine(), "is_done": False}
    run.write(RUN, json.dumps({**wanted, **facts}, ensure_ascii=False, indent=1) + "\n")
    return run


def machine() -> dict[str, Any]:
    """Where it runs, for whoever compares times."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"cpu": platform.machine(), "num_cores": os.cpu_count(), "load": load}


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object of a run.

    Raises:
        NotFound: there is none. BadInput: it is broken.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise NotFound(f"{path.parent} is no run: it has no {path.name}.") from missing
    except (OSError, ValueError) as broken:
        raise BadInput(f"{path} is broken; run the evaluation again.") from broken
    return found


def read_predictions(folder: Path, *, mends: bool = False) -> dict[str, Prediction]:
    """All predictions of a run by id. A torn last line, of a run that was killed, is dropped.

    With `mends` it is also cut off the file, so that the next line begins on its own.

    Raises:
        BadInput: a line in the middle is none.
    """
    path = folder / PREDICTIONS
    if not path.exists():
        return {}
    lines = path.read_bytes().split(b"\n")
    found: dict[str, Prediction] = {}
    for number, line in enumerate(lines[:-1], start=1):
        try:
            row = from_line(line.decode())
        except ValueError as broken:
            raise BadInput(f"{path}, line {number} is broken; remove the line.") from broken
        found[row.id] = row
    if lines[-1] and mends:
        with path.open("r+b") as file:
            file.truncate(path.stat().st_size - len(lines[-1]))
    return found


async def run_suite(
    plan: Plan, subject: Subject, sources: Sources, run: RunFolder, *, tell: Progress
) -> None:
    """Ask whatever has not been asked. What cannot be asked at all is left out, with the reason.

    Raises:
        BadInput: nothing of the suite can be asked.
        ProviderRefused: a key, quota or plan.
    """
    asked = False
    for part in plan.suite.parts:
        for tag in [it for it in part.languages if not plan.languages or it in plan.languages]:
            where = f"{part.name}/{tag}"
            reason = subject.refusal(part.task, has_sound=True)
            try:
                todo = [] if reason else _todo(sources.cases(part, tag, rows=plan.rows), run)
                asking = _Asking(subject, run, where, tell)
                num_asked = await asking.all(todo, plan.jobs)
            except NotFetched as missing:
                reason, num_asked = missing.message, 0
            if reason:
                run.left_out[where] = reason
                tell(f"{where}: left out. {reason}")
                continue
            asked = True
            tell(f"{where}: {num_asked} asked, {_num_of(run, where)} in all")
    if not asked:
        reasons = list(dict.fromkeys(run.left_out.values()))
        raise BadInput(" ".join(reasons) or "None of these languages is in the suite.")


def finish(run: RunFolder) -> None:
    """Say in run.json that all is there."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    facts = {**read_json(run.folder / RUN), "is_done": True, "finished_at": now}
    run.write(RUN, json.dumps(facts, ensure_ascii=False, indent=1) + "\n")


def _num_of(run: RunFolder, where: str) -> int:
    return sum(row_id.startswith(f"{where}/") for row_id in run.done)


def _todo(cases: Iterable[Case], run: RunFolder) -> Iterable[Case]:
    return (case for case in cases if case.id not in run.done)


@dataclass(slots=True)
class _Asking:
    """One part in one language; says now and then how far it is."""

    subject: Subject
    run: RunFolder
    where: str
    tell: Progress
    count: int = 0
    told_s: float = field(default_factory=time.monotonic)

    async def all(self, todo: Iterable[Case], jobs: int) -> int:
        """At most `jobs` at once; the file's order is that of the answers."""
        cases = iter(todo)
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(max(1, jobs)):
                    tasks.create_task(self._work(cases))
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        return self.count

    async def _work(self, cases: Iterator[Case]) -> None:
        for case in cases:
            self.run.add(await predict(self.subject, case))
            self.count += 1
            if time.monotonic() - self.told_s > TELL_EVERY_S:
                self.told_s = time.monotonic()
                self.tell(f"{self.where}: {self.count} asked so far")


async def judge_run(plan: Plan, judge: Judge | None, run: RunFolder, *, tell: Progress) -> None:
    """Give every prediction the verdicts that its part asks for, and write them down."""
    wanted = {
        part.name: [it.removeprefix(JUDGE) for it in part.metrics if it.startswith(JUDGE)]
        for part in plan.suite.parts
    }
    waiting = [
        (row, name)
        for row in run.done.values()
        for name in wanted.get(row.part, ())
        if name not in row.verdicts and not row.error
    ]
    if not waiting:
        return
    if judge is None:
        run.left_out["judge"] = f"{len(waiting)} answers wait for a judge: give --judge MODEL."
        tell(run.left_out["judge"])
        return
    num_judged = 0
    try:
        for row, name in waiting:
            verdicts = {**run.done[row.id].verdicts, name: await judge.verdict(row, name)}
            run.done[row.id] = replace(run.done[row.id], verdicts=verdicts)
            num_judged += 1
    except BudgetReached as spent:
        run.left_out["judge"] = f"{len(waiting) - num_judged} answers are unjudged. {spent.message}"
        tell(run.left_out["judge"])
    finally:
        lines = "".join(row.line() + "\n" for row in run.done.values())
        run.write(PREDICTIONS, lines)
    tell(f"judge: {num_judged} answers, {judge.num_remembered} remembered, ${judge.usd:.4f}")
