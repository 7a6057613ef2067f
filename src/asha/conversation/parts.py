"""The replaceable parts one conversation is made of, chosen by server/wiring.py."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from asha.core.ports import (
    Following,
    LanguageModel,
    SpeechToText,
    Standby,
    Store,
    TextToSpeech,
    Tool,
)
from asha.speech.vad import VoiceDetector

if TYPE_CHECKING:
    from asha.conversation.choice import Menu


class ToolBox(Protocol):
    """One user's tools (conversation/tools)."""

    last_said: str  # for "say that again"

    @property
    def tools(self) -> Mapping[str, Tool]:
        """By name."""
        ...

    @property
    def is_asking(self) -> bool:
        """Whether Asha has asked something and waits for a yes or a no."""
        ...

    async def refresh(self) -> None:
        """Read what is stored; once before a turn."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What listens, thinks, speaks and acts. None: there is none, and the session says so."""

    llm: LanguageModel | None
    tts: TextToSpeech | None
    detector: Callable[[], VoiceDetector]
    stt: SpeechToText | None = None
    standby: Standby | None = None  # of the voice: told when an answer is near
    tools: Mapping[str, Tool] = field(default_factory=dict)  # the same for everybody
    box: Callable[[Store, str, str], "ToolBox"] | None = None  # of an owner, in a time zone
    warm: Callable[[], Awaitable[None]] | None = None  # what takes time before the first turn
    # The ear of a model that hears on one turn, for an answer in a language (or "auto").
    follow: Callable[[str], Following] | None = None
    summarises: bool = True  # whether the model can; the embedded one cannot
    is_paid: bool = False  # drafts cost money
    free: "Parts | None" = None  # who goes on once a budget is used up
    menu: "Menu | None" = None  # who may be chosen instead
    notice: str | None = None  # told on the first screen, e.g. "demo brain"

    @property
    def names(self) -> dict[str, str]:
        """Who does what, for the session's page."""
        hearing = self.stt or (self.llm if self.hears else None)
        return {
            "listens": hearing.name if hearing else "",
            "thinks": self.llm.name if self.llm else "",
            "speaks": self.tts.name if self.tts else "",
        }

    @property
    def hears(self) -> bool:
        """Whether the model itself takes sound: the direct path."""
        return self.llm is not None and self.llm.hears
