"""What a subject made of a case: one line of predictions.jsonl, from which every score follows."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Task = Literal["transcribe", "translate", "answer", "speak", "talk"]


@dataclass(frozen=True, slots=True)
class Prediction:
    """A case and its answer. Everything that is scored stands here; sound does not."""

    id: str  # unique within the run: part/language/name
    part: str
    language: str  # BCP 47: what is spoken, and what must be answered in
    task: Task
    question: str = ""  # what was said or asked, as text
    reference: str = ""  # what is right: a transcript, an answer, a letter, a call as JSON
    choices: tuple[str, ...] = ()  # of a multiple choice, in the order of the letters
    text: str = ""  # the answer, or the transcript
    calls: tuple[Mapping[str, Any], ...] = ()  # tools that were called: name, arguments
    first_ms: float | None = None  # question -> first piece of the answer
    total_ms: float | None = None
    sound_s: float = 0.0  # length of the sound that was heard or made
    usd: float = 0.0
    error: str = ""  # the sentence of a failure; the case then counts as answered with nothing
    facts: Mapping[str, float] = field(default_factory=dict)  # what a scene or a round trip gave
    verdicts: Mapping[str, float | None] = field(default_factory=dict)  # None: unparsable

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def from_line(line: str) -> Prediction:
    """What `line` wrote.

    Raises:
        ValueError: it is no such line.
    """
    fields = json.loads(line)
    if not isinstance(fields, dict):
        raise ValueError("no prediction")
    try:
        return Prediction(
            **{
                **fields,
                "choices": tuple(fields.get("choices", ())),
                "calls": tuple(fields.get("calls", ())),
            }
        )
    except TypeError as wrong:
        raise ValueError(f"no prediction: {wrong}") from wrong
