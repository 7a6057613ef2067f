"""Figures of the running service: the five clocks, sessions, turns. No text, sound or key."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from asha.conversation.timing import TurnFigures

BUCKETS_MS = (5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1_000, 1_500, 2_000, 3_000, 5_000)
KEPT = 1_000  # latest turns from which percentiles are told
CLOCKS = ("ack", "first_audio", "first_answer", "voice_to_voice", "yield_ms")


@dataclass(slots=True)
class Telemetry:
    """One registry per app, so that two apps in a process do not share figures."""

    registry: CollectorRegistry = field(default_factory=CollectorRegistry)
    latest: dict[str, deque[float]] = field(
        default_factory=lambda: {name: deque(maxlen=KEPT) for name in CLOCKS}
    )
    costs: deque[float] = field(default_factory=lambda: deque(maxlen=KEPT))
    usd_by_provider: dict[str, float] = field(default_factory=dict)
    num_turns: int = 0
    num_fillers: int = 0
    _clock: Histogram = field(init=False)
    _turns: Counter = field(init=False)
    _fillers: Counter = field(init=False)
    _usd: Counter = field(init=False)
    _sessions: Gauge = field(init=False)

    def __post_init__(self) -> None:
        self._clock = Histogram(
            "asha_clock_ms",
            "The five clocks.",
            ["clock"],
            buckets=BUCKETS_MS,
            registry=self.registry,
        )
        self._turns = Counter("asha_turns", "Answered turns.", registry=self.registry)
        self._fillers = Counter("asha_fillers", "Turns with a filler.", registry=self.registry)
        self._usd = Counter(
            "asha_usd", "Money paid to vendors.", ["provider"], registry=self.registry
        )
        self._sessions = Gauge("asha_sessions", "Open sessions.", registry=self.registry)

    def observe(self, turn: TurnFigures) -> None:
        """One turn's clocks and cost."""
        clocks, has_filler = turn.clocks, turn.has_filler
        self.costs.append(sum(turn.usd_by_provider.values()))
        for provider, usd in turn.usd_by_provider.items():
            self.usd_by_provider[provider] = self.usd_by_provider.get(provider, 0.0) + usd
            self._usd.labels(provider).inc(usd)
        self.num_turns += 1
        self._turns.inc()
        if has_filler:
            self.num_fillers += 1
            self._fillers.inc()
        for name in CLOCKS:
            value = getattr(clocks, name)
            if value is not None:
                self._clock.labels(name.removesuffix("_ms")).observe(value)
                self.latest[name].append(value)

    def percentiles(self) -> dict[str, dict[str, float]]:
        """p50, p95 and p99 of each clock over the latest turns."""
        return {
            name.removesuffix("_ms"): _summary(values)
            for name, values in self.latest.items()
            if values
        }

    def costs_usd(self) -> dict[str, float]:
        """p50, p95 and p99 of what a turn cost, over the latest turns."""
        return _summary(self.costs) if self.costs else {}

    def exposition(self, *, num_sessions: int) -> bytes:
        """What Prometheus reads."""
        self._sessions.set(num_sessions)
        return generate_latest(self.registry)


def _summary(values: Sequence[float]) -> dict[str, float]:
    ordered = sorted(values)
    shares = {f"p{share}": _percentile(ordered, share / 100) for share in (50, 95, 99)}
    return shares | {"n": len(ordered)}


def _percentile(ordered: list[float], share: float) -> float:
    """The nearest rank."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
