"""What was said: messages whose parts are text or sound."""

from dataclasses import dataclass
from typing import Literal

from asha.core.audio import Clip

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Text:
    """Written words, NFC."""

    text: str


@dataclass(frozen=True, slots=True)
class Sound:
    """Spoken words. The clip lives while the session is open; `transcript` is what is kept."""

    clip: Clip
    transcript: str = ""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model asks for a tool; `arguments` is a JSON object as text."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered, as JSON text."""

    call_id: str
    output: str


Part = Text | Sound | ToolCall | ToolResult


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation. `language` is a BCP 47 tag, where known."""

    role: Role
    parts: tuple[Part, ...]
    language: str | None = None

    @property
    def text(self) -> str:
        """Its words: text as it stands, sound by its transcript."""
        words = [
            part.text if isinstance(part, Text) else part.transcript
            for part in self.parts
            if isinstance(part, Text | Sound)
        ]
        return " ".join(word for word in words if word)


def said(role: Role, text: str, *, language: str | None = None) -> Message:
    """A message that is only text."""
    return Message(role, (Text(text),), language)
