"""What the halves of a session share: its settings, its parts, its memory, its clock."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from asha.conversation.announcer import Announcer
from asha.conversation.ears import Ears
from asha.conversation.history import Said, Summary
from asha.conversation.ledger import Purse
from asha.conversation.parts import Parts, ToolBox
from asha.conversation.rules import Rules
from asha.conversation.session_config import SessionConfig
from asha.conversation.timing import TurnFigures
from asha.conversation.tongue import FALLBACK
from asha.conversation.turn_words import TurnEvent
from asha.core.events import WireEvent
from asha.core.language import language
from asha.core.ports import Store, Tool


@dataclass(slots=True)
class Context:
    """One session's shared state; only the session's own tasks touch it."""

    config: SessionConfig
    parts: Parts
    rules: Rules
    announcer: Announcer
    store: Store
    ears: Ears
    now_ms: Callable[[], float]
    fills: bool = True
    observe: Callable[[TurnFigures], None] = lambda _: None
    box: ToolBox | None = None  # this user's tools
    purse: Purse = field(default_factory=Purse)
    paid_parts: Parts | None = None  # set aside while a budget is used up
    next_parts: Parts | None = None  # chosen; they take over with the next turn
    language: str | None = None  # of the latest turn; decides between languages of one script
    entries: list[Said] = field(default_factory=list)
    summary: Summary | None = None  # of the oldest entries
    is_condensing: bool = False
    arrived: tuple[float, float] = (0.0, 0.0)  # (clock, end of the sound) of the latest slice
    # Set by the turn loop, which owns both.
    tell_machine: Callable[[TurnEvent], None] = field(init=False)
    spawn: Callable[[Coroutine[Any, Any, None]], None] = field(init=False)

    @property
    def id(self) -> str:
        """The session's id."""
        return self.config.id

    @property
    def tools(self) -> Mapping[str, Tool]:
        """What may be done in this session."""
        return self.box.tools if self.box else self.parts.tools

    @property
    def coming_parts(self) -> Parts:
        """Who will answer the next turn, as far as is known now."""
        return self.next_parts or self.parts

    @property
    def speaks_ahead(self) -> bool:
        """Whether drafts have sound before the commit."""
        has_voice = self.config.speaks and self.parts.tts is not None
        return has_voice and self.rules.speculation == "speech"

    def stand_by(self) -> None:
        """A turn has begun: the voice may connect while the user speaks and the model thinks."""
        parts = self.coming_parts
        if parts.standby and parts.tts and self.config.speaks:
            tag = self.language or FALLBACK
            parts.standby.stand_by(self.id, language=language(tag))

    def stand_down(self) -> None:
        """No answer is near."""
        for parts in {id(it): it for it in (self.parts, self.coming_parts)}.values():
            if parts.standby:
                parts.standby.stand_down(self.id)

    def turn_id(self, number: int) -> str:
        """The id of a turn in events."""
        return f"turn_{self.config.id.removeprefix('sess_')}_{number}"

    def clock_of(self, sound_ms: float) -> float:
        """When a moment of the sound was spoken, on the service's clock."""
        at_ms, end_ms = self.arrived
        return at_ms - max(0.0, end_ms - sound_ms)

    async def tell(self, number: int, kind: type[WireEvent], **fields: object) -> None:
        """Log and send one event of a turn."""
        await self.announcer.tell(self.announcer.make(kind, turn_id=self.turn_id(number), **fields))

    async def keep(self, entry: Said) -> None:
        """Store a message of the conversation."""
        await self.store.put("item", entry.id, entry.row(), owner=self.config.owner)
