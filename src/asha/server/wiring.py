"""The one place where providers meet the conversation."""

from asha.conversation.parts import Parts
from asha.core.ports import LanguageModel
from asha.core.settings import Settings
from asha.providers.tts.espeak import EspeakTTS
from asha.speech.vad import best_detector

NOBODY_THINKS = (
    "Nothing here can think yet: the embedded model's weights are not in this installation. "
    "Asha can speak; words you send are answered with this notice only."
)


def wired(settings: Settings) -> Parts:
    """What listens, thinks and speaks with these settings."""
    llm = _thinker(settings)
    return Parts(
        llm=llm,
        tts=EspeakTTS(),
        detector=best_detector,
        notice=None if llm else NOBODY_THINKS,
    )


def _thinker(settings: Settings) -> LanguageModel | None:
    """The model that answers, or None: honest silence is better than a phrase book."""
    del settings
    return None
