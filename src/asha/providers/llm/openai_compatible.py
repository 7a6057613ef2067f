"""Any server with OpenAI's chat completions: OpenAI, vLLM, Ollama, llama.cpp and others."""

from collections.abc import AsyncIterator, Sequence
from typing import Self

from asha.core.errors import ProviderCut
from asha.core.message import Message, ToolCall
from asha.core.ports import ReplyOptions, Usage
from asha.core.settings import Settings
from asha.providers.http import Line, lines_of
from asha.providers.llm.openai_wire import StreamReader, request_body
from asha.providers.models import AudioIn, Model, profile

PATH = "/chat/completions"


class OpenAICompatibleLLM:
    """Answers by streaming; hears where its model is given sound.

    The vendor's own package is not used: it retries an exhausted quota, and takes a body that ends
    too early for a whole one.
    """

    def __init__(
        self, model: Model, *, base_url: str, api_key: str | None, audio: AudioIn | None = None
    ) -> None:
        """`base_url` up to /v1; `audio` where it differs from the model's profile."""
        self.model = model
        self.name = f"openai:{model.id}"
        self._audio: AudioIn = audio or model.audio
        self.hears = self._audio != "none"
        headers = {"authorization": f"Bearer {api_key}"} if api_key else {}
        self._line = Line(self.name, base_url, headers)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """The model that OPENAI_API_KEY, ASHA_OPENAI_BASE_URL and ASHA_OPENAI_MODEL name."""
        key = settings.openai_api_key
        return cls(
            profile(settings.openai_model),
            base_url=settings.openai_base_url,
            api_key=key.get_secret_value() if key else None,
            audio=settings.openai_audio,
        )

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """Pieces of text, then whole tool calls, then the usage. Raises ProviderError."""
        body = request_body(self.model, messages, options, self._audio)
        reader = StreamReader(self.name)
        async with self._line.streaming("POST", PATH, json=body) as response:
            kind = response.headers.get("content-type", "")
            if "text/event-stream" not in kind:
                raise ProviderCut(self.name, "the server does not stream; check its address.")
            async for line in lines_of(response):
                if text := reader.read(line):
                    yield text
        for rest in reader.finish():
            yield rest

    async def warm(self) -> None:
        """Open a connection before it is needed. Raises ProviderError."""
        await self._line.json("GET", "/models")

    async def close(self) -> None:
        """Close all connections."""
        await self._line.close()
