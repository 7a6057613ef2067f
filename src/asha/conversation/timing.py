"""The five clocks of a turn and the segments of its critical path, from one monotonic timeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from asha.core.event_parts import Clocks

# The critical path in order: what each segment waits for. A mark that was made before the one in
# front of it (a draft is ready before the commit) cost nothing after it, so its segment is zero.
PATH = ("speech_end", "commit", "transcript", "first_token", "first_phrase", "first_sound", "sent")
SEGMENT_OF = {
    "commit": "endpoint",
    "transcript": "hear",
    "first_token": "think",
    "first_phrase": "phrase",
    "first_sound": "speak",
    "sent": "send",
}


@dataclass(frozen=True, slots=True)
class TurnFigures:
    """What is counted of an answered turn: its clocks, and USD by provider."""

    clocks: Clocks
    has_filler: bool = False
    usd_by_provider: Mapping[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Timeline:
    """Moments of one turn in ms, on the service's monotonic clock; a name's first mark wins."""

    marks_ms: dict[str, float] = field(default_factory=dict)
    has_filler: bool = False

    def mark(self, name: str, at_ms: float) -> None:
        """Remember when `name` happened first."""
        self.marks_ms.setdefault(name, at_ms)

    def since_commit(self, name: str) -> float | None:
        """From the commit to `name`, or None where either is missing."""
        if "commit" not in self.marks_ms or name not in self.marks_ms:
            return None
        return max(0.0, self.marks_ms[name] - self.marks_ms["commit"])

    def clocks(self) -> Clocks:
        """The five clocks as far as the server can tell them."""
        marks = self.marks_ms
        voice_to_voice = None
        if "sent" in marks and "speech_end" in marks:
            voice_to_voice = marks["sent"] - marks["speech_end"]
        yielded = None
        if "onset" in marks and "yielded" in marks:
            yielded = marks["yielded"] - marks["onset"]
        return Clocks(
            ack=self.since_commit("ack"),
            first_audio=self.since_commit("first_audio"),
            first_answer=self.since_commit("sent"),
            voice_to_voice=voice_to_voice,
            yield_ms=yielded,
        )

    def segments_ms(self) -> dict[str, float]:
        """The path from the last speech sample to the first sound of the answer.

        The segments add up to `voice_to_voice` exactly: each runs from the latest earlier mark.
        """
        known = [name for name in PATH if name in self.marks_ms]
        segments: dict[str, float] = {}
        if not known:
            return segments
        reached = self.marks_ms[known[0]]
        for name in known[1:]:
            until = max(reached, min(self.marks_ms[name], self.marks_ms[known[-1]]))
            segments[SEGMENT_OF[name]] = until - reached
            reached = until
        return segments
