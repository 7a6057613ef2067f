"""The one place where providers meet the conversation."""

from asha.conversation.parts import Parts
from asha.core.settings import Settings
from asha.providers.registry import chosen
from asha.speech.vad import best_detector

NOBODY_THINKS = (
    "Nothing here can think yet: the embedded model's weights are not in this installation. "
    "Asha can speak; words you send are answered with this notice only."
)


def wired(settings: Settings) -> Parts:
    """What listens, thinks and speaks with these settings."""
    able = chosen(settings)
    notices = list(able.notices) if able.llm else [NOBODY_THINKS, *able.notices]
    return Parts(
        llm=able.llm,
        tts=able.tts,
        stt=able.stt,
        detector=best_detector,
        is_paid=able.is_paid,
        notice=" ".join(notices) or None,
    )
