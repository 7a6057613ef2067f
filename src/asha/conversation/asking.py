"""What the model is asked: who it is, what it knows, what was said, and the new question."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from asha.conversation.context import Context
from asha.conversation.draft_words import Asking, Question
from asha.conversation.history import SYSTEM, context
from asha.conversation.listener import Listener
from asha.conversation.parts import ToolBox
from asha.conversation.tongue import FALLBACK, reply_language
from asha.core.audio import Clip
from asha.core.language import TAGS, language
from asha.core.message import Message, Sound, Text, ToolCall, said
from asha.core.ports import Heard
from asha.speech.talk import kind_of


async def asked(shared: Context, listener: Listener, number: int, at_once: bool) -> Question:
    """What the model is asked: words in the cascade, sound in the direct path.

    With `at_once` the words so far are taken, if there are any: the answer is then a guess.
    """
    hearing = listener.hearings[number]
    config = shared.config
    if hearing.greets:
        tag = config.language if config.language in TAGS else FALLBACK
        return Question([], tag, say=language(tag).hello)
    if shared.parts.llm is None:
        return Question([said("user", hearing.text)], config.language)
    part: Text | Sound
    is_guess = False
    if shared.parts.hears and hearing.typed is None:
        part = Sound(Clip(listener.clip_so_far(number)))
        tag, confidence = config.language, 1.0
    else:
        is_guess = at_once and hearing.typed is None and bool(hearing.text)
        text = hearing.text if is_guess else await hearing.final_text()
        if not text.strip():
            return Question([], "auto")
        part, confidence = Text(text), hearing.confidence
        tag = reply_language(
            config.language, heard=hearing.language, text=text, previous=shared.language
        )
    if shared.box:
        await shared.box.refresh()
        if answer := _answer_to_a_question(shared.box, part, tag):
            return Question([Message("user", (part,))], tag, is_guess=is_guess, call=answer)
    facts = await shared.store.find("fact", owner=config.owner)
    spoken = language(tag).english_name if tag in TAGS else "the user's language"
    now = datetime.now(ZoneInfo(config.timezone)).strftime("%A %d %B %Y, %H:%M")
    system = SYSTEM.format(language=spoken, now=now, timezone=config.timezone)
    earlier = [entry for entry in shared.entries if entry.turn_id != shared.turn_id(number)]
    messages = context(
        earlier, [str(fact["text"]) for fact in facts], system=system, summary=shared.summary
    )
    asking = [*messages, Message("user", (part,))]
    return Question(asking, tag, confidence, is_guess=is_guess)


def _answer_to_a_question(box: ToolBox, part: Text | Sound, tag: str) -> ToolCall | None:
    """Yes and no to what Asha has asked need no model; sound goes to the one that hears."""
    if not box.is_asking or not isinstance(part, Text) or tag not in TAGS:
        return None
    kind = kind_of(part.text, language(tag), was_asked=True)
    return ToolCall(f"call_{kind}", kind, "{}") if kind in ("yes", "no") else None


def asking_for(
    shared: Context,
    listener: Listener,
    number: int,
    *,
    mark: Callable[[str], None],
    settle: Callable[[], Awaitable[None]],
) -> Asking:
    """What a draft of turn `number` needs from its session."""
    return Asking(
        turn_id=shared.turn_id(number),
        question=lambda at_once: asked(shared, listener, number, at_once),
        changed=listener.hearings[number].changed,
        mark=mark,
        tools=shared.tools,
        heard=lambda heard: _taken(shared, listener, number, heard),
        settle=settle,
        speaks=shared.config.speaks,
        speaks_ahead=shared.rules.speculation == "speech",
    )


def _taken(shared: Context, listener: Listener, number: int, heard: Heard) -> str:
    """Takes the transcript of a model that hears; the track that tools answer it in."""
    listener.take_transcript(number, heard)
    return reply_language(
        shared.config.language, heard=heard.language, text=heard.text, previous=shared.language
    )
