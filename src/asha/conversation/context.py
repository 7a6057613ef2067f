"""What the halves of a session share: its settings, its parts, its memory, its clock."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from asha.conversation.announcer import Announcer
from asha.conversation.ears import Ears
from asha.conversation.history import Said
from asha.conversation.parts import Parts, ToolBox
from asha.conversation.rules import Rules
from asha.conversation.session_config import SessionConfig
from asha.conversation.turn_words import TurnEvent
from asha.core.event_parts import Clocks
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
    observe: Callable[[Clocks, bool], None] = lambda _clocks, _has_filler: None
    box: ToolBox | None = None  # this user's tools
    language: str | None = None  # of the latest turn; decides between languages of one script
    entries: list[Said] = field(default_factory=list)
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

    def turn_id(self, number: int) -> str:
        """The id of a turn in events."""
        return f"turn_{self.config.id.removeprefix('sess_')}_{number}"

    def clock_of(self, sound_ms: float) -> float:
        """When a moment of the sound was spoken, on the service's clock."""
        at_ms, end_ms = self.arrived
        return at_ms - max(0.0, end_ms - sound_ms)

    async def keep(self, entry: Said) -> None:
        """Store a message of the conversation."""
        await self.store.put("item", entry.id, entry.row(), owner=self.config.owner)
