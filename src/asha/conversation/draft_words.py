"""What goes into a draft, and what comes out of it in order."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asha.core.errors import AshaError
from asha.core.message import Message, ToolCall
from asha.core.ports import Heard, Tool, Usage
from asha.speech.words import words_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be answered, in which language ("auto": the model decides)."""

    messages: list[Message]
    language: str
    confidence: float = 1.0
    is_guess: bool = False  # asked with the words so far; the final ones may differ
    say: str = ""  # what to say without asking a model: the greeting
    call: ToolCall | None = None  # what to do without asking a model: the yes to a question


@dataclass(frozen=True, slots=True)
class PhraseBegun:
    """The next phrase of the answer; its sound follows."""

    text: str


@dataclass(frozen=True, slots=True)
class PhraseSound:
    """Sound of the phrase: s16 at 24 kHz."""

    pcm: bytes


@dataclass(frozen=True, slots=True)
class PhraseEnded:
    """The phrase's sound is complete."""


@dataclass(frozen=True, slots=True)
class Acted:
    """A tool has answered; a writer has written."""

    name: str
    result: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Broken:
    """The answer failed; what follows is an apology."""

    error: AshaError


@dataclass(frozen=True, slots=True)
class Finished:
    """There is no more."""

    failed: bool


Out = PhraseBegun | PhraseSound | PhraseEnded | Acted | Broken | Finished


@dataclass(slots=True)
class Spent:
    """What a draft has used up, for the report of what speculation wastes."""

    num_tokens: int = 0  # as counted by the model, else pieces
    num_characters: int = 0  # sent to the voice
    usage: Usage | None = None
    vain_tokens: int = 0  # of them, those for words that were not the user's last
    vain_characters: int = 0

    def was_in_vain(self) -> None:
        """The user said something else: all of it so far."""
        self.vain_tokens, self.vain_characters = self.num_tokens, self.num_characters

    def add(self, other: "Spent") -> None:
        """What another draft has used up too."""
        self.num_tokens += other.num_tokens
        self.num_characters += other.num_characters


@dataclass(frozen=True, slots=True)
class Asking:
    """What a draft needs from its session."""

    turn_id: str
    # The question; with True at once, from the words so far, if there are any; else in its final
    # words.
    question: Callable[[bool], Awaitable[Question]]
    changed: Callable[[], Awaitable[None]]  # returns when the recogniser shows other words
    mark: Callable[[str], None]  # moments for the clocks
    tools: Mapping[str, Tool]
    heard: Callable[[Heard], str]  # takes a hearing model's transcript; gives its track
    settle: Callable[[], Awaitable[None]]  # a tool is about to write: the turn cannot be revised
    speaks: bool = True  # False: text only
    speaks_ahead: bool = True  # whether speech may be made before the release


def same_words(one: Question, other: Question) -> bool:
    """Whether two versions of a question ask the same, punctuation aside."""
    if not one.messages or not other.messages:
        return False
    texts = (one.messages[-1].text, other.messages[-1].text)
    return words_of(texts[0]) == words_of(texts[1]) and one.language == other.language
