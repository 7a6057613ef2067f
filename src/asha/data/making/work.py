"""The work itself: rows go through the steps, some at a time, in their order.

Everything that was paid for or took long is kept by what it follows from, so a run that was killed
or stopped is simply run again: what is there is not asked for a second time.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from asha.core.errors import BadText, ProviderError, ProviderRefused
from asha.data.making.cache import Cache
from asha.data.making.item import Bench, Item, Ports
from asha.data.making.ledger import BudgetSpent, Ledger
from asha.data.making.recipe import Cut, Deduplicate, Hear, Recipe, Speak, Write
from asha.data.making.result import Made
from asha.data.making.shaping import Crowd, Seen, cut, disturbed
from asha.data.making.speaking import hear, speak, write
from asha.data.problem import Fault, Problem

MAKING = ".making"  # in the recipe's folder: the cache and the ledger
OnBatch = Callable[["Report"], None]


@dataclass(slots=True)
class Report:
    """How far the work is."""

    num_rows: int = 0  # whole ones, as they will be written
    num_read: int = 0  # rows of the source that were looked at
    num_left: int = 0  # rows of the source that the budget did not reach
    spent_usd: float = 0.0  # in all runs of the recipe
    spent_now_usd: float = 0.0
    num_calls: int = 0  # this run; what was kept is no call
    stopped: str = ""  # the sentence of the budget, where it stopped the work
    corpus_file: Path | None = None
    faults: dict[Fault, list[Problem]] = field(default_factory=dict)

    def add(self, problem: Problem) -> None:
        """Count a row that cannot be used."""
        self.faults.setdefault(problem.fault, []).append(problem)


async def make(
    recipe: Recipe, rows: Iterator[Item | Problem], ports: Ports, *, told: OnBatch | None = None
) -> Report:
    """Make what the recipe says into its folder.

    When the next call could exceed the budget, the work stops; what is whole is written.

    Raises:
        ProviderRefused: a key or plan; a person has to act. What is made is kept.
        BadInput: the recipe asks for what is not there, or the disk is full.
    """
    folder = Path(recipe.folder)
    ledger = Ledger(recipe.budget_usd, folder / MAKING / "spent.json")
    bench = Bench(ports, Cache(folder / MAKING / "cache"), ledger, recipe.seed)
    line = _Line(recipe, bench)
    made, report = Made(recipe, folder), Report()
    while batch := list(islice(rows, recipe.at_once)):
        for problem in (it for it in batch if isinstance(it, Problem)):
            report.add(problem)
        items = [it for it in batch if isinstance(it, Item)]
        report.num_read += len(batch)
        for item in await line.through(items, report):
            made.add(item)
        report.num_rows = made.num_rows
        report.num_calls, report.spent_usd = ledger.num_calls, ledger.spent_usd
        report.spent_now_usd = ledger.spent_usd - ledger.spent_before_usd
        if told:
            told(report)
        if report.stopped:
            report.num_left += sum(1 for _ in rows)
            break
    if made.num_rows:
        report.corpus_file = made.finish()
    return report


class _Line:
    """The steps, with what some of them remember from row to row."""

    def __init__(self, recipe: Recipe, bench: Bench) -> None:
        self._steps = recipe.steps
        self._bench = bench
        self._seen = {
            number: Seen(step)
            for number, step in enumerate(recipe.steps)
            if isinstance(step, Deduplicate)
        }
        self._crowd = Crowd()

    async def through(self, items: Sequence[Item], report: Report) -> list[Item]:
        """What becomes of these rows; those that fail are counted in the report."""
        going = list(items)
        for number, step in enumerate(self._steps):
            if isinstance(step, Speak | Write | Hear):
                going = await self._asked(going, step, number, report)
            elif isinstance(step, Deduplicate):
                going = self._new_ones(going, number, report)
            elif isinstance(step, Cut):
                going = [piece for item in going for piece in cut(item, step)]
            else:
                self._crowd.join(going)
                crowd = list(self._crowd.clips)
                going = [
                    it for item in going for it in disturbed(item, step, number, self._bench, crowd)
                ]
        return [item for item in going if _is_whole(item, report)]

    async def _asked(
        self, items: list[Item], step: Speak | Write | Hear, number: int, report: Report
    ) -> list[Item]:
        calls = [_call(item, step, number, self._bench) for item in items]
        # Not a task group: one failure must not cut the others off, they are paid for.
        results = await asyncio.gather(*calls, return_exceptions=True)
        good = [it for it in results if isinstance(it, Item)]
        failures = [it for it in results if isinstance(it, BaseException)]
        for item, result in zip(items, results, strict=True):
            if isinstance(result, BudgetSpent):
                report.stopped = report.stopped or result.message
                report.num_left += 1
            elif isinstance(result, ProviderRefused):
                raise result
            elif isinstance(result, ProviderError | BadText):
                report.add(Problem("not made", item.name, result.message))
            elif isinstance(result, BaseException):
                raise result
        if failures and not good and not report.stopped and isinstance(failures[0], ProviderError):
            raise failures[0]  # all of them: it will not get better by going on
        return good

    def _new_ones(self, items: list[Item], number: int, report: Report) -> list[Item]:
        kept = []
        for item in items:
            earlier = self._seen[number].before(item)
            if earlier is None:
                kept.append(item)
            else:
                report.add(Problem("twice", item.name, f"{earlier} says the same"))
        return kept


def _call(
    item: Item, step: Speak | Write | Hear, number: int, bench: Bench
) -> Coroutine[Any, Any, Item]:
    if isinstance(step, Speak):
        return speak(item, step, number, bench)
    if isinstance(step, Write):
        return write(item, step, number, bench)
    return hear(item, step, number, bench)


def _is_whole(item: Item, report: Report) -> bool:
    """Whether a row can be learnt from: sound and text."""
    if item.sound is None:
        report.add(Problem("text without sound", item.name, "no step gave it a sound"))
        return False
    if not item.text:
        why = 'its text is empty: put a step do = "hear" behind the split'
        report.add(Problem("sound without text", item.name, why))
        return False
    return True
