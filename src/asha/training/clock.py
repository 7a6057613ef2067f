"""What time it is in a run: when to tell, when to save, when to stop; and the progress line."""

import time
from dataclasses import dataclass, field

TELL_EVERY_S = 30.0


@dataclass(slots=True)
class Clock:
    """Counts the minutes of one slice of a run."""

    minutes: float
    save_minutes: float
    _stage_start: float = field(default_factory=time.monotonic)
    _start: float = field(default_factory=time.monotonic)
    _told: float = field(default_factory=time.monotonic)
    _saved: float = field(default_factory=time.monotonic)
    _first_step: int | None = None
    _losses: dict[str, list[float]] = field(default_factory=dict)  # since the last line
    _is_telling: bool = False

    def start_stage(self) -> None:
        """Count speed and losses anew; the slice's minutes run on."""
        self._stage_start, self._first_step, self._losses = time.monotonic(), None, {}

    def is_over(self) -> bool:
        """Whether the slice's minutes are used up."""
        return time.monotonic() - self._start > self.minutes * 60

    def is_time_to_tell(self) -> bool:
        """Whether `told` has just printed a line."""
        return self._is_telling

    def is_time_to_save(self) -> bool:
        """True once per `save_minutes`."""
        is_due = time.monotonic() - self._saved > self.save_minutes * 60
        if is_due:
            self._saved = time.monotonic()
        return is_due

    def told(self, stage: str, step: int, steps: int, losses: dict[str, float]) -> None:
        """Take note of a step; now and then print one line: how far, how fast, how long."""
        if self._first_step is None:
            self._first_step = step
        for name, loss in losses.items():
            self._losses.setdefault(name, []).append(loss)
        now = time.monotonic()
        self._is_telling = now - self._told > TELL_EVERY_S
        if self._is_telling:
            self._told = now
            per_s = (step - self._first_step + 1) / (now - self._stage_start)
            means = {name: sum(seen) / len(seen) for name, seen in self._losses.items()}
            self._losses = {}
            told = " ".join(f"{name} {mean:.3f}" for name, mean in means.items())
            left_min = (steps - step) / per_s / 60
            print(  # noqa: T201 - the trainer's own voice
                f"{stage} {step:,} of {steps:,} ({step / max(1, steps):.0%}), {told}, "
                f"{per_s:.2f} steps/s, {left_min:.0f} min left",
                flush=True,
            )
