"""From settings to what listens, thinks and speaks: each with deadlines, retry, breaker, metering
and failover around it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from asha.core.errors import BadInput
from asha.core.ports import LanguageModel, SpeechToText, TextToSpeech
from asha.core.settings import Settings
from asha.providers.breaker import Breaker
from asha.providers.failover import FailoverLLM, FailoverSTT, FailoverTTS, OnSwitch, log_switch
from asha.providers.metering import Meter, MeteredEars, MeteredModel, MeteredVoice
from asha.providers.models import profile, warnings
from asha.providers.prices import character_price, second_price
from asha.providers.registry import EARS, MODELS, NANO_ID, VOICES, Entry, usable
from asha.providers.retry import Care, CarefulEars, CarefulModel, CarefulVoice


@dataclass(frozen=True, slots=True)
class Chosen:
    """What listens, thinks and speaks, each with its failover inside; None: there is none."""

    llm: FailoverLLM | None
    tts: FailoverTTS
    stt: FailoverSTT | None
    is_paid: bool
    notices: Sequence[str]  # models that are about to be switched off
    meter: Meter = field(default_factory=Meter)


@dataclass(slots=True)
class Made:
    """Providers made so far: who chooses the same again gets the same, its lines and its breaker
    with it.
    """

    meter: Meter = field(default_factory=Meter)
    by_name: dict[tuple[str, str], Any] = field(default_factory=dict)

    def every(
        self, kind: str, entries: dict[str, Entry], make: Callable[[Entry, Meter], Any]
    ) -> list[Any]:
        """Those of `entries`, in their order; made where they are not there yet."""
        for name, entry in entries.items():
            if (kind, name) not in self.by_name:
                self.by_name[kind, name] = make(entry, self.meter)
        return [self.by_name[kind, name] for name in entries]


def chosen(
    settings: Settings, on_switch: OnSwitch = log_switch, made: Made | None = None
) -> Chosen:
    """The providers that these settings allow.

    Raises:
        BadInput: a provider is asked for by name that is not known, or lacks what it needs.
    """
    made = made or Made()
    models = usable(MODELS, settings.thinks, settings, "thinks")
    voices = usable(VOICES, settings.speaks, settings, "speaks")
    is_nano = settings.thinks == NANO_ID  # it hears for itself
    ears = {} if is_nano else usable(EARS, settings.listens, settings, "listens")
    llms = made.every("llm", models, lambda entry, meter: _model(entry, settings, meter))
    ttss = made.every("voice", voices, lambda entry, meter: _voice(entry, settings, meter))
    stts = made.every("ears", ears, lambda entry, meter: _ears(entry, settings, meter))
    in_use = [settings.openai_model] if "openai" in models else []
    in_use += [settings.openai_stt_model] if "openai" in ears else []
    entries = [*models.values(), *voices.values(), *ears.values()]
    return Chosen(
        llm=FailoverLLM(llms, on_switch) if llms else None,
        tts=FailoverTTS(ttss, on_switch),
        stt=FailoverSTT(stts, on_switch) if stts else None,
        is_paid=any(entry.costs(settings) for entry in entries),
        notices=warnings(date.today(), *in_use),
        meter=made.meter,
    )


def one(kind: Literal["llm", "voice", "ears"], name: str, settings: Settings) -> Any:
    """One provider alone, with its deadlines and retries but nobody to take over: for scoring.

    Raises:
        BadInput: it is not known, or lacks what it needs.
    """
    table = {"llm": MODELS, "voice": VOICES, "ears": EARS}[kind]
    if name not in table:
        raise BadInput(f"There is no {kind}:{name}; there are {', '.join(table)}.", param="model")
    entry = usable(table, name, settings, kind)[name]
    if kind == "llm":
        return _model(entry, settings, Meter())
    return _voice(entry, settings, Meter()) if kind == "voice" else _ears(entry, settings, Meter())


def _care(name: str, entry: Entry, settings: Settings) -> Care:
    return Care(name, entry.deadlines.scaled(settings.deadline_scale), Breaker())


def _voice(entry: Entry, settings: Settings, meter: Meter) -> TextToSpeech:
    voice: TextToSpeech = entry.made(settings)
    metered = MeteredVoice(voice, meter, character_price(voice.name))
    return CarefulVoice(metered, _care(voice.name, entry, settings))


def _model(entry: Entry, settings: Settings, meter: Meter) -> LanguageModel:
    model: LanguageModel = entry.made(settings)
    prices = profile(settings.openai_model).prices if entry.costs(settings) else None
    return CarefulModel(MeteredModel(model, meter, prices), _care(model.name, entry, settings))


def _ears(entry: Entry, settings: Settings, meter: Meter) -> SpeechToText:
    ears: SpeechToText = entry.made(settings)
    metered = MeteredEars(ears, meter, second_price(ears.name))
    return CarefulEars(metered, _care(ears.name, entry, settings))
