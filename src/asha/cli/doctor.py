"""asha doctor: what listens, thinks and speaks here, and what would make it better."""

import asyncio
import importlib.util
import json
import platform
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from asha.cli.loudspeaker import player
from asha.core.language import TAGS, language
from asha.core.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One line of the report; `remedy` is empty where all is well."""

    what: str
    state: str
    remedy: str = ""


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable.")] = False,
) -> None:
    """Say what works on this machine and what would make it better."""
    findings = [
        *_machine(),
        *asyncio.run(_voices()),
        *_written(),
        *_keys(Settings()),
        *_row(Settings()),
    ]
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
        return
    for finding in findings:
        typer.echo(f"{finding.what:<12} {finding.state}")
        if finding.remedy:
            typer.echo(f"{'':<12} -> {finding.remedy}")


def _machine() -> list[Finding]:
    lab = importlib.util.find_spec("torch") is not None
    return [
        Finding("python", platform.python_version()),
        Finding(
            "loudspeaker",
            player() or "none",
            "" if player() else "speech is written to WAV files; install alsa-utils to play it",
        ),
        Finding(
            "lab",
            "installed" if lab else "not installed",
            "" if lab else "`make test` or `pip install asha[lab]` brings training",
        ),
    ]


async def _voices() -> list[Finding]:
    """Let each language say its hello, and report what came."""
    from asha.core.errors import AshaError
    from asha.providers.adapters import Spoken
    from asha.providers.tts.espeak import EspeakTTS

    espeak = EspeakTTS()
    tts, findings = Spoken(espeak), []
    for tag in TAGS:
        track = language(tag)
        try:
            chunks = [chunk async for chunk in tts.speak(track.hello, language=track)]
            seconds = sum(chunk.duration_ms for chunk in chunks) / 1_000
            state = f"speaks with eSpeak NG ({track.voice}), {seconds:.1f} s of hello"
            findings.append(Finding(tag, state))
        except AshaError as error:
            findings.append(Finding(tag, "silent", error.message))
    await espeak.close()
    return findings


def _written() -> list[Finding]:
    """The configuration and the weights that are here."""
    from asha.cli.configuration import FILE, is_private
    from asha.cli.models import models_dir
    from asha.providers.open_weights import megabytes, present

    if not FILE.exists():
        written = Finding("setup", "no configuration", "`asha setup` asks, tests and writes it")
    elif is_private(FILE):
        written = Finding("setup", f"{FILE}, readable for you only")
    else:
        written = Finding("setup", f"{FILE} can be read by others", f"chmod 600 {FILE}")
    here = present(models_dir(None))
    total = megabytes(sum(weights.num_bytes for weights in here))
    state = f"{', '.join(weights.hub_id for weights in here)} ({total})" if here else "none"
    remedy = "" if here else "`asha models list` shows what there is"
    return [written, Finding("open weights", state, remedy)]


def _keys(settings: Settings) -> list[Finding]:
    rows = [
        ("openai", settings.openai_api_key, f"OPENAI_API_KEY lets {settings.openai_model} think"),
        ("elevenlabs", settings.elevenlabs_api_key, "ELEVENLABS_API_KEY gives it Prem's voice"),
    ]
    return [
        Finding(name, "key found" if key else "no key", "" if key else remedy)
        for name, key, remedy in rows
    ]


def _row(settings: Settings) -> list[Finding]:
    """The row of docs/providers.md that applies, and models that are about to end."""
    from asha.providers.choosing import chosen
    from asha.providers.registry import available

    row = available(settings)
    doing = [("listens", row.listens), ("thinks", row.thinks), ("speaks", row.speaks)]
    none = {"listens": "the browser's own recogniser, where it has one", "thinks": "nobody"}
    return [
        *[Finding(what, " -> ".join(who) or none[what]) for what, who in doing],
        *[Finding("ends", notice) for notice in chosen(settings).notices],
    ]
