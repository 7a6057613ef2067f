"""The one place where providers meet the conversation."""

from dataclasses import replace
from pathlib import Path

from asha.conversation.parts import Parts
from asha.conversation.tools.sayings import load_sayings
from asha.conversation.tools.toolbox import CAREFUL, boxes
from asha.core.settings import Settings
from asha.engine.client import Engine
from asha.engine.exported import read_facts, shipped
from asha.providers.llm.embedded import EmbeddedLanguageModel
from asha.providers.models import profile
from asha.providers.registry import Chosen, chosen
from asha.speech.vad import best_detector

NOBODY_THINKS = (
    "Nothing here can think yet: the embedded model's weights are not in this installation. "
    "Asha can speak; words you send are answered with this notice only."
)
DEMO_BRAIN = (
    "Asha Nano thinks here, a demo brain for 63 everyday requests: the time, alarms, "
    "timers, sums, notes, small talk. Anything else it declines."
)


def wired(settings: Settings) -> Parts:
    """What listens, thinks and speaks with these settings: a vendor's model, else Nano.

    Raises:
        BadInput: a provider is asked for by name that is not known, or lacks what it needs.
        BadCheckpoint: the weights that a setting names cannot be read.
    """
    unpaid = _unpaid(settings)
    free = None if unpaid == settings else _parts(unpaid)
    return replace(_parts(settings), free=free)


def _unpaid(settings: Settings) -> Settings:
    """The same without vendors that are paid: what goes on when a budget is used up."""
    is_openai = "api.openai.com" in settings.openai_base_url
    has_price = is_openai or profile(settings.openai_model).prices is not None
    thinks_paid = bool(settings.openai_api_key) and has_price
    if not settings.elevenlabs_api_key and not thinks_paid:
        return settings
    update: dict[str, object] = dict.fromkeys(("listens", "thinks", "speaks"), "auto")
    update |= {"elevenlabs_api_key": None, "openai_stt_url": None}
    if thinks_paid:
        fields = Settings.model_fields
        update |= {"openai_api_key": None, "openai_base_url": fields["openai_base_url"].default}
    return settings.model_copy(update=update)


def _parts(settings: Settings) -> Parts:
    able = chosen(settings)
    folder = settings.nano_dir or shipped()
    if able.llm is None and folder is not None:
        return _with_nano(folder, able)
    notices = list(able.notices) if able.llm else [NOBODY_THINKS, *able.notices]
    return Parts(
        llm=able.llm,
        tts=able.tts,
        standby=able.tts,
        stt=able.stt,
        detector=best_detector,
        box=boxes(load_sayings(folder)) if folder else None,
        is_paid=able.is_paid,
        notice=" ".join(notices) or None,
    )


def _with_nano(folder: Path, able: Chosen) -> Parts:
    """The embedded model and its tools; it hears for itself, so no other ears are used."""
    read_facts(folder)  # a broken folder is told now, not at the first turn
    engine = Engine(folder)
    nano = EmbeddedLanguageModel(engine, careful=CAREFUL)
    return Parts(
        llm=nano,
        follow=nano.follow,
        summarises=False,
        tts=able.tts,
        standby=able.tts,
        detector=best_detector,
        box=boxes(load_sayings(folder)),
        warm=engine.start,
        is_paid=able.is_paid,
        notice=DEMO_BRAIN,
    )
