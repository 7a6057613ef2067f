"""asha coqui: Coqui's voices as a service of their own, for an environment that has torch.

One worker, a bounded queue, models by local path. Needs coqui-tts in this environment; Asha's own
does not have it (docs/providers.md says how, and which weights may be used).
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from fastapi import FastAPI
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, Field

from asha.core.audio import Float32, pcm_of
from asha.core.errors import BadInput, NotFound
from asha.core.language import TAGS

MAX_WAITING = 4  # more than this and the listener is better served by another voice
MAX_CHARS = 1_000
CHUNK_SAMPLES = 4_800  # 0.2 s at 24 kHz
RETRY_AFTER_S = 1
# Model types whose published weights may not be used commercially (XTTS: CPML; MMS: CC-BY-NC 4.0).
NONCOMMERCIAL = ("xtts", "fairseq", "mms")

Speak = Callable[[str, str], tuple[Float32, int]]  # text, our tag -> samples, rate in Hz


class SpeakRequest(BaseModel):
    """What is to be spoken."""

    text: str = Field(min_length=1, max_length=MAX_CHARS)
    language: str


@dataclass(slots=True)
class Desk:
    """The queue before the one worker."""

    speakers: dict[str, Speak]
    num_waiting: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


def coqui(
    model: Annotated[
        list[str],
        typer.Option(help="TAG=FOLDER with config.json and the weights; repeat for more."),
    ],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = 8_020,
    allow_noncommercial: Annotated[
        bool, typer.Option(help="Also load weights that may not be used commercially.")
    ] = False,
) -> None:
    """Serve Coqui's voices (docs/providers.md)."""
    import uvicorn

    folders = dict(parsed(wish) for wish in model)
    for folder in folders.values():
        check_licence(folder, allow_noncommercial=allow_noncommercial)
    speakers = {tag: loaded(folder) for tag, folder in folders.items()}
    uvicorn.run(create_sidecar(speakers), host=host, port=port, log_level="warning")


def create_sidecar(speakers: dict[str, Speak]) -> FastAPI:
    """The service over loaded voices, by language tag."""
    app, desk = FastAPI(title="Asha's Coqui sidecar"), Desk(speakers)

    @app.get("/health")
    async def health() -> dict[str, Any]:
        """It answers; what it speaks and how many wait."""
        return {"status": "ok", "languages": list(speakers), "waiting": desk.num_waiting}

    @app.post("/v1/speak", response_class=StreamingResponse)
    async def speak(wanted: SpeakRequest) -> Any:
        """s16 mono; the rate is in `x-rate-hz`."""
        if wanted.language not in speakers:
            return _problem(400, "unknown_language", f"Speaks only {', '.join(speakers)}.")
        if desk.num_waiting >= MAX_WAITING:
            return _problem(503, "busy", "The queue is full; try again.")
        samples, rate_hz = await _spoken(desk, wanted)
        return StreamingResponse(
            _chunks(samples), media_type="audio/pcm", headers={"x-rate-hz": str(rate_hz)}
        )

    return app


def parsed(wish: str) -> tuple[str, Path]:
    """TAG=FOLDER as its parts. Raises BadInput, NotFound."""
    tag, _, folder = wish.partition("=")
    if tag not in TAGS or not folder:
        raise BadInput(f"--model is TAG=FOLDER with a tag of {', '.join(TAGS)}.", param="model")
    path = Path(folder)
    if not (path / "config.json").is_file():
        raise NotFound(f"{path} has no config.json; give the folder of a Coqui model.")
    return tag, path


def check_licence(folder: Path, *, allow_noncommercial: bool) -> None:
    """Refuse weights whose licence forbids commercial use. Raises BadInput."""
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except ValueError as broken:
        raise BadInput(f"{folder}/config.json is not JSON; give a model's own folder.") from broken
    told = f"{config.get('model', '')} {folder.name} {config.get('license', '')}".lower()
    is_fairseq = (folder / "vocab.txt").exists() and "vits" in told  # how MMS is laid out
    is_restricted = is_fairseq or any(word in told for word in (*NONCOMMERCIAL, "-nc", "cpml"))
    if is_restricted and not allow_noncommercial:
        raise BadInput(
            f"{folder.name}: these weights may not be used commercially; "
            "--allow-noncommercial loads them all the same.",
            param="model",
        )


def loaded(folder: Path) -> Speak:
    """The model in `folder`. Raises BadInput where coqui-tts is not installed or cannot read it."""
    try:
        from TTS.api import TTS  # type: ignore[import-not-found,unused-ignore]
    except ImportError as missing:
        raise BadInput(
            "coqui-tts is not in this environment; docs/providers.md says how to make one."
        ) from missing
    weights = next((path for path in sorted(folder.glob("*.pth"))), folder)
    tts = TTS(model_path=str(weights), config_path=str(folder / "config.json"))

    def speak(text: str, tag: str) -> tuple[Float32, int]:
        del tag  # one model, one language
        import numpy as np

        samples = np.asarray(tts.synthesizer.tts(text), np.float32)
        return samples, int(tts.synthesizer.output_sample_rate)

    return speak


async def _spoken(desk: Desk, wanted: SpeakRequest) -> tuple[Float32, int]:
    """In turn, off the event loop: the model computes one phrase at a time."""
    desk.num_waiting += 1
    try:
        async with desk.turn:
            return await asyncio.to_thread(
                desk.speakers[wanted.language], wanted.text, wanted.language
            )
    finally:
        desk.num_waiting -= 1


async def _chunks(samples: Float32) -> AsyncIterator[bytes]:
    for start in range(0, len(samples), CHUNK_SAMPLES):
        yield pcm_of(samples[start : start + CHUNK_SAMPLES])


def _problem(status: int, code: str, message: str) -> JSONResponse:
    headers = {"retry-after": str(RETRY_AFTER_S)} if status == 503 else {}
    return JSONResponse({"error": {"code": code, "message": message}}, status, headers)
