"""Every provider, in the order in which they are tried. A new one is its file and one line here.

`python -m asha.providers.registry` prints the table of docs/providers.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import product
from typing import Any

from pydantic import SecretStr

from asha.core.errors import BadInput
from asha.core.language import TAGS, language
from asha.core.settings import Settings
from asha.engine.exported import shipped
from asha.providers.deadlines import HEARING, HOSTED_VOICE, LOCAL_VOICE, THINKING, Deadlines
from asha.providers.tts.elevenlabs_wire import model_for


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a provider is (module:class with `from_settings`), and what it needs to be used."""

    where: str
    title: str
    needs: str = ""  # the setting that must be there
    deadlines: Deadlines = HOSTED_VOICE
    is_paid: bool = False
    options: Mapping[str, str] = field(default_factory=dict)  # given to `from_settings`
    is_wish: bool = False  # used only where it is asked for by name; takes over from nobody

    def is_usable(self, settings: Settings) -> bool:
        """Whether what it needs is there."""
        return not self.needs or bool(getattr(settings, self.needs))

    def costs(self, settings: Settings) -> bool:
        """Whether it is paid for; a server that asks for no key is one's own."""
        is_own = self.needs == "thinks_at" and settings.openai_api_key is None
        return self.is_paid and not is_own

    def made(self, settings: Settings) -> Any:
        """The provider; its module is imported only now."""
        module, name = self.where.split(":")
        return getattr(import_module(module), name).from_settings(settings, **self.options)


NANO_ID = "nano"  # as a wish
NANO = "Asha Nano"  # thinks where no other model is there (server/wiring.py)
_PROVIDERS = "asha.providers"
_ESPEAK = f"{_PROVIDERS}.tts.espeak:EspeakTTS"
# A model of some billions of parameters on a plain processor; the first question may load it.
SLOW_MODEL = Deadlines(first_s=60.0, gap_s=10.0, total_s=300.0)
VOICES: dict[str, Entry] = {
    "elevenlabs": Entry(
        f"{_PROVIDERS}.tts.elevenlabs:ElevenLabsTTS",
        "ElevenLabs (Prem)",
        needs="elevenlabs_api_key",
        is_paid=True,
    ),
    "coqui": Entry(
        f"{_PROVIDERS}.tts.coqui:CoquiTTS", "Coqui", needs="coqui_url", deadlines=LOCAL_VOICE
    ),
    "speech": Entry(
        f"{_PROVIDERS}.tts.openai_compatible:OpenAICompatibleTTS",
        "OpenAI-compatible speech",
        needs="speech_url",
    ),
    "espeak": Entry(_ESPEAK, "eSpeak NG", deadlines=LOCAL_VOICE),
    "espeak-woman": Entry(
        _ESPEAK,
        "eSpeak NG, a woman",
        deadlines=LOCAL_VOICE,
        options={"variant": "f2"},
        is_wish=True,
    ),
    "espeak-man": Entry(
        _ESPEAK, "eSpeak NG, a man", deadlines=LOCAL_VOICE, options={"variant": "m3"}, is_wish=True
    ),
}
MODELS: dict[str, Entry] = {
    "openai": Entry(
        f"{_PROVIDERS}.llm.openai_compatible:OpenAICompatibleLLM",
        "GPT-4o-mini",
        needs="thinks_at",
        deadlines=THINKING,
        is_paid=True,
    ),
    "checkpoint": Entry(
        f"{_PROVIDERS}.llm.local:LocalCheckpoint",
        "Ultravox-format checkpoint",
        needs="checkpoint",
        deadlines=SLOW_MODEL,
    ),
}
EARS: dict[str, Entry] = {
    "elevenlabs": Entry(
        f"{_PROVIDERS}.stt.elevenlabs:ElevenLabsSTT",
        "ElevenLabs Scribe",
        needs="elevenlabs_api_key",
        deadlines=HEARING,
        is_paid=True,
    ),
    "openai": Entry(
        f"{_PROVIDERS}.stt.openai:OpenAISTT",
        "OpenAI transcription",
        needs="transcribes_at",
        deadlines=HEARING,
        is_paid=True,
    ),
    "whisper": Entry(
        f"{_PROVIDERS}.stt.faster_whisper:FasterWhisperSTT",
        "faster-whisper",
        needs="whisper_model",
        deadlines=Deadlines(first_s=10.0, gap_s=10.0, total_s=None),
    ),
}

REMEDIES = {
    "elevenlabs_api_key": "ELEVENLABS_API_KEY",
    "thinks_at": "OPENAI_API_KEY (or ASHA_OPENAI_BASE_URL for a server without one)",
    "transcribes_at": "OPENAI_API_KEY",
    "checkpoint": "ASHA_CHECKPOINT",
    "coqui_url": "ASHA_COQUI_URL",
    "speech_url": "ASHA_SPEECH_URL",
    "whisper_model": "ASHA_WHISPER_MODEL",
}


@dataclass(frozen=True, slots=True)
class Row:
    """Who does what, by title: the first is used, the others take over in this order."""

    listens: Sequence[str]
    thinks: Sequence[str]
    speaks: Sequence[str]


def available(settings: Settings) -> Row:
    """Who listens, thinks and speaks with these settings; the same in every language.

    A voice or ears that lack a language hand on to the next by themselves.
    """
    thinks = _titles(MODELS, settings.thinks, settings, "thinks")
    is_nano = not thinks and bool(settings.nano_dir or shipped())  # it hears for itself
    return Row(
        listens=[NANO] if is_nano else _titles(EARS, settings.listens, settings, "listens"),
        thinks=[NANO] if is_nano else thinks,
        speaks=_titles(VOICES, settings.speaks, settings, "speaks"),
    )


def usable(
    table: Mapping[str, Entry], wanted: str, settings: Settings, what: str
) -> dict[str, Entry]:
    """The entries that have what they need: all, or those from the wanted one on.

    Raises:
        BadInput: the wanted one is not known, or lacks what it needs.
    """
    names = list(table)
    if wanted == NANO_ID and table is not VOICES:
        return {}  # it hears and thinks alone
    if wanted != "auto":
        if wanted not in table:
            raise BadInput(
                f"Nothing called {wanted!r} {what}; there are auto, {', '.join(names)}.",
                param=what,
            )
        if not table[wanted].is_usable(settings):
            remedy = REMEDIES.get(table[wanted].needs, table[wanted].needs)
            raise BadInput(f"{table[wanted].title} needs {remedy}; set it.", param=what)
        names = names[names.index(wanted) :]
    return {
        name: table[name]
        for name in names
        if table[name].is_usable(settings) and (name == wanted or not table[name].is_wish)
    }


def everything(table: Mapping[str, Entry], settings: Settings) -> list[str]:
    """The names of all that have what they need, wishes too."""
    return [name for name, entry in table.items() if entry.is_usable(settings)]


def _titles(table: Mapping[str, Entry], wanted: str, settings: Settings, what: str) -> list[str]:
    return [entry.title for entry in usable(table, wanted, settings, what).values()]


def table() -> str:
    """The table of docs/providers.md: every combination of keys, and each language's voices."""
    lines = ["| Keys | listens | thinks | speaks |", "|---|---|---|---|"]
    for openai, elevenlabs, coqui in product((False, True), repeat=3):
        settings = Settings(
            _env_file=None,
            openai_api_key=SecretStr("a key") if openai else None,
            elevenlabs_api_key=SecretStr("a key") if elevenlabs else None,
            coqui_url="a url" if coqui else None,
        )
        keys = [
            name
            for name, is_there in (
                ("`OPENAI_API_KEY`", openai),
                ("`ELEVENLABS_API_KEY`", elevenlabs),
                ("`ASHA_COQUI_URL`", coqui),
            )
            if is_there
        ]
        row = available(settings)
        listens = " → ".join([*row.listens, "the browser's own"])
        thinks = " → ".join(row.thinks) or "nobody"
        lines.append(
            f"| {', '.join(keys) or 'none'} | {listens} | {thinks} | {' → '.join(row.speaks)} |"
        )
    lines += ["", "| Language | ElevenLabs | Coqui | eSpeak NG |", "|---|---|---|---|"]
    for tag in TAGS:
        model = model_for(tag, "elevenlabs")
        way = "socket" if model.socket else "HTTP stream"
        lines.append(f"| {tag} | {model.id}, {way} | your model | {language(tag).voice} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")  # noqa: T201 - it is a program here
