"""The language of what was said, and the language that answers follow from now on."""

from dataclasses import replace

from asha.conversation.context import Context
from asha.conversation.history import Said
from asha.conversation.tongue import reply_language
from asha.core.asha_events import LanguageDetected, LanguageSwitched
from asha.core.events import WireEvent
from asha.core.language import language


def language_events(shared: Context, entry: Said, tag: str, confidence: float) -> list[WireEvent]:
    """What the language of the words changes: answers follow it, or what was asked for."""
    make, config, before = shared.announcer.make, shared.config, shared.language
    turn, events = entry.turn_id, list[WireEvent]()
    if before != tag:
        events.append(
            make(
                LanguageDetected,
                turn_id=turn,
                item_id=entry.id,
                language=tag,
                script=language(tag).script,
                confidence=round(confidence, 3),
            )
        )
    wanted = reply_language(config.language, heard=None, text=entry.text, previous=tag)
    was_asked = wanted not in (tag, config.language)
    if was_asked:
        shared.config = replace(config, language=wanted)
    if (before or was_asked) and before != wanted:
        reason = "asked" if was_asked else "followed"
        events.append(
            make(
                LanguageSwitched,
                turn_id=turn,
                language=wanted,
                previous=before or "auto",
                reason=reason,
            )
        )
    shared.language = wanted
    return events
