"""asha say, asha hello: the first spoken words."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from asha.cli.loudspeaker import play, write_wav
from asha.cli.standard_input import standard_input
from asha.core.audio import Chunk, level_dbfs, samples_of
from asha.core.language import TAGS, Language, language


def say(
    text: Annotated[str, typer.Argument(help="What to say; - reads standard input.")],
    language_tag: Annotated[
        str, typer.Option("--language", help=f"One of {', '.join(TAGS)}.")
    ] = "en-IN",
    out: Annotated[Path | None, typer.Option(help="Write a WAV file instead of playing.")] = None,
) -> None:
    """Say TEXT aloud."""
    spoken = standard_input().read() if text == "-" else text
    voice = language(language_tag)
    speech = asyncio.run(_speech([(spoken, voice)]))[0]
    _hand_over(speech, out=out, fallback=Path(f"asha-{language_tag}.wav"), label=voice.tag)


def hello(
    folder: Annotated[Path, typer.Option(help="Where WAV files go without a loudspeaker.")] = Path(
        "out"
    ),
) -> None:
    """Say hello in all seven tracks."""
    tracks = [language(tag) for tag in TAGS]
    speeches = asyncio.run(_speech([(track.hello, track) for track in tracks]))
    for track, speech in zip(tracks, speeches, strict=True):
        typer.echo(f"{track.name}: {track.hello}")
        _hand_over(speech, out=None, fallback=folder / f"hello-{track.tag}.wav", label=track.tag)


async def _speech(lines: list[tuple[str, Language]]) -> list[Chunk]:
    """Each line as one chunk of speech, by the voice that is always there."""
    from asha.providers.adapters import Spoken
    from asha.providers.tts.espeak import EspeakTTS
    from asha.speech.spoken_text import speakable

    espeak = EspeakTTS()
    tts = Spoken(espeak)
    try:
        return [
            Chunk(
                b"".join([chunk.pcm async for chunk in tts.speak(speakable(text), language=track)]),
                tts.rate_hz,
            )
            for text, track in lines
        ]
    finally:
        await espeak.close()


def _hand_over(speech: Chunk, *, out: Path | None, fallback: Path, label: str) -> None:
    level = level_dbfs(samples_of(speech.pcm))
    figures = f"{speech.duration_ms / 1_000:.1f} s, {level:.0f} dBFS"
    if out is None and play(speech):
        typer.echo(f"  {label}: played, {figures}")
        return
    path = out or fallback
    write_wav(path, speech)
    typer.echo(f"  {label}: {figures} -> {path}")
