"""ElevenLabs' voices: a WebSocket where the model has one, else HTTP streaming."""

import contextlib
from collections.abc import AsyncIterator
from typing import Self

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from asha.core.audio import Chunk
from asha.core.errors import (
    ProviderCut,
    ProviderError,
    ProviderRefused,
    ProviderSilent,
    ProviderUnfit,
)
from asha.core.language import Language
from asha.core.settings import Settings
from asha.providers.deadlines import closing
from asha.providers.http import Line
from asha.providers.socket import opened, socket_closing
from asha.providers.spares import Spares, close_opening
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
    socket_query,
)
from asha.speech.resample import WholeSamples

CONNECT_S = 1.0
SPARE_S = 90.0  # the longest turn and its answer's first phrase; the vendor waits for IDLE_S
NOBODY = ""  # whose the spare is of speech outside of sessions


class ElevenLabsTTS:
    """Speaks with the voice of a name.

    One socket per phrase. The first one of an answer is opened while the user still speaks
    (`stand_by`), the next one while a phrase is spoken.
    """

    name = "elevenlabs"
    rate_hz = RATE_HZ

    def __init__(self, voice: VoiceName, *, base_url: str, api_key: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"xi-api-key": api_key}
        self._line = Line(self.name, base_url, self._headers)
        self._voice = voice
        self._spares = Spares(self._opened, lasts_s=SPARE_S)

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
        speaking = (
            self._by_socket(phrase, socket_query(model, language.tag))
            if model.socket
            else self._by_http(phrase, model, language.tag)
        )
        has_sound = False
        try:
            async with closing(speaking):
                async for chunk in speaking:
                    has_sound = True
                    yield chunk
        except ProviderRefused:
            self._voice.forget()  # it may be the voice that is gone: search when next allowed
            await self._spares.close()
            raise
        if not has_sound:
            raise ProviderSilent(self.name, "it succeeded without sound; try another voice.")

    def stand_by(self, who: str, *, language: Language) -> None:
        """Open the socket of the first phrase, where the language's model has sockets."""
        with contextlib.suppress(ProviderUnfit):
            model = model_for(language.tag, self.name)
            if model.socket:
                self._spares.open(who, socket_query(model, language.tag))

    def stand_down(self, who: str) -> None:
        """Close what was opened for `who` and not used."""
        self._spares.drop(who)

    async def _by_socket(self, phrase: str, query: str) -> AsyncIterator[Chunk]:
        spoken, has_begun = "", False
        who, connected = await self._connected(query, phrase)
        async with socket_closing(connected) as socket:
            self._spares.open(who, query)  # of the next phrase
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

    async def _connected(self, query: str, phrase: str) -> tuple[str, ClientConnection]:
        """A socket that has been given the phrase, and whose spare it was.

        A spare that has died is replaced once: it has not spoken, so nothing is heard twice.
        """
        who = NOBODY
        if spare := self._spares.take(query):
            who, opening = spare
            try:
                with contextlib.suppress(ProviderError, ConnectionClosed):
                    socket = await opening
                    await _say(socket, phrase)
                    return who, socket
            except BaseException:  # given up meanwhile: nobody else will close it
                await close_opening(opening)
                raise
            await close_opening(opening)
        socket = await self._opened(query)
        try:
            await _say(socket, phrase)
        except ConnectionClosed as closed:
            code, reason = (closed.rcvd.code, closed.rcvd.reason) if closed.rcvd else (None, "")
            raise close_failure(code, reason, self.name, has_begun=False) from closed
        return who, socket

    async def _opened(self, query: str) -> ClientConnection:
        path = socket_path(await self._voice.id(self._line), query)
        socket = await opened(self.name, self._base_url + path, self._headers, connect_s=CONNECT_S)
        with contextlib.suppress(ConnectionClosed):  # `recv` will tell why
            await socket.send(opening())
        return socket

    async def _by_http(self, phrase: str, model: VoiceModel, tag: str) -> AsyncIterator[Chunk]:
        voice_id = await self._voice.id(self._line)
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
        await self._spares.close()
        await self._line.close()


async def _say(socket: ClientConnection, phrase: str) -> None:
    for message in saying(phrase):
        await socket.send(message)
