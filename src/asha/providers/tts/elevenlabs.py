"""ElevenLabs' voices: a WebSocket where the model has one, else HTTP streaming."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Self

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from asha.core.audio import Chunk
from asha.core.errors import ProviderCut, ProviderError, ProviderRefused, ProviderSilent
from asha.core.language import Language
from asha.core.settings import Settings
from asha.providers.deadlines import closing
from asha.providers.http import Line
from asha.providers.socket import opened, socket_closing
from asha.providers.tts.elevenlabs_voice import VoiceName
from asha.providers.tts.elevenlabs_wire import (
    FORMAT,
    RATE_HZ,
    VoiceModel,
    close_failure,
    model_for,
    opening,
    parse_frame,
    saying,
    socket_path,
)
from asha.speech.resample import WholeSamples

CONNECT_S = 1.0
SPARE_S = 120.0  # a connection kept warm is trusted so long; the server ends it after 180 s


@dataclass(slots=True)
class _Spare:
    """A connection opened ahead, for one address."""

    path: str
    opening: "asyncio.Task[ClientConnection]"
    since_s: float


class ElevenLabsTTS:
    """Speaks with the voice of a name. One socket per phrase; the next one is opened meanwhile."""

    name = "elevenlabs"
    rate_hz = RATE_HZ

    def __init__(self, voice: VoiceName, *, base_url: str, api_key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"xi-api-key": api_key}
        self._line = Line(self.name, base_url, self._headers)
        self._voice = voice
        self._spare: _Spare | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The voice that ELEVENLABS_API_KEY and ASHA_ELEVENLABS_VOICE name."""
        key = settings.elevenlabs_api_key.get_secret_value() if settings.elevenlabs_api_key else ""
        return cls(
            VoiceName.from_settings(settings), base_url=settings.elevenlabs_base_url, api_key=key
        )

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """Sound of the phrase, with the characters spoken where the model tells them."""
        model = model_for(language.tag, self.name)
        voice_id = await self._voice.id(self._line)
        speaking = (
            self._by_socket(phrase, voice_id, model, language.tag)
            if model.socket
            else self._by_http(phrase, voice_id, model, language.tag)
        )
        has_sound = False
        try:
            async with closing(speaking):
                async for chunk in speaking:
                    has_sound = True
                    yield chunk
        except ProviderRefused:
            self._voice.forget()  # it may be the voice that is gone: search when next allowed
            raise
        if not has_sound:
            raise ProviderSilent(self.name, "it succeeded without sound; try another voice.")

    async def _by_socket(
        self, phrase: str, voice_id: str, model: VoiceModel, tag: str
    ) -> AsyncIterator[Chunk]:
        path = socket_path(voice_id, model, tag)
        spoken, has_begun = "", False
        async with socket_closing(await self._connected(path, phrase)) as socket:
            self._open_spare(path)
            while True:
                try:
                    message = await socket.recv()
                except ConnectionClosed as closed:
                    code = closed.rcvd.code if closed.rcvd else None
                    reason = closed.rcvd.reason if closed.rcvd else ""
                    if code == 1000 and not has_begun:
                        return
                    raise close_failure(code, reason, self.name, has_begun=has_begun) from closed
                try:
                    frame = parse_frame(message, self.name)
                except ValueError as broken:  # a frame that is skipped is a word that is lost
                    raise ProviderCut(self.name, "the speech is garbled.") from broken
                if frame.pcm:
                    has_begun = True
                    spoken = (spoken + (frame.chars or "")).lstrip()  # of the opening message
                    known = None if frame.chars is None else min(len(spoken), len(phrase))
                    yield Chunk(frame.pcm, RATE_HZ, known)
                if frame.is_final:
                    return

    async def _connected(self, path: str, phrase: str) -> ClientConnection:
        """A socket that has been given the phrase; a spare that has died is replaced once."""
        spare, self._spare = self._spare, None
        if spare:
            is_fresh = spare.path == path and time.monotonic() - spare.since_s < SPARE_S
            if is_fresh:
                with contextlib.suppress(ProviderError, ConnectionClosed):
                    socket = await spare.opening
                    await _say(socket, phrase)
                    return socket
            await _dropped(spare)
        socket = await self._opened(path)
        try:
            await _say(socket, phrase)
        except ConnectionClosed as closed:
            code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")
            raise close_failure(code, reason, self.name, has_begun=False) from closed
        return socket

    async def _opened(self, path: str) -> ClientConnection:
        socket = await opened(self.name, self._base_url + path, self._headers, connect_s=CONNECT_S)
        with contextlib.suppress(ConnectionClosed):  # `recv` will tell why
            await socket.send(opening())
        return socket

    def _open_spare(self, path: str) -> None:
        """Shake hands for the next phrase while this one is spoken."""
        if self._spare:
            return
        task = asyncio.create_task(self._opened(path))
        task.add_done_callback(_seen)
        self._spare = _Spare(path, task, time.monotonic())

    async def _by_http(
        self, phrase: str, voice_id: str, model: VoiceModel, tag: str
    ) -> AsyncIterator[Chunk]:
        body = {
            "text": phrase,
            "model_id": model.id,
            "language_code": model.languages[tag],
            "apply_text_normalization": "off",
        }
        path = f"/v1/text-to-speech/{voice_id}/stream"
        whole = WholeSamples()
        async with self._line.streaming(
            "POST", path, params={"output_format": FORMAT}, json=body
        ) as response:
            async for piece in response.aiter_bytes():
                if pcm := whole.push(piece):
                    yield Chunk(pcm, RATE_HZ)

    async def warm(self) -> None:
        """Find the voice before the first phrase needs it. Raises ProviderError."""
        await self._voice.id(self._line)

    async def close(self) -> None:
        """Close all connections."""
        spare, self._spare = self._spare, None
        if spare:
            await _dropped(spare)
        await self._line.close()


async def _say(socket: ClientConnection, phrase: str) -> None:
    for message in saying(phrase):
        await socket.send(message)


async def _dropped(spare: _Spare) -> None:
    spare.opening.cancel()
    with contextlib.suppress(asyncio.CancelledError, ProviderError):
        socket = await spare.opening
        await socket.close()


def _seen(task: "asyncio.Task[ClientConnection]") -> None:
    """A spare that fails is nobody's error: the phrase opens its own."""
    if not task.cancelled():
        task.exception()
