"""Failover: who takes over, from which word on, so that the listener always hears an end."""

import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextvars import ContextVar
from dataclasses import replace

import structlog

from asha.core.account import Port, Switch, note_switch
from asha.core.audio import SPEAKING_RATE_HZ, Chunk
from asha.core.errors import ProviderCut, ProviderError, ProviderSilent
from asha.core.language import Language
from asha.core.message import Message, ToolCall, said
from asha.core.ports import Heard, LanguageModel, ReplyOptions, SpeechToText, TextToSpeech, Usage
from asha.providers.adapters import close_all, innermost
from asha.providers.deadlines import closing
from asha.providers.recording import Recording
from asha.speech.resample import Resampler

CONTINUE = (
    "Your reply above broke off while it was being spoken. Go on with exactly what comes next, "
    "in the same language and voice; repeat nothing, explain nothing."
)


OnSwitch = Callable[[Switch], None]


def log_switch(switch: Switch) -> None:
    """One line in the log, and one in the account of the turn that it happened to."""
    structlog.get_logger().warning(
        "provider.switched",
        port=switch.port,
        failed=switch.failed,
        code=switch.code,
        took_over=switch.took_over,
        gap_ms=switch.gap_ms,
    )
    note_switch(switch)


class _Handover:
    """Switches are told when the one that took over gives its first item: then the gap is known."""

    def __init__(self, port: Port, tell: OnSwitch) -> None:
        self._port: Port = port
        self._tell = tell
        self._last_s = time.monotonic()
        self._waiting: list[Switch] = []

    def asked(self) -> None:
        """What is waited for begins now."""
        self._last_s = time.monotonic()

    def came(self) -> None:
        """An item came."""
        now_s = time.monotonic()
        gap_ms = round((now_s - self._last_s) * 1_000, 1)
        waiting, self._waiting = self._waiting, []
        for switch in waiting:
            self._tell(replace(switch, gap_ms=gap_ms))
        self._last_s = now_s

    def failed(self, failure: ProviderError, name: str, took_over: str | None) -> None:
        """One failed; told at once where nobody is left."""
        self._waiting.append(Switch(self._port, name, failure.code, took_over))
        if took_over is None:
            waiting, self._waiting = self._waiting, []
            for switch in waiting:
                self._tell(switch)


class FailoverTTS:
    """Speaks with the first voice that works; after a break, from the next unspoken word on.

    A turn that has changed its voice keeps the new one to its end. A turn is the task that speaks
    and what it starts: each begins with the first voice again.
    """

    rate_hz = SPEAKING_RATE_HZ

    def __init__(self, voices: Sequence[TextToSpeech], on_switch: OnSwitch = log_switch) -> None:
        if not voices:
            raise ValueError("there must be at least one voice")
        self.voices, self._on_switch = list(voices), on_switch
        self.name = voices[0].name
        self._current: ContextVar[int] = ContextVar("voice_of_the_turn", default=0)

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        """Sound of the whole phrase at 24 kHz. Raises the last voice's error when all fail."""
        left, num_said = phrase, 0
        first = self._current.get()
        order = [*range(first, len(self.voices)), *range(first)]
        handover = _Handover("tts", self._on_switch)
        for number, following in zip(order, [*order[1:], None], strict=True):
            voice, num_chars = self.voices[number], 0
            try:
                async with closing(_at_rate(voice, left, language, self.rate_hz)) as chunks:
                    async for chunk in chunks:
                        num_chars = chunk.num_chars or num_chars
                        handover.came()
                        yield Chunk(chunk.pcm, self.rate_hz, num_said + num_chars or None)
                return
            except ProviderError as failure:
                rest = unspoken(left, num_chars)
                num_said += len(left) - len(rest)
                left = rest
                if num_said and not has_words(left):
                    return  # it broke off after the last word
                took_over = None if following is None else self.voices[following].name
                handover.failed(failure, voice.name, took_over)
                if following is None:
                    raise
                self._current.set(following)

    def stand_by(self, who: str, *, language: Language) -> None:
        """The first voice, with which `who` is about to be answered, may shake hands now."""
        first = self.voices[0]
        stand_by = getattr(innermost(first), "stand_by", None)
        if stand_by and not getattr(first, "is_resting", False):
            stand_by(who, language=language)

    def stand_down(self, who: str) -> None:
        """`who` has been answered, or said nothing after all."""
        if stand_down := getattr(innermost(self.voices[0]), "stand_down", None):
            stand_down(who)

    async def close(self) -> None:
        """Close every voice."""
        await close_all(self.voices)


class FailoverLLM:
    """Answers with the first model that works; a reply that breaks off is continued.

    The one that broke off is itself asked to go on where nobody else is left: its text is kept.
    """

    def __init__(self, models: Sequence[LanguageModel], on_switch: OnSwitch = log_switch) -> None:
        if not models:
            raise ValueError("there must be at least one model")
        self.models, self._on_switch = list(models), on_switch
        self.name, self.hears = models[0].name, models[0].hears

    async def reply(
        self, messages: Sequence[Message], options: ReplyOptions
    ) -> AsyncIterator[str | ToolCall | Usage]:
        """Pieces of one whole reply. Raises the last model's error when all fail."""
        text, waiting = "", [*self.models, self.models[0]]
        handover = _Handover("llm", self._on_switch)
        while True:
            model = waiting.pop(0)
            seam = Seam(text)
            asked = (
                [*messages, said("assistant", text), said("system", CONTINUE)] if text else messages
            )
            try:
                async with closing(model.reply(asked, options)) as pieces:
                    async for piece in pieces:
                        handover.came()
                        fresh = seam.push(piece) if isinstance(piece, str) else piece
                        text += fresh if isinstance(fresh, str) else ""
                        if fresh:
                            yield fresh
                if rest := seam.rest():
                    yield rest
                return
            except ProviderError as failure:
                if len(waiting) == 1 and not _may_continue(failure):
                    waiting.clear()
                took_over = waiting[0].name if waiting else None
                handover.failed(failure, model.name, took_over)
                if not waiting:
                    raise

    async def close(self) -> None:
        """Close every model."""
        await close_all(self.models)


class FailoverSTT:
    """Hears with the first ears that work; the next ones hear the same sound from its beginning."""

    def __init__(self, ears: Sequence[SpeechToText], on_switch: OnSwitch = log_switch) -> None:
        if not ears:
            raise ValueError("there must be at least one pair of ears")
        self.ears, self._on_switch = list(ears), on_switch
        self.name = ears[0].name

    async def transcribe(
        self, sound: AsyncIterator[Chunk], *, language: str
    ) -> AsyncIterator[Heard]:
        """Partial words as they come, one final. Raises the last ears' error when all fail."""
        handover = _Handover("stt", self._on_switch)
        async with Recording(sound) as recording:
            for number, ears in enumerate(self.ears):
                try:
                    words = ears.transcribe(recording.chunks(), language=language)
                    async with closing(words):
                        async for heard in words:
                            handover.came()
                            yield heard
                            if heard.is_final:
                                return
                    raise ProviderSilent(ears.name, "it ended without final words; speak again.")
                except ProviderError as failure:
                    following = self.ears[number + 1 : number + 2]
                    took_over = following[0].name if following else None
                    handover.asked()  # of ears the gap begins with the failure: they wait for words
                    handover.failed(failure, ears.name, took_over)
                    if not following:
                        raise

    async def close(self) -> None:
        """Close every pair of ears."""
        await close_all(self.ears)


class Seam:
    """Where a continued reply joins: what it repeats of the text before is dropped."""

    def __init__(self, before: str) -> None:
        self._before = before.strip()
        self._held = ""
        self._is_open = not self._before

    def push(self, piece: str) -> str:
        """What of `piece` is new; "" while it may still be a repetition."""
        if self._is_open:
            return piece
        self._held += piece
        head = self._held.lstrip()
        if len(head) < len(self._before) and self._before.startswith(head):
            return ""
        self._is_open = True
        return head[len(self._before) :] if head.startswith(self._before) else self._held

    def rest(self) -> str:
        """What was held back to the end after all."""
        return "" if self._is_open else self._held


def unspoken(phrase: str, num_chars: int) -> str:
    """What is left of `phrase` after `num_chars`, from the start of the word that was cut."""
    if num_chars >= len(phrase):
        return ""
    if num_chars <= 0 or phrase[num_chars - 1].isspace() or phrase[num_chars].isspace():
        return phrase[max(0, num_chars) :]
    return phrase[phrase.rfind(" ", 0, num_chars) + 1 :]


def has_words(text: str) -> bool:
    """Whether there is anything in it to speak."""
    return any(character.isalnum() for character in text)


def _may_continue(failure: ProviderError) -> bool:
    """Whether the same model may be asked to go on: not where it refuses or rests."""
    is_stall = getattr(failure, "kind", None) == "stall"
    return is_stall or isinstance(failure, ProviderCut | ProviderSilent)


async def _at_rate(
    voice: TextToSpeech, phrase: str, language: Language, rate_hz: int
) -> AsyncIterator[Chunk]:
    resampler, has_sound = Resampler(voice.rate_hz, rate_hz), False
    async with closing(voice.speak(phrase, language=language)) as chunks:
        async for chunk in chunks:
            if pcm := resampler.push(chunk.pcm):
                has_sound = True
                yield Chunk(pcm, rate_hz, chunk.num_chars)
    if pcm := resampler.rest():
        has_sound = True
        yield Chunk(pcm, rate_hz)
    if not has_sound and has_words(phrase):
        raise ProviderSilent(voice.name, "it succeeded without sound; try another voice.")
