"""What was said in a session: kept as rows of text, told to the model within a budget."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from asha.core.event_parts import Content, Item
from asha.core.message import Message, said
from asha.core.ports import Row

MAX_CONTEXT_TOKENS = 3_000  # of what was said, told whole
MAX_FACTS = 30
SUMMARY_LINE_CHARS, MAX_SUMMARY_LINES = 80, 40
ASCII_PER_TOKEN, OTHERS_PER_TOKEN = 4.0, 1.5  # characters; rather too few than too many


@dataclass(frozen=True, slots=True)
class Summary:
    """What was said up to an item, in few words."""

    text: str
    up_to: str  # the id of the last item it covers


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
        """As the store keeps it: what people send has no NUL, what vendors answer may."""
        return asdict(replace(self, text=self.text.replace("\0", "")))

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


def context(
    entries: list[Said], facts: list[str], *, system: str, summary: Summary | None = None
) -> list[Message]:
    """What the model is told before the new question: who it is, what it knows, what was said.

    What the summary covers is told by it alone. Of the rest the newest messages go in whole while
    they fit; of older ones the first words remain, until they too are summarised.
    """
    fresh = after(entries, summary)
    recent = newest(fresh, num_tokens=MAX_CONTEXT_TOKENS)
    older = fresh[: len(fresh) - len(recent)]
    lines = [system]
    if facts:
        lines.append("Known about the user: " + "; ".join(facts[-MAX_FACTS:]))
    earlier = [summary.text] if summary else []
    if earlier := [*earlier, *([extract(older)] if older else [])]:
        lines.append("Earlier: " + " | ".join(earlier))
    told = [said(entry.role, entry.text, language=entry.language) for entry in recent]
    return [said("system", "\n".join(lines)), *told]


def after(entries: list[Said], summary: Summary | None) -> list[Said]:
    """The messages with words that no summary covers."""
    if summary:
        ids = [entry.id for entry in entries]
        if summary.up_to in ids:
            entries = entries[ids.index(summary.up_to) + 1 :]
    return [entry for entry in entries if entry.text]


def newest(entries: list[Said], *, num_tokens: int) -> list[Said]:
    """As many of the latest messages as fit; the last one always."""
    first = len(entries)
    for entry in reversed(entries):
        num_tokens -= tokens_of(entry.text)
        if num_tokens < 0 and first < len(entries):
            break
        first -= 1
    return entries[first:]


def extract(entries: list[Said]) -> str:
    """The first words of the latest messages: a summary that needs no model."""
    lines = [f"{entry.role}: {entry.text[:SUMMARY_LINE_CHARS]}" for entry in entries if entry.text]
    return " | ".join(lines[-MAX_SUMMARY_LINES:])


def tokens_of(text: str) -> int:
    """About how many tokens a text has: Indian scripts take about three times as many a letter
    as English does. Only a budget hangs on it, so a guess on the safe side is enough.
    """
    num_ascii = sum(char.isascii() for char in text)
    return 1 + round(num_ascii / ASCII_PER_TOKEN + (len(text) - num_ascii) / OTHERS_PER_TOKEN)


SYSTEM = (
    "You are Asha, a voice assistant. Answer in {language}, in one to three short spoken "
    "sentences, without lists, markup or emoji. It is {now} in {timezone}."
)
