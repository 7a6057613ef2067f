"""The one place where providers meet the conversation."""

from pathlib import Path

from asha.conversation.parts import Parts
from asha.conversation.tools.sayings import load_sayings
from asha.conversation.tools.toolbox import CAREFUL, boxes
from asha.core.settings import Settings
from asha.engine.client import Engine
from asha.engine.exported import read_facts, shipped
from asha.providers.llm.embedded import EmbeddedLanguageModel
from asha.providers.tts.espeak import EspeakTTS
from asha.speech.vad import best_detector

NOBODY_THINKS = (
    "Nothing here can think yet: the embedded model's weights are not in this installation. "
    "Asha can speak; words you send are answered with this notice only."
)
DEMO_BRAIN = (
    "Asha Nano thinks here, a demo brain for some sixty everyday requests: the time, alarms, "
    "timers, sums, notes, small talk. Anything else it declines."
)


def wired(settings: Settings) -> Parts:
    """What listens, thinks and speaks with these settings.

    Raises:
        BadCheckpoint: the weights that a setting names cannot be read.
    """
    folder = settings.nano_dir or shipped()
    if folder is None:
        return Parts(llm=None, tts=EspeakTTS(), detector=best_detector, notice=NOBODY_THINKS)
    return _with_nano(folder)


def _with_nano(folder: Path) -> Parts:
    """The embedded model, its tools and the voice that is always there."""
    read_facts(folder)  # a broken folder is told now, not at the first turn
    engine = Engine(folder)
    return Parts(
        llm=EmbeddedLanguageModel(engine, careful=CAREFUL),
        tts=EspeakTTS(),
        detector=best_detector,
        box=boxes(load_sayings(folder)),
        warm=engine.start,
        notice=DEMO_BRAIN,
    )
