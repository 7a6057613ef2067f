"""asha talk: one spoken or typed question to the embedded Nano, answered in text and aloud."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from asha.cli.one_turn import Heard, OneTurn, Turn, Voiced, Written
from asha.core.audio import HEARING_RATE_HZ, Clip, Float32
from asha.core.errors import BadInput, BadSound, BadText
from asha.core.language import TAGS

BUNDLED = Path(__file__).parent / "clips" / "question.wav"
SLICE_S = 0.2  # what a page sends at a time
HASTE = 8.0  # a clip is fed this many times faster than it was spoken; the engine keeps up
LONGEST_S = 60.0
MAX_CHARS = 1_000  # what the engine reads at once


def talk(
    clip: Annotated[
        Path | None, typer.Argument(help="A recording of a question; none: a bundled one.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Type the question instead.")] = None,
    mic: Annotated[bool, typer.Option("--mic", help="Ask into the microphone.")] = False,
    language_tag: Annotated[
        str, typer.Option("--language", help=f"Answer in auto or one of {', '.join(TAGS)}.")
    ] = "auto",
    out: Annotated[Path, typer.Option(help="Where speech goes without a loudspeaker.")] = Path(
        "out/answer.wav"
    ),
    weights: Annotated[Path | None, typer.Option(help="Exported weights of your own.")] = None,
) -> None:
    """Ask Asha something, aloud or typed."""
    if sum((clip is not None, text is not None, mic)) > 1:
        raise BadInput("Give a clip, --text or --mic, only one of them.")
    if language_tag != "auto" and language_tag not in TAGS:
        raise BadInput(f"There is no language {language_tag!r}; use auto or {', '.join(TAGS)}.")
    if text is not None and not 0 < len(text.strip()) <= MAX_CHARS:
        raise BadText(f"Give --text some words, at most {MAX_CHARS:,} characters.")
    question = None if text is not None or mic else _clip(clip or BUNDLED)
    asyncio.run(_ask(question, text, language_tag, weights=weights, out=out))


async def _ask(
    question: Clip | None, text: str | None, tag: str, *, weights: Path | None, out: Path
) -> None:
    turn = OneTurn(tag, weights=weights)
    try:
        await turn.start()
        if text is not None:
            pieces = turn.read(text)
        elif question is not None:
            pieces = turn.hear(_fed(question))
        else:
            pieces = turn.hear(_recorded())
        await _shown(pieces, turn, out)
    finally:
        await turn.close()


async def _shown(pieces: AsyncIterator[Turn], turn: OneTurn, out: Path) -> None:
    from asha.cli.loudspeaker import play, write_wav

    is_answering = False
    async for piece in pieces:
        match piece:
            case Heard(text=text):
                typer.echo(f"heard: {text or '(no words)'}")
            case Written(text=text):
                typer.echo(("" if is_answering else "Asha: ") + text, nl=False)
                is_answering = True
            case Voiced(speech=speech):
                typer.echo("" if is_answering else "Asha says nothing.")
                is_answering = False
                if speech is None:
                    continue
                if not play(speech):
                    write_wav(out, speech)
                    typer.echo(f"  {speech.duration_ms / 1_000:.1f} s of speech -> {out}")
    typer.echo(f"  {turn.timings}")


def _clip(path: Path) -> Clip:
    from asha.speech.sound_file import decode_clip

    try:
        data = path.read_bytes()
    except OSError as missing:
        raise BadSound(f"{path} cannot be read ({missing.strerror}); give a sound file.") from None
    return decode_clip(data, max_s=LONGEST_S, what=str(path))


async def _fed(clip: Clip) -> AsyncIterator[Float32]:
    """The clip's samples in slices, somewhat faster than it was spoken."""
    size = int(SLICE_S * HEARING_RATE_HZ)
    for start in range(0, len(clip.samples), size):
        yield clip.samples[start : start + size]
        await asyncio.sleep(SLICE_S / HASTE)


async def _recorded() -> AsyncIterator[Float32]:
    from asha.cli.microphone import recorded

    typer.echo("Speak; a pause ends the question.")
    begun = time.monotonic()
    async for samples in recorded():
        yield samples
        if time.monotonic() - begun > LONGEST_S - 1:
            return
