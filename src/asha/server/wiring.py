"""The one place where providers meet the conversation."""

from dataclasses import replace
from pathlib import Path

from asha.conversation.choice import Choice
from asha.conversation.parts import Parts
from asha.conversation.session_config import AUTO
from asha.conversation.tools.sayings import load_sayings
from asha.conversation.tools.toolbox import CAREFUL, boxes
from asha.core.language import TAGS
from asha.core.settings import Settings
from asha.engine.client import Engine
from asha.engine.exported import read_facts, shipped
from asha.providers.adapters import close_all
from asha.providers.choosing import Chosen, Made, chosen
from asha.providers.llm.embedded import EmbeddedLanguageModel
from asha.providers.models import profile
from asha.providers.registry import MODELS, NANO, NANO_ID, VOICES, everything, usable
from asha.speech.vad import SileroVoice

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
    wiring = Wiring(settings)
    return replace(wiring.parts(AUTO, AUTO), menu=wiring)


class Wiring:
    """Makes the parts of every choice, once each; what choices have in common they share."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made = Made()
        self._nano: EmbeddedLanguageModel | None = None
        self._parts: dict[tuple[str, str], Parts] = {}
        self._folder = settings.nano_dir or shipped()
        models = [_model(name, settings) for name in everything(MODELS, settings)]
        models += [Choice(NANO_ID, NANO, TAGS)] if self._folder else []
        voices = [_voice(name, settings) for name in everything(VOICES, settings)]
        thinks = [*usable(MODELS, settings.thinks, settings, "thinks"), NANO_ID]
        speaks = list(usable(VOICES, settings.speaks, settings, "speaks"))
        self.models, self.voices = _with_auto(models, thinks), _with_auto(voices, speaks)

    def parts(self, model: str, voice: str) -> Parts:
        """The parts of a session that wants these two; `auto` is what the settings say."""
        if (model, voice) not in self._parts:
            wishes = {"thinks": model, "speaks": voice}
            update = {what: wish for what, wish in wishes.items() if wish != AUTO}
            settings = self._settings.model_copy(update=update)
            unpaid = _unpaid(settings)
            free = None if unpaid == settings else self._wired(unpaid)
            self._parts[model, voice] = replace(self._wired(settings), free=free)
        return self._parts[model, voice]

    async def close(self) -> None:
        """End everything that was made."""
        await close_all([*self._made.by_name.values(), self._nano])

    def _wired(self, settings: Settings) -> Parts:
        able, folder = chosen(settings, made=self._made), self._folder
        if able.llm is None and folder is not None:
            return self._with_nano(folder, able)
        notices = list(able.notices) if able.llm else [NOBODY_THINKS, *able.notices]
        return Parts(
            llm=able.llm,
            tts=able.tts,
            standby=able.tts,
            stt=able.stt,
            detector=SileroVoice,
            box=boxes(load_sayings(folder)) if folder else None,
            is_paid=able.is_paid,
            notice=" ".join(notices) or None,
        )

    def _with_nano(self, folder: Path, able: Chosen) -> Parts:
        """The embedded model and its tools; it hears for itself, so no other ears are used."""
        if self._nano is None:
            read_facts(folder)  # a broken folder is told now, not at the first turn
            self._nano = EmbeddedLanguageModel(Engine(folder), careful=CAREFUL)
        return Parts(
            llm=self._nano,
            follow=self._nano.follow,
            summarises=False,
            tts=able.tts,
            standby=able.tts,
            detector=SileroVoice,
            box=boxes(load_sayings(folder)),
            warm=self._nano.engine.start,
            is_paid=able.is_paid,
            notice=DEMO_BRAIN,
        )


def _with_auto(choices: list[Choice], order: list[str]) -> list[Choice]:
    """`auto` first, under the title of who it means."""
    titles = {choice.id: choice.title for choice in choices}
    first = next((titles[name] for name in order if name in titles), "")
    return [Choice(AUTO, first), *choices]


def _model(name: str, settings: Settings) -> Choice:
    titles = {"openai": settings.openai_model, "checkpoint": Path(settings.checkpoint or "").name}
    is_paid = name == "openai" and _thinks_paid(settings)
    return Choice(name, titles.get(name) or MODELS[name].title, is_paid=is_paid)


def _voice(name: str, settings: Settings) -> Choice:
    """A voice is known to speak all tracks, unless it is somebody else's server."""
    is_known = name == "elevenlabs" or name.startswith("espeak")
    title = VOICES[name].title.replace("Prem", settings.elevenlabs_voice)
    return Choice(name, title, TAGS if is_known else None, is_paid=VOICES[name].is_paid)


def _thinks_paid(settings: Settings) -> bool:
    is_openai = "api.openai.com" in settings.openai_base_url
    has_price = is_openai or profile(settings.openai_model).prices is not None
    return bool(settings.openai_api_key) and has_price


def _unpaid(settings: Settings) -> Settings:
    """The same without vendors that are paid: what goes on when a budget is used up."""
    if not settings.elevenlabs_api_key and not _thinks_paid(settings):
        return settings
    update: dict[str, object] = {"listens": AUTO}
    for what, wanted, table in (
        ("thinks", settings.thinks, MODELS),
        ("speaks", settings.speaks, VOICES),
    ):
        is_free = wanted == NANO_ID or (wanted in table and not table[wanted].is_paid)
        update[what] = wanted if is_free else AUTO
    update |= {"elevenlabs_api_key": None, "openai_stt_url": None}
    if _thinks_paid(settings):
        fields = Settings.model_fields
        update |= {"openai_api_key": None, "openai_base_url": fields["openai_base_url"].default}
    return settings.model_copy(update=update)
