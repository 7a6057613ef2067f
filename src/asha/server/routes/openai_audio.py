"""OpenAI-compatible speech and transcription."""

import io
from collections.abc import AsyncIterator, Mapping
from typing import Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from asha.conversation.speak import spoken
from asha.conversation.tongue import FALLBACK, by_script
from asha.core.audio import SPEAKING_RATE_HZ
from asha.core.errors import BadInput, ProviderRefused, UnknownLanguage
from asha.core.language import TAGS, Language, language
from asha.core.ports import TextToSpeech
from asha.core.streams import closing
from asha.server.chat_request import check_rest
from asha.server.desk import Desk
from asha.server.multipart import FormPart, form_parts
from asha.server.paying import account_of_call, book, booked
from asha.server.routes.openai_chat import written
from asha.server.sentences import PlainText
from asha.speech.phrases import exact_phrases
from asha.speech.sound_file import decode_clip, encode_wav
from asha.speech.spoken_text import speakable

router = APIRouter(prefix="/v1/audio", tags=["OpenAI-compatible"])
MAX_INPUT_CHARS = 4_096  # OpenAI's own limit
# What stock clients send: they must name a voice and a model, and mean ours.
STOCK_VOICES = (
    *("alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx"),
    *("sage", "shimmer", "verse"),
)
STOCK_MODELS = ("tts-1", "tts-1-hd", "gpt-4o-mini-tts")
PASSED_OVER = frozenset({"instructions"})
ONLY = {"stream_format": (("audio",), "`stream_format` can only be audio; ask for pcm to stream.")}
WRITTEN_AS = ("json", "text")
MEDIA = {"mp3": "audio/mpeg", "opus": "audio/ogg", "flac": "audio/flac", "wav": "audio/wav"}
_SOUNDFILE = {"mp3": ("MP3", None), "opus": ("OGG", "OPUS"), "flac": ("FLAC", None)}


class SpeechRequest(BaseModel):
    """Text to be spoken. One voice speaks here, whichever of its names is given."""

    model_config = ConfigDict(extra="allow")

    input: PlainText = Field(min_length=1, max_length=MAX_INPUT_CHARS)
    model: str = "asha"
    voice: str | None = Field(None, description="asha, a voice that speaks here, or a stock name")
    speed: float = Field(1.0, ge=0.25, le=4.0, description="only 1: the voices here have one speed")
    response_format: Literal["mp3", "opus", "flac", "wav", "pcm"] = "mp3"
    language: str | None = Field(None, description="Asha's own; else the text's script decides")


@router.post("/speech", response_class=Response)
async def speech(wanted: SpeechRequest, desk: Desk) -> Response:
    """Speak. `pcm` (s16, 24 kHz, mono) streams while it is made; files come whole."""
    check_rest(wanted, PASSED_OVER, ONLY)
    if wanted.language not in (None, *TAGS):
        raise UnknownLanguage(f"language is one of {', '.join(TAGS)}.", param="language")
    if desk.parts.tts is None:
        raise ProviderRefused("asha", "nothing here speaks; run `asha doctor`.")
    _check_names(wanted, desk.parts.tts)
    text = speakable(wanted.input)
    track = language(wanted.language or by_script(text) or FALLBACK)
    account = await account_of_call(desk)
    sound = booked(desk, account, _sound(text, desk.parts.tts, track))
    first = await anext(sound, b"")  # a voice that fails must fail before the answer has begun
    if wanted.response_format == "pcm":
        return StreamingResponse(_all(first, sound), media_type="audio/pcm;rate=24000")
    pcm = b"".join([first, *[piece async for piece in sound]])
    body = _coded(pcm, wanted.response_format)
    return Response(body, media_type=MEDIA[wanted.response_format])


def _check_names(wanted: SpeechRequest, tts: TextToSpeech) -> None:
    """Raises BadInput for a voice, a model or a speed that is not to be had."""
    here = [tts.name, *(voice.name for voice in getattr(tts, "voices", ()))]
    names = list(dict.fromkeys(["asha", *here]))
    for field, value, stock in (
        ("voice", wanted.voice, STOCK_VOICES),
        ("model", wanted.model, STOCK_MODELS),
    ):
        if value is not None and value not in (*names, *stock):
            raise BadInput(
                f"There is no {field} {value!r} here; give {', '.join(names)}.", param=field
            )
    if wanted.speed != 1.0:
        raise BadInput("`speed` can only be 1: the voices here have one speed.", param="speed")


@router.post("/transcriptions")
async def transcriptions(request: Request, desk: Desk) -> Response:
    """Write a recording down (multipart form: `file`, `model`, `language`)."""
    parts = form_parts(await request.body(), request.headers.get("content-type"))
    if "file" not in parts:
        raise BadInput("The form has no `file`.", param="file")
    asked, kind = _told(parts, "language", "auto"), _told(parts, "response_format", "json")
    tag = "en-IN" if asked == "en" else asked  # OpenAI's clients send ISO 639-1
    if tag not in ("auto", *TAGS):
        raise UnknownLanguage(f"language is auto, en, {', '.join(TAGS)}.", param="language")
    if kind not in WRITTEN_AS:
        raise BadInput("`response_format` can be json or text.", param="response_format")
    clip = decode_clip(parts["file"].body, max_s=desk.settings.max_turn_s * 10, what="The file")
    account = await account_of_call(desk)
    text = await written(clip, desk.parts, language=tag)
    await book(desk, account)
    if kind == "text":
        return PlainTextResponse(text)
    return Response(_json_text(text), media_type="application/json")


def _told(parts: Mapping[str, FormPart], name: str, default: str) -> str:
    return parts[name].body.decode("utf-8", "replace") if name in parts else default


async def _sound(text: str, tts: TextToSpeech, track: Language) -> AsyncIterator[bytes]:
    async def pieces() -> AsyncIterator[str]:
        yield text

    async for phrase in exact_phrases(pieces(), track):
        async with closing(spoken(phrase, tts, track)) as sound:
            async for pcm in sound:
                yield pcm


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece


def _coded(pcm: bytes, kind: str) -> bytes:
    if kind == "wav":
        return encode_wav(pcm, rate_hz=SPEAKING_RATE_HZ)
    import numpy as np
    import soundfile

    container, codec = _SOUNDFILE[kind]
    out = io.BytesIO()
    samples = np.frombuffer(pcm, "<i2")
    soundfile.write(out, samples, SPEAKING_RATE_HZ, format=container, subtype=codec)
    return out.getvalue()


def _json_text(text: str) -> str:
    import json

    return json.dumps({"text": text}, ensure_ascii=False)
