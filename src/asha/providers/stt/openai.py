"""OpenAI's live transcription: a Realtime session that only listens."""

import base64
import math
from collections.abc import AsyncIterator
from typing import Any, Self

from asha.core.audio import Chunk
from asha.core.errors import ProviderCut, ProviderError
from asha.core.language import TAGS
from asha.core.ports import Heard
from asha.core.settings import Settings
from asha.providers.deadlines import closing
from asha.providers.http import refusal
from asha.providers.llm.openai_wire import BUSY_CODES
from asha.providers.socket import opened, socket_closing
from asha.providers.stt.live import Messages, conversed
from asha.speech.resample import Resampler

RATE_HZ = 24_000  # the only PCM rate Realtime takes
TRANSCRIPTION = "conversation.item.input_audio_transcription"
TELLS_CONFIDENCE = ("gpt-4o-transcribe", "gpt-4o-mini-transcribe")  # give logprobs when asked
MANY_LANGUAGES = ("gpt-transcribe", "gpt-live-transcribe")  # take `languages`, not `language`


class OpenAISTT:
    """Hears over /v1/realtime; partial words arrive with the commit, the final ones after them."""

    name = "openai-transcribe"

    def __init__(self, *, base_url: str, api_key: str, model: str) -> None:
        self._base_url, self._model = base_url.rstrip("/"), model
        self._headers = {"authorization": f"Bearer {api_key}"}

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """With OPENAI_API_KEY and ASHA_OPENAI_STT_MODEL."""
        key = settings.openai_api_key.get_secret_value() if settings.openai_api_key else ""
        return cls(
            base_url=settings.transcribes_at or settings.openai_base_url,
            api_key=key,
            model=settings.openai_stt_model,
        )

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """Words while the sound flows. Raises ProviderError."""
        resampler: Resampler | None = None
        text, is_open = "", False

        def sent(chunk: Chunk | None) -> Messages:
            nonlocal resampler, is_open
            messages: list[dict[str, Any]] = [] if is_open else [self._session(language)]
            is_open = True
            if chunk is None:
                return [*messages, {"type": "input_audio_buffer.commit"}]
            resampler = resampler or Resampler(chunk.rate_hz, RATE_HZ)
            audio = base64.b64encode(resampler.push(chunk.pcm)).decode()
            return [*messages, {"type": "input_audio_buffer.append", "audio": audio}]

        def read(told: dict[str, Any]) -> Heard | None:
            nonlocal text
            kind = told.get("type")
            if kind == f"{TRANSCRIPTION}.delta":
                text += str(told.get("delta") or "")
                return Heard(text, is_final=False)
            if kind == f"{TRANSCRIPTION}.completed":
                text = str(told.get("transcript") or "")
                return Heard(text, is_final=True, confidence=_confidence(told.get("logprobs")))
            if kind in ("error", f"{TRANSCRIPTION}.failed"):
                raise self._failure(told.get("error") or {})
            return None

        url = f"{self._base_url}/realtime?intent=transcription"
        async with socket_closing(await opened(self.name, url, self._headers)) as socket:
            words = conversed(socket, sound, provider=self.name, sent=sent, read=read)
            async with closing(words):
                async for heard in words:
                    yield heard

    def _session(self, language: str) -> dict[str, Any]:
        transcription: dict[str, Any] = {"model": self._model}
        if language in TAGS:
            code = language.split("-")[0]
            is_many = self._model in MANY_LANGUAGES
            # Indian speech is full of English words, whatever the language.
            codes = {"languages": [code] if code == "en" else [code, "en"]}
            transcription |= codes if is_many else {"language": code}
        listening = {
            "format": {"type": "audio/pcm", "rate": RATE_HZ},
            "transcription": transcription,
            "turn_detection": None,  # the end of a turn is ours to decide
        }
        session: dict[str, Any] = {"type": "transcription", "audio": {"input": listening}}
        if self._model in TELLS_CONFIDENCE:
            session["include"] = [f"{TRANSCRIPTION.removeprefix('conversation.')}.logprobs"]
        return {"type": "session.update", "session": session}

    def _failure(self, error: dict[str, Any]) -> ProviderError:
        code = str(error.get("code") or "")
        if "quota" in code or "api_key" in code:
            return refusal(self.name, 401, {}, '{"error": {"code": "insufficient_quota"}}')
        if any(word in code for word in BUSY_CODES):
            return refusal(self.name, 503, {}, "")
        return ProviderCut(self.name, "it ended with an error; speak again.")


def _confidence(logprobs: Any) -> float:
    """The likelihood of a token of the transcript, 0..1; 1 where none was told."""
    if not isinstance(logprobs, list):
        return 1.0
    told = [float(token["logprob"]) for token in logprobs if "logprob" in token]
    return math.exp(sum(told) / len(told)) if told else 1.0
