"""What was said in a session: kept as rows of text, told to the model within a budget."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from asha.core.event_parts import Content, Item
from asha.core.message import Message, said
from asha.core.ports import Row

MAX_CONTEXT_CHARS = 12_000  # about 3,000 tokens of Latin text; Indian scripts take more per char
MAX_FACTS = 30
SUMMARY_LINE_CHARS = 80


@dataclass(slots=True)
class Said:
    """One message as it is kept. `text` of an answer is what was heard of it."""

    id: str
    session_id: str
    turn_id: str
    role: Literal["user", "assistant"]
    text: str
    status: Literal["in_progress", "completed", "incomplete"] = "completed"
    language: str | None = None
    is_typed: bool = False
    heard_ms: int | None = None
    response_id: str | None = None

    def row(self) -> dict[str, Any]:
        """As the store keeps it."""
        return asdict(self)

    def item(self) -> Item:
        """As the API tells it."""
        if self.role == "assistant":
            content = [Content(type="output_audio", transcript=self.text)]
        elif self.is_typed:
            content = [Content(type="input_text", text=self.text)]
        else:
            content = [Content(type="input_audio", transcript=self.text)]
        return Item(id=self.id, status=self.status, role=self.role, content=content)


def from_row(row: Row) -> Said:
    """A kept message."""
    return Said(**dict(row))


def context(entries: list[Said], facts: list[str], *, system: str) -> list[Message]:
    """What the model is told before the new question: who it is, what it knows, what was said.

    The newest messages go in whole while they fit; of older ones the first words remain, so that
    "as I said at the beginning" still finds something.
    """
    budget, recent = MAX_CONTEXT_CHARS, []
    older: list[str] = []
    for entry in reversed(entries):
        if not entry.text:
            continue
        budget -= len(entry.text)
        if budget > 0 and not older:
            recent.append(said(entry.role, entry.text, language=entry.language))
        else:
            older.append(f"{entry.role}: {entry.text[:SUMMARY_LINE_CHARS]}")
    lines = [system]
    if facts:
        lines.append("Known about the user: " + "; ".join(facts[-MAX_FACTS:]))
    if older:
        lines.append("Earlier: " + " | ".join(reversed(older[:40])))
    return [said("system", "\n".join(lines)), *reversed(recent)]


SYSTEM = (
    "You are Asha, a voice assistant. Answer in {language}, in one to three short spoken "
    "sentences, without lists, markup or emoji. It is {now} in {timezone}."
)
