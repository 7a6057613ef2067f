"""A case: something to be heard, asked or spoken, and what would be right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from asha.core.audio import Clip
from asha.core.message import Message
from asha.evaluation.prediction import Task

MakeClip = Callable[[], Clip]


@dataclass(frozen=True, slots=True)
class Scene:
    """What somebody does while a conversation runs.

    With a `story` Asha is telling it, and `sound` is said into it `after_ms` after its first
    sound; without one `sound` opens the conversation.
    """

    language: str
    sound: MakeClip
    story: str = ""
    after_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Held:
    """How a scene went. Times in ms on the conversation's own clock; None: it did not happen."""

    num_turns: int = 0  # a turn that was committed early and taken back counts once
    is_early: bool = False  # a turn was committed before its words were over
    commit_ms: float | None = None  # last sample of the sound -> last commit
    yield_ms: float | None = None  # first sample of the interruption -> the answer is quiet
    is_cancelled: bool = False
    text: str = ""
    calls: tuple[tuple[str, str], ...] = ()  # name, arguments as JSON


class Floor(Protocol):
    """Holds conversations: who speaks, who waits, who gives way."""

    name: str

    def hold(self, scene: Scene) -> Held:
        """Play the scene to its end."""
        ...


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to be done by a subject. Sound is made or read only when it is needed."""

    id: str
    part: str
    language: str
    task: Task
    question: str = ""
    reference: str = ""
    choices: tuple[str, ...] = ()
    prompt: str = ""  # written beside the sound
    sound: MakeClip | None = None
    history: tuple[Callable[[], Message], ...] = ()  # what was said before
    scene: Scene | None = None
    is_auto: bool = False  # the subject must find the language itself
