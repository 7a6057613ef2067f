"""asha setup: asks what there is, tests it, and writes it down."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from asha.cli.configuration import FILE, write
from asha.cli.standard_input import lines
from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.core.settings import Settings

if TYPE_CHECKING:
    from asha.providers.key_check import Verdict

MAX_TRIES = 3
Check = Callable[[Settings], Coroutine[Any, Any, "Verdict"]]


@dataclass(slots=True)
class Answers:
    """What was given so far, and the settings it makes."""

    given: dict[str, str] = field(default_factory=dict)
    is_tested: bool = True

    def settings(self) -> Settings:
        """The settings with what was given. Raises BadInput."""
        arguments = {
            str(spec.validation_alias or f"ASHA_{name}").upper(): str(spec.validation_alias or name)
            for name, spec in Settings.model_fields.items()
        }
        given: dict[str, Any] = {}
        try:
            # As arguments: what was just given wins over the environment and the old file.
            for name, value in self.given.items():
                given[arguments[name]] = value
            return Settings(**given)
        except KeyError as unknown:
            raise BadInput(f"{unknown.args[0]} is not a setting; see docs/providers.md.") from None
        except ValidationError as wrong:
            first = wrong.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise BadInput(f"{where}: {first['msg']}.", param=where) from None


def setup(
    file: Annotated[Path, typer.Option(help="The configuration that is written.")] = FILE,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Ask nothing: NAME=VALUE lines come by standard input.")
    ] = False,
    no_test: Annotated[bool, typer.Option("--no-test", help="Ask no vendor.")] = False,
) -> None:
    """Ask for keys and choices, test them, and write them where only you can read them."""
    answers = Answers(is_tested=not no_test)
    if stdin:
        _read(answers)
    else:
        _ask(answers)
    answers.settings()
    if not answers.given:
        typer.echo(
            "Nothing was given, so nothing is written; Asha Nano and eSpeak NG need nothing."
        )
        return
    write(file, dict(answers.given))
    typer.echo(f"{file} holds {', '.join(sorted(answers.given))}, readable for you only.")
    typer.echo("`asha doctor` shows who listens, thinks and speaks now; `asha serve` starts it.")


def _read(answers: Answers) -> None:
    """What comes by standard input; keys that a vendor refuses are an error."""
    for line in lines():
        name, equals, value = line.strip().partition("=")
        if line.strip() and not line.lstrip().startswith("#"):
            if not equals:
                raise BadInput("Each line is NAME=VALUE, such as OPENAI_API_KEY=sk-...")
            answers.given[name.strip()] = value.strip()
    settings = answers.settings()
    for name, check in _checks(settings):
        if answers.is_tested:
            verdict = asyncio.run(check(settings))
            typer.echo(f"{name}: {verdict.sentence}", err=True)
            if verdict.is_good is False:
                raise BadInput(f"{name}: {verdict.sentence} Nothing was written.", param=name)


def _checks(settings: Settings) -> list[tuple[str, Check]]:
    from asha.providers.key_check import elevenlabs_verdict, openai_verdict

    found: list[tuple[str, Check]] = []
    if settings.thinks_at:
        found.append(("OPENAI_API_KEY", openai_verdict))
    if settings.elevenlabs_api_key:
        found.append(("ELEVENLABS_API_KEY", elevenlabs_verdict))
    return found


def _ask(answers: Answers) -> None:
    from asha.providers.key_check import elevenlabs_verdict, openai_verdict

    if sys.stdin is None or not sys.stdin.isatty():
        raise BadInput("Nobody is there to ask; use `asha setup --stdin` with NAME=VALUE lines.")
    typer.echo("Everything may stay empty: then Asha Nano thinks and eSpeak NG speaks, offline.")
    _machine()
    key = "OPENAI_API_KEY"
    _ask_key(answers, key, "OpenAI key (GPT-4o-mini thinks)", openai_verdict)
    if key not in answers.given:
        url = "ASHA_OPENAI_BASE_URL"
        _ask_key(answers, url, "A server of your own with OpenAI's API, up to /v1", openai_verdict)
    key = "ELEVENLABS_API_KEY"
    _ask_key(answers, key, "ElevenLabs key (the voice Prem, and Scribe hears)", elevenlabs_verdict)
    _ask_models(answers)
    wanted = typer.prompt(f"Language: auto, {', '.join(TAGS)}", default="auto")
    if wanted not in ("auto", *TAGS):
        raise BadInput(f"language is auto or one of {', '.join(TAGS)}.", param="language")
    if wanted != "auto":
        answers.given["ASHA_LANGUAGE"] = wanted


def _machine() -> None:
    from asha.cli.loudspeaker import player

    typer.echo(f"Loudspeaker: {player() or 'none, speech is written to files'}.")


def _ask_key(answers: Answers, name: str, question: str, check: Check) -> None:
    """One key: asked again while the vendor refuses it; an empty answer passes."""
    for _ in range(MAX_TRIES):
        hidden = name.endswith("KEY")
        value = typer.prompt(question, default="", show_default=False, hide_input=hidden).strip()
        if not value:
            return
        answers.given[name] = value
        if not answers.is_tested:
            return
        verdict = asyncio.run(check(answers.settings()))
        typer.echo(f"  {verdict.sentence}")
        if verdict.is_good is not False:
            return
        del answers.given[name]
    typer.echo("  It stays out; run `asha setup` again when you have another.")


def _ask_models(answers: Answers) -> None:
    """Weights that `asha models get` has brought, for what they do."""
    from asha.cli.models import models_dir
    from asha.providers.open_weights import known, present

    settings = {entry.hub_id: entry.setting for entry in known().values()}
    for weights in present(models_dir(None)):
        setting = settings.get(weights.hub_id)
        if setting and typer.confirm(f"Use {weights.hub_id} ({setting})?", default=False):
            answers.given[setting] = str(weights.folder.resolve())
