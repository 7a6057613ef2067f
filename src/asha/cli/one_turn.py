"""One question to the embedded Nano from beginning to end, with the times that matter."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from asha.conversation.tongue import reply_language
from asha.conversation.tools.sayings import load_sayings
from asha.conversation.tools.short_memory import ShortMemory
from asha.conversation.tools.toolbox import CAREFUL, Owner, Toolbox
from asha.core import ports
from asha.core.audio import Chunk, Clip, Float32
from asha.core.errors import NotFound
from asha.core.language import TAGS, Language, language
from asha.core.message import Message, Sound, ToolCall, said
from asha.core.ports import ReplyOptions
from asha.core.settings import Settings
from asha.engine.client import Engine
from asha.engine.exported import read_facts, shipped
from asha.providers.adapters import Spoken
from asha.providers.llm.embedded import HEARD, EmbeddedLanguageModel
from asha.providers.tts.espeak import EspeakTTS


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard."""

    text: str


@dataclass(frozen=True, slots=True)
class Written:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Voiced:
    """The whole answer as speech; None where there is nothing to say. Comes last."""

    speech: Chunk | None


Turn = Heard | Written | Voiced


@dataclass(slots=True)
class Timings:
    """Seconds after the question's last sample (or letter); None where it did not happen."""

    sound_s: float = 0.0
    began: float = 0.0
    first_text_s: float | None = None
    first_speech_s: float | None = None

    def __str__(self) -> str:
        asked = f"{self.sound_s:.1f} s of sound" if self.sound_s else "typed"
        return f"{asked}; first text {_ms(self.first_text_s)}, first speech " + (
            f"{_ms(self.first_speech_s)} after its end"
        )


@dataclass(slots=True)
class OneTurn:
    """Nano, its tools and a voice, for one question. `tag` is a language or "auto"."""

    tag: str
    weights: Path | None = None
    engine: Engine | None = None  # somebody else's, already started; None: one of its own
    timings: Timings = field(default_factory=Timings)
    _llm: EmbeddedLanguageModel = field(init=False)
    _espeak: EspeakTTS = field(init=False)
    _tts: Spoken = field(init=False)
    _tools: Toolbox = field(init=False)

    async def start(self) -> None:
        """Load the weights and wake the voice, so that neither is part of the answer's time.

        Raises:
            NotFound: this installation has no weights.
            BadCheckpoint: they cannot be read.
        """
        folder = weights_folder(self.weights)
        read_facts(folder)
        self._espeak = EspeakTTS()
        self._tts = Spoken(self._espeak)
        owner = Owner("you", ZoneInfo(Settings().timezone))
        self._tools = Toolbox(ShortMemory(), owner, load_sayings(folder))
        engine = self.engine or Engine(folder)
        self._llm = EmbeddedLanguageModel(engine, careful=CAREFUL)
        await engine.start()
        track = language(self.tag if self.tag in TAGS else "en-IN")
        async for _ in self._tts.speak(track.hello, language=track):
            break

    async def close(self) -> None:
        """End the processes."""
        if hasattr(self, "_llm"):
            await self._llm.close(stops_engine=self.engine is None)
            await self._espeak.close()

    async def hear(self, sound: AsyncIterator[Float32]) -> AsyncIterator[Turn]:
        """Answer sound at 16 kHz that is heard while it comes."""
        samples = np.zeros(0, np.float32)
        async for piece in sound:
            samples = np.concatenate([samples, piece])
            await self._llm.listen(Clip(samples), language=self.tag)
        self.timings.sound_s = Clip(samples).duration_s
        async for turn in self._answer(Message("user", (Sound(Clip(samples)),))):
            yield turn

    async def read(self, text: str) -> AsyncIterator[Turn]:
        """Answer typed words."""
        async for turn in self._answer(said("user", text)):
            yield turn

    async def _answer(self, question: Message) -> AsyncIterator[Turn]:
        self.timings.began = time.perf_counter()
        heard: list[ports.Heard] = []
        options = ReplyOptions(language=self.tag, extra={HEARD: heard.append})
        answer, num_told = "", 0
        async with aclosing(self._llm.reply([question], options)) as pieces:
            async for piece in pieces:
                for note in heard[num_told:]:
                    yield Heard(note.text)
                num_told = len(heard)
                text = piece if isinstance(piece, str) else ""
                if isinstance(piece, ToolCall):
                    text = await self._called(
                        piece, question.text or "".join(h.text for h in heard)
                    )
                if text:
                    self.timings.first_text_s = self.timings.first_text_s or self._since()
                    answer += text
                    yield Written(text)
        yield Voiced(await self._speech(answer))

    async def _called(self, call: ToolCall, asked: str) -> str:
        """Do what the model asked for; what is said about it."""
        await self._tools.refresh()
        tool = self._tools.tools[call.name]
        prepared = tool.prepare(json.loads(call.arguments), language=self._track(asked))
        await tool.apply(prepared, turn_id=call.call_id)
        return prepared.say

    async def _speech(self, answer: str) -> Chunk | None:
        if not any(char.isalnum() for char in answer):
            return None
        track, sound = self._track(answer), b""
        async for chunk in self._tts.speak(answer, language=track):
            self.timings.first_speech_s = self.timings.first_speech_s or self._since()
            sound += chunk.pcm
        return Chunk(sound, self._tts.rate_hz)

    def _track(self, text: str) -> Language:
        return language(reply_language(self.tag, heard=None, text=text, previous=None))

    def _since(self) -> float:
        return time.perf_counter() - self.timings.began


def _ms(seconds: float | None) -> str:
    return "none" if seconds is None else f"{seconds * 1_000:.0f} ms"


def weights_folder(given: Path | None) -> Path:
    """The exported weights to use: given, by setting, or the ones in the package.

    Raises:
        NotFound: there are none.
    """
    folder = given or Settings().nano_dir or shipped()
    if folder is None:
        raise NotFound(
            "Asha Nano's weights are not in this installation; "
            "train them with `make nano` or give a folder with --weights."
        )
    return folder
