"""ElevenLabs Scribe, live: partial words while the user speaks, the final ones at the commit."""

import base64
from collections.abc import AsyncIterator
from typing import Any, Self
from urllib.parse import urlencode

from asha.core.audio import HEARING_RATE_HZ, Chunk
from asha.core.errors import ProviderBusy, ProviderCut, ProviderError, ProviderRefused
from asha.core.language import TAGS
from asha.core.ports import Heard
from asha.core.settings import Settings
from asha.providers.deadlines import closing
from asha.providers.socket import opened, socket_closing
from asha.providers.stt.live import Messages, conversed
from asha.speech.resample import Resampler

MODEL = "scribe_v2_realtime"
PARTIAL, COMMITTED = "partial_transcript", "committed_transcript"
# Typed errors of the protocol and what they mean; those not named here end the session: a cut.
REFUSED = ("auth_error", "quota_exceeded", "unaccepted_terms")
BUSY = ("rate_limited", "queue_overflow", "resource_exhausted", "commit_throttled")


class ElevenLabsSTT:
    """Hears 90 languages; Hinglish is asked for as Hindi."""

    name = "elevenlabs-scribe"

    def __init__(self, *, base_url: str, api_key: str) -> None:
        self._base_url, self._headers = base_url.rstrip("/"), {"xi-api-key": api_key}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With ELEVENLABS_API_KEY."""
        key = settings.elevenlabs_api_key.get_secret_value() if settings.elevenlabs_api_key else ""
        return cls(base_url=settings.elevenlabs_base_url, api_key=key)

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """Words while the sound flows. Raises ProviderError."""
        query = {
            "model_id": MODEL,
            "audio_format": f"pcm_{HEARING_RATE_HZ}",
            "commit_strategy": "manual",
        }
        if language in TAGS:
            query["language_code"] = language.split("-")[0]
        url = f"{self._base_url}/v1/speech-to-text/realtime?{urlencode(query)}"
        resampler: Resampler | None = None

        def sent(chunk: Chunk | None) -> Messages:
            nonlocal resampler
            if chunk is None:
                return [_slice(b"", commit=True)]
            resampler = resampler or Resampler(chunk.rate_hz, HEARING_RATE_HZ)
            pcm = resampler.push(chunk.pcm)
            return [_slice(pcm, commit=False)] if pcm else []

        socket = await opened(self.name, url, self._headers)
        async with socket_closing(socket):
            words = conversed(socket, sound, provider=self.name, sent=sent, read=self._read)
            async with closing(words):
                async for heard in words:
                    yield heard

    def _read(self, told: dict[str, Any]) -> Heard | None:
        kind = str(told.get("message_type", ""))
        if kind == PARTIAL:
            text = str(told.get("text", ""))
            return Heard(text, is_final=False) if text.strip() else None
        if kind.startswith(COMMITTED):
            return Heard(
                str(told.get("text", "")), is_final=True, language=told.get("language_code")
            )
        if kind.endswith(("error", "exceeded")) or "error" in told or kind in REFUSED + BUSY:
            raise self._failure(kind)
        return None

    def _failure(self, kind: str) -> ProviderError:
        if kind in REFUSED:
            return ProviderRefused(self.name, "key, quota or terms; check the account.")
        if kind in BUSY:
            return ProviderBusy(self.name, "too many requests at once.", kind="rate")
        return ProviderCut(self.name, "it ended with an error; speak again.")


def _slice(pcm: bytes, *, commit: bool) -> dict[str, Any]:
    return {
        "message_type": "input_audio_chunk",
        "audio_base_64": base64.b64encode(pcm).decode(),
        "commit": commit,
        "sample_rate": HEARING_RATE_HZ,
    }
