"""asha data make: data made by a recipe, with the voices, models and ears of this machine."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer

from asha.core.audio import Chunk
from asha.core.errors import AshaError, BadInput
from asha.core.language import Language
from asha.core.ports import LanguageModel, SpeechToText, TextToSpeech
from asha.core.settings import Settings
from asha.data.making.item import Ports
from asha.data.making.ledger import Prices
from asha.data.making.program_voice import ProgramVoice
from asha.data.making.work import Report
from asha.data.problem import Tally

# What runs on machines of one's own. Whatever else has no known price needs one in the recipe.
FREE = {"espeak", "coqui", "embedded", "whisper"}


class BudgetTold(AshaError):
    """The budget stopped a recipe before it was done."""

    code = "budget_spent"


def make(
    recipe: Annotated[Path, typer.Argument(help="e.g. runs/data/hinglish_small.toml")],
    folder: Annotated[str, typer.Option(help="Make it here instead of the recipe's folder.")] = "",
    rows: Annotated[int, typer.Option(min=0, help="Only so many of each language.")] = 0,
    shelf: Annotated[
        Path | None, typer.Option("--shelf", help="Where fetched corpora lie (ASHA_SHELF_DIR).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Make a corpus: speech from text, words by a model, transcripts, pieces, disturbances.

    The same command goes on after a kill or a spent budget; nothing is paid for twice.
    """
    from asha.data.making.recipe import load_recipe
    from asha.data.making.rows import items_of
    from asha.data.sources.part import shelf_of

    asked = load_recipe(recipe)
    if folder:
        asked = asked.model_copy(update={"folder": folder})
    if rows:
        asked = asked.model_copy(update={"source": asked.source.model_copy(update={"rows": rows})})
    items = items_of(asked.source, asked.seed, shelf_of(Settings(), shelf))
    report = asyncio.run(_made(asked, items, is_shown=not as_json))
    if as_json:
        typer.echo(json.dumps(_figures(report), ensure_ascii=False))
    else:
        _tell(report)
    if report.stopped:
        raise BudgetTold(f"{report.stopped} {report.num_left:,} rows are left.")
    if not report.num_rows:
        raise BadInput(f"{asked.name}: no row could be made; the sentences above say why.")


async def _made(asked: Any, items: Any, *, is_shown: bool) -> Report:
    from asha.data.making.work import make as work

    counter = _Counter()

    def told(report: Report) -> None:
        if sys.stderr.isatty() and is_shown:
            sys.stderr.write(
                f"\r{report.num_read:,} read, {report.num_rows:,} made, "
                f"{report.num_calls:,} calls, ${report.spent_usd:.4f}"
            )

    try:
        return await work(asked, items, counter.ports(), told=told)
    finally:
        await counter.close()


@dataclass(slots=True)
class _Counter:
    """What was asked for over the counter: each provider is made once, and closed at the end."""

    settings: Settings = field(default_factory=Settings)
    made: dict[tuple[str, str], Any] = field(default_factory=dict)

    def ports(self) -> Ports:
        return Ports(self.voice, self.model, self.ears, self.prices)

    def voice(self, name: str, chance: Random) -> TextToSpeech:
        """`provider` or `provider:voice`; of eSpeak NG a variant, or any; `command:` a program."""
        provider, _, who = name.partition(":")
        if provider == "command":
            return ProgramVoice(who)
        if provider == "espeak":
            return _Throat(self._of("VOICES", "espeak"), _variant(who, chance))
        if not who:
            voice: TextToSpeech = self._of("VOICES", provider)
            return voice
        keys = {"elevenlabs": "elevenlabs_voice", "speech": "speech_voice"}
        if provider not in keys:
            raise BadInput(f"{name}: {provider} has no voices by name here; write {provider!r}.")
        own = self.settings.model_copy(update={keys[provider]: who})
        return self._of("VOICES", provider, own, who)  # type: ignore[no-any-return]

    def model(self, name: str) -> LanguageModel:
        """`openai` (any compatible server), or `openai:model`."""
        provider, _, which = name.partition(":")
        own = self.settings.model_copy(update={"openai_model": which} if which else {})
        return self._of("MODELS", provider, own, which)  # type: ignore[no-any-return]

    def ears(self, name: str) -> SpeechToText:
        """`embedded` (Nano's), or a provider's name."""
        if name != "embedded":
            return self._of("EARS", name)  # type: ignore[no-any-return]
        return _NanoEars(self.settings)

    def prices(self, name: str) -> Prices | None:
        """What is known; None for a paid part whose price nobody wrote down."""
        from asha.providers import registry
        from asha.providers.models import profile

        provider, _, which = name.partition(":")
        known = {*registry.VOICES, *registry.MODELS, *registry.EARS}
        if provider in FREE or provider not in known:  # who is not there is told when asked
            return Prices()
        told = profile(which or self.settings.openai_model).prices if provider == "openai" else None
        if told is None and "openai.com" not in self.settings.openai_base_url:
            return Prices() if provider == "openai" else None  # a server of one's own
        return Prices(told.tokens_in / 1e6, told.tokens_out / 1e6) if told else None

    async def close(self) -> None:
        for provider in self.made.values():
            close = getattr(provider, "close", None)
            if close is not None:
                await close()

    def _of(self, table: str, name: str, own: Settings | None = None, who: str = "") -> Any:
        from asha.providers import registry

        if (table, name + who) not in self.made:
            known = getattr(registry, table)
            if name not in known:
                raise BadInput(f"There is no {name!r} here; there are {', '.join(known)}.")
            entry = known[name]
            if not entry.is_usable(self.settings):
                remedy = registry.REMEDIES.get(entry.needs, entry.needs)
                raise BadInput(f"{entry.title} needs {remedy}; set it.")
            self.made[table, name + who] = entry.made(own or self.settings)
        return self.made[table, name + who]


class _Throat:
    """eSpeak NG with one of its variants: another throat of the same language."""

    def __init__(self, voice: TextToSpeech, variant: str) -> None:
        self._voice, self._variant = voice, variant
        self.name = f"espeak:{variant}" if variant else "espeak"
        self.rate_hz = voice.rate_hz

    def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """As the voice does."""
        own = f"{language.voice}+{self._variant}" if self._variant else language.voice
        return self._voice.speak(phrase, language=replace(language, voice=own))


class _NanoEars:
    """The ears of the weights in the package, on whole clips."""

    name = "embedded"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._weights: Any = None

    async def transcribe(self, sound: AsyncIterator[Chunk], *, language: str) -> Any:
        """One final transcript."""
        from asha.cli.one_turn import weights_folder
        from asha.core.audio import samples_of
        from asha.core.ports import Heard
        from asha.engine.exported import load_weights
        from asha.engine.whole import transcribe

        if self._weights is None:
            self._weights = load_weights(weights_folder(self._settings.nano_dir))
        pcm = b"".join([chunk.pcm async for chunk in sound])
        heard = transcribe(self._weights, samples_of(pcm))
        yield Heard(heard.text, is_final=True, language=language)


def _variant(who: str, chance: Random) -> str:
    from asha.data.synthesis import HELD_OUT_KLATT, HELD_OUT_VARIANTS, TRAINED_VARIANTS

    if not who:
        return ""  # the voice's own throat
    if who == "any":
        return chance.choice(TRAINED_VARIANTS)
    known = (*TRAINED_VARIANTS, *HELD_OUT_VARIANTS, *HELD_OUT_KLATT)
    if who not in known:
        raise BadInput(f"eSpeak NG has no variant {who!r}; write espeak:any, or one of its own.")
    return who


def _tell(report: Report) -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\n")
    typer.echo(
        f"{report.num_rows:,} rows of {report.num_read:,} read, {report.num_calls:,} calls, "
        f"${report.spent_now_usd:.4f} now, ${report.spent_usd:.4f} in all -> {report.corpus_file}"
    )
    for sentence in Tally(faults=report.faults).sentences():
        typer.echo(f"  {sentence}")


def _figures(report: Report) -> dict[str, object]:
    return {
        "rows": report.num_rows,
        "read": report.num_read,
        "left": report.num_left,
        "calls": report.num_calls,
        "spent_usd": round(report.spent_usd, 6),
        "corpus": str(report.corpus_file) if report.corpus_file else None,
        "problems": {fault: len(them) for fault, them in report.faults.items()},
    }
