"""Asha Nano behind the port `LanguageModel`: hears and reads, answers in text or with a tool call.

A clip that goes on where an earlier one ended is not heard again: the voice that heard the
beginning stays open, and only the new samples are pushed. So a draft on what has been said so far
costs little when it is thrown away.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Clip, Float32
from asha.core.errors import BadInput
from asha.core.language import TAGS
from asha.core.message import Message, Sound, Text, ToolCall
from asha.core.ports import Heard, ReplyOptions, Usage
from asha.engine.client import NAME, Engine, Voice, busy
from asha.engine.pieces import Called, Ignored, Said, Transcript
from asha.speech.sound_file import resampled

AUTO = "auto"
MAX_OPEN = 4  # voices of the engine
# A careful tool's call that is less likely than this becomes a question. With the first weights and
# held-out voices: of 42 wrong calls 2 are more likely, of 40 right ones 13 (docs/log.md).
ASK_BELOW = 0.8
NOTHING_SAID = "backchannel"  # the silent tool: noise is not answered
HEARD = "heard"  # key of ReplyOptions.extra: a function that takes the transcript (Heard)


@dataclass(slots=True, eq=False)
class _Open:
    """A voice and what it has heard; `is_used` while somebody waits for its answer."""

    voice: Voice
    tag: str
    samples: Float32 = field(default_factory=lambda: np.zeros(0, np.float32))
    is_used: bool = False
    is_followed: bool = False  # somebody is speaking into it: not for others


class EmbeddedLanguageModel:
    """Nano in the engine's process. `careful` are the tools that are not called on a guess."""

    name = NAME
    hears = True

    def __init__(self, engine: Engine, *, careful: frozenset[str] = frozenset()) -> None:
        self.engine, self._careful = engine, careful
        self._open: list[_Open] = []  # least recently used first
        self._call_ids = itertools.count(1)

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncGenerator[str | ToolCall | Usage, None]:
        """Pieces of the answer to the last user message; earlier ones do not matter to Nano.

        Raises:
            BadInput: the last message is empty.
            Busy: four people are being answered.
            ProviderBusy: the engine's process died.
        """
        if not messages or messages[-1].role != "user":
            return  # a tool has answered: its line has been said
        part = next((it for it in messages[-1].parts if isinstance(it, Sound | Text)), None)
        if part is None:
            raise BadInput("The last message is empty; say or type something.")
        tag = options.language if options.language in TAGS else AUTO
        ear = await self._ear(part, tag)
        count = 0
        try:
            async for piece in ear.voice.answer():
                count += 1
                match piece:
                    case Transcript():
                        _tell(options.extra.get(HEARD), piece)
                    case Said(text=text):
                        yield text
                    case Called():
                        yield self._call(piece)
                    case Ignored():
                        yield self._call(Called(NOTHING_SAID, {}, 1.0))
            ear.is_followed = False
            yield Usage(num_tokens_out=count)
        except Exception:
            await self._closed(ear)
            raise
        finally:
            ear.is_used = False

    def follow(self, language: str = AUTO) -> "NanoFollowing":
        """An ear on one turn, to be told of its sound while it is spoken."""
        return NanoFollowing(self, language if language in TAGS else AUTO)

    async def listen(self, clip: Clip, *, language: str = AUTO) -> None:
        """Hear what has been said so far, so that the answer to it is ready sooner."""
        ear = await self._ear(Sound(clip), language if language in TAGS else AUTO)
        ear.is_used = False

    async def close(self, *, stops_engine: bool = True) -> None:
        """Close the voices, and end the engine's process unless others use it too."""
        ears, self._open = self._open, []
        for ear in ears:
            await ear.voice.close()
        if stops_engine:
            await self.engine.close()

    async def _ear(self, part: Sound | Text, tag: str) -> _Open:
        """A voice that has heard `part`, in use until its caller says otherwise."""
        if isinstance(part, Text):
            ear = await self._new(tag)
            ear.is_used = True
            async with self._whole(ear):
                await ear.voice.type(part.text)
            return ear
        samples = resampled(part.clip, rate_hz=HEARING_RATE_HZ).samples
        ear = self._that_heard_the_start(samples, tag) or await self._new(tag)
        ear.is_used = True
        await self._push(ear, samples)
        return ear

    async def _push(self, ear: _Open, samples: Float32) -> None:
        """Hear what is new in `samples`, all of the ear's sound so far."""
        new = samples[len(ear.samples) :]
        if len(new):
            ear.samples = samples
            async with self._whole(ear):
                await ear.voice.push(new)

    @asynccontextmanager
    async def _whole(self, ear: _Open) -> AsyncIterator[None]:
        """Whoever is cancelled inside leaves an ear of which nobody knows what it has heard."""
        try:
            yield
        except BaseException:
            ear.is_used = False
            await asyncio.shield(asyncio.ensure_future(self._closed(ear)))
            raise

    def _that_heard_the_start(self, samples: Float32, tag: str) -> _Open | None:
        for ear in self._open:
            length = len(ear.samples)
            fits = 0 < length <= len(samples) and ear.tag == tag and not ear.is_used
            if fits and np.array_equal(samples[:length], ear.samples):
                self._open.remove(ear)
                self._open.append(ear)
                return ear
        return None

    async def _new(self, tag: str) -> _Open:
        if len(self._open) >= MAX_OPEN:
            idle = [ear for ear in self._open if not ear.is_used and not ear.is_followed]
            if not idle:
                raise busy()
            await self._closed(idle[0])
        ear = _Open(await self.engine.open(tag), tag)
        self._open.append(ear)
        return ear

    async def _closed(self, ear: _Open) -> None:
        if ear in self._open:
            self._open.remove(ear)
            await ear.voice.close()

    def _call(self, called: Called) -> ToolCall:
        name, arguments = called.name, dict(called.arguments)
        if name in self._careful and called.confidence < ASK_BELOW:
            name, arguments = "confirm", {"name": name, "arguments": arguments}
        written = json.dumps(arguments, ensure_ascii=False)
        return ToolCall(f"call_{next(self._call_ids)}", name, written)


class NanoFollowing:
    """Nano's ear on one turn: fills the port `Following`."""

    def __init__(self, llm: EmbeddedLanguageModel, tag: str) -> None:
        self._llm, self._tag = llm, tag
        self._ear: _Open | None = None
        self._hearing = asyncio.Lock()  # two at once would take two places

    async def hear(self, clip: Clip) -> None:
        """Hear what is new of the turn's sound. Raises Busy where four others are speaking."""
        async with self._hearing:
            await self._hear(clip)

    async def _hear(self, clip: Clip) -> None:
        ear = self._ear
        if ear is None or ear not in self._llm._open:
            self._ear = ear = await self._llm._new(self._tag)
        ear.is_followed = True
        await self._llm._push(ear, resampled(clip, rate_hz=HEARING_RATE_HZ).samples)

    async def words(self) -> str:
        """What Nano's ears have read so far."""
        ear = self._ear
        if ear is None or ear.is_used or ear not in self._llm._open:
            return ""
        ear.is_used = True
        try:
            async with aclosing(ear.voice.answer()) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Transcript):  # it comes first; no answer is wanted
                        return piece.text
        finally:
            ear.is_used = False
        return ""

    async def close(self) -> None:
        """Free the engine's place; an answer that is being given is finished first."""
        ear, self._ear = self._ear, None
        if ear is None:
            return
        ear.is_followed = False
        if not ear.is_used:
            await self._llm._closed(ear)


def _tell(heard: Callable[[Heard], None] | None, piece: Transcript) -> None:
    if heard is not None:
        heard(Heard(piece.text, is_final=True, language=None))
