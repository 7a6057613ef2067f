"""asha hear: what Nano's ears read in recordings."""

import json
from pathlib import Path
from typing import Annotated

import typer

from asha.core.errors import AshaError, BadSound

SUFFIXES = {".wav", ".flac", ".ogg", ".opus", ".mp3"}


def hear(
    place: Annotated[Path, typer.Argument(help="A recording, or a folder of recordings.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    weights: Annotated[Path | None, typer.Option(help="Exported weights of your own.")] = None,
) -> None:
    """Write down what is said in recordings."""
    from asha.cli.one_turn import weights_folder
    from asha.engine.exported import load_weights
    from asha.engine.whole import transcribe
    from asha.speech.sound_file import decode_clip

    files = _files(place)
    if len(files) == 1:  # what is wrong with the recording is told before what is missing here
        decode_clip(files[0].read_bytes(), what=str(files[0]))
    loaded = load_weights(weights_folder(weights))
    for file in files:
        row: dict[str, object] = {"file": str(file)}
        try:
            clip = decode_clip(file.read_bytes(), what=str(file))
            heard = transcribe(loaded, clip.samples)
            row |= {"text": heard.text, "script": heard.script, "seconds": clip.duration_s}
        except AshaError as error:
            if len(files) == 1:
                raise
            row["error"] = error.message
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            typer.echo(f"{file}\t{row.get('error') or row['text'] or '(no words)'}")


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise BadSound(f"There is no {place}; give a sound file or a folder of them.")
    files = sorted(file for file in place.rglob("*") if file.suffix.lower() in SUFFIXES)
    if not files:
        raise BadSound(f"{place} holds no {', '.join(sorted(SUFFIXES))} file.")
    return files
