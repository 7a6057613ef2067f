"""Money: what a recipe has cost in all its runs, and that it never costs more than its budget."""

import json
from dataclasses import dataclass, field
from pathlib import Path

from asha.core.errors import AshaError
from asha.core.ports import Usage
from asha.data.making.recipe import Priced


class BudgetSpent(AshaError):
    """The next call could cost more than is left."""

    code = "budget_spent"


@dataclass(frozen=True, slots=True)
class Prices:
    """USD per unit of what a paid part is paid by; all 0: it is free."""

    token_in: float = 0.0
    token_out: float = 0.0
    character: float = 0.0
    second: float = 0.0

    def with_own(self, own: Priced) -> "Prices":
        """The recipe's prices, where it names some."""
        return Prices(
            _per(own.usd_per_million_in, 1e6, self.token_in),
            _per(own.usd_per_million_out, 1e6, self.token_out),
            _per(own.usd_per_1000_characters, 1e3, self.character),
            _per(own.usd_per_hour, 3_600, self.second),
        )

    def of_usage(self, usage: Usage) -> float:
        """What a reply cost; cached tokens are counted as fresh ones, so never too little."""
        return usage.num_tokens_in * self.token_in + usage.num_tokens_out * self.token_out


@dataclass(slots=True)
class Ledger:
    """Reserve before a call what it could cost at most, settle what it did cost after it.

    A call that was cut off is settled at its most: nobody knows better.
    """

    budget_usd: float
    file: Path
    spent_usd: float = 0.0
    reserved_usd: float = 0.0
    num_calls: int = 0
    spent_before_usd: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        if self.file.exists():
            self.spent_usd = float(json.loads(self.file.read_text())["usd"])
        self.spent_before_usd = self.spent_usd

    @property
    def left_usd(self) -> float:
        """What neither was spent nor is reserved."""
        return self.budget_usd - self.spent_usd - self.reserved_usd

    def reserve(self, most_usd: float) -> None:
        """Set aside the most that a call can cost; a free one costs nothing.

        Raises:
            BudgetSpent: it is more than is left.
        """
        if most_usd > 0 and most_usd > self.left_usd + 1e-12:
            raise BudgetSpent(
                f"The next call may cost ${most_usd:.6f} and ${max(0.0, self.left_usd):.6f} of "
                f"${self.budget_usd:g} is left; raise `budget_usd` and run the same command again."
            )
        self.reserved_usd += most_usd

    def settle(self, most_usd: float, cost_usd: float) -> None:
        """Give back what was set aside, and write down what the call did cost."""
        self.reserved_usd -= most_usd
        self.num_calls += 1
        if cost_usd:
            self.spent_usd += cost_usd
            self.file.parent.mkdir(parents=True, exist_ok=True)
            partial = self.file.with_suffix(".new")
            partial.write_text(json.dumps({"usd": self.spent_usd}))
            partial.replace(self.file)


def _per(told: float | None, units: float, otherwise: float) -> float:
    return otherwise if told is None else told / units
