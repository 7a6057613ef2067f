"""One attempt at an answer: it thinks and speaks ahead, and waits with both until it is released.

Before the release only the first phrase is made (`speculation = speech`: with its sound), and
nothing leaves. Speech is made one phrase ahead of what has been taken out of `outbox`.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from asha.conversation.calling import careful, prepared, refuses
from asha.conversation.courtesies import courtesy
from asha.conversation.draft_words import (
    Acted,
    Asking,
    Broken,
    Finished,
    Out,
    PhraseBegun,
    PhraseEnded,
    PhraseSound,
    Question,
    Spent,
    same_words,
)
from asha.conversation.parts import Parts
from asha.conversation.speak import spoken
from asha.conversation.tongue import known_track
from asha.core.errors import AshaError, Busy
from asha.core.language import Language, language
from asha.core.message import Message, ToolCall
from asha.core.ports import Heard, Prepared, ReplyOptions, Usage
from asha.core.streams import closing
from asha.speech.phrases import exact_phrases

MAX_TOOL_ROUNDS = 4  # a model that still calls tools after so many is going in circles
HEARD = "heard"  # key of ReplyOptions.extra: takes the transcript of a model that hears
PHRASES_AHEAD = 2  # the one being heard and the next


@dataclass(slots=True)
class Draft:
    """An answer in the making. `start` it; `release` it at the commit; `discard` it if not."""

    parts: Parts
    asking: Asking
    outbox: asyncio.Queue[Out] = field(default_factory=asyncio.Queue)
    spent: Spent = field(default_factory=Spent)
    language: str = "auto"
    refuses: bool | None = None  # the answer begins as "I do not know that"; None: not yet begun
    _released: asyncio.Event = field(default_factory=asyncio.Event)
    _confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    _may_speak: asyncio.Event = field(default_factory=asyncio.Event)
    _ahead: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(PHRASES_AHEAD))
    _task: asyncio.Task[None] | None = None
    _is_revoked: bool = False  # what a tool failed to do must not be said to be done
    _skips: bool = False
    _has_acted: bool = False

    def start(self) -> None:
        """Begin to think."""
        self._may_speak.set()
        self._task = asyncio.create_task(self._run())

    def release(self) -> None:
        """The turn is committed: think and speak to the end, tools may write."""
        self._released.set()

    async def discard(self) -> None:
        """Stop; every vendor call is closed when this returns."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def take(self) -> Out:
        """The next thing to send. Sound waits until a writing tool has written."""
        while True:
            await self._confirmed.wait()
            out = await self.outbox.get()
            if isinstance(out, PhraseBegun):
                await self._may_speak.wait()
                self._is_revoked, self._skips = False, self._is_revoked
            if isinstance(out, PhraseEnded):
                self._ahead.release()
            if not self._skips or isinstance(out, Broken | Finished | Acted):
                return out

    async def _run(self) -> None:
        failed = False
        try:
            question = await self.asking.question(not self._released.is_set())
            if question.is_guess:
                await self._answer_guess(question)
            else:
                self._confirm(question)
                await self._answer(question)
        except AshaError as error:
            failed = True
            self._confirmed.set()
            self.outbox.put_nowait(Broken(error))
            await self._apologise("busy" if isinstance(error, Busy) else "failed")
        except Exception:  # a fault of ours must not leave the user in silence
            failed = True
            self._confirmed.set()
            self.outbox.put_nowait(Broken(AshaError("Something went wrong inside; try again.")))
            await self._apologise("failed")
        self.outbox.put_nowait(Finished(failed))

    def _confirm(self, question: Question) -> None:
        self.asking.mark("transcript")
        self.language = question.language
        self._confirmed.set()

    async def _answer_guess(self, guess: Question) -> None:
        """Think on the words so far while the recogniser finishes; start again if they change.

        A recogniser that streams has shown the last word long before it calls its text final, so
        those 150 to 350 ms are not waited for in series.
        """
        final = asyncio.ensure_future(self.asking.question(False))
        try:
            while True:
                self.language = guess.language
                guessing = asyncio.ensure_future(self._answer(guess))
                try:
                    newer = await self._newer(guess, final)
                    if same_words(guess, newer):
                        self._confirm(newer)
                        await guessing
                        return
                finally:
                    guessing.cancel()
                    await asyncio.gather(guessing, return_exceptions=True)
                self.outbox, self._ahead = asyncio.Queue(), asyncio.Semaphore(PHRASES_AHEAD)
                self._may_speak.set()
                self.spent.was_in_vain()
                guess = newer
                if not newer.is_guess:
                    self._confirm(newer)
                    await self._answer(newer)
                    return
        finally:
            final.cancel()

    async def _newer(self, guess: Question, final: "asyncio.Future[Question]") -> Question:
        """The question in its final words, or before that in other words than guessed."""
        while True:
            changed: asyncio.Future[None] = asyncio.ensure_future(self.asking.changed())
            both: set[asyncio.Future[Any]] = {final, changed}
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            finally:
                changed.cancel()
            if final.done():
                return final.result()
            latest = await self.asking.question(True)
            if latest.is_guess and not same_words(guess, latest):
                return latest

    async def _answer(self, question: Question) -> None:
        """Two tasks: one thinks up to two phrases ahead, one speaks them in order."""
        if not question.messages and not question.say:
            return  # nothing was understood
        self.refuses, phrases = None, asyncio.Queue[str | None](1)
        failures: list[AshaError] = []

        async def think() -> None:
            shown = language(known_track(question.language, ""))
            try:
                async with (
                    closing(self._pieces(question)) as pieces,
                    closing(exact_phrases(pieces, shown)) as found,
                ):
                    async for phrase in found:
                        if phrase.strip():
                            self._note_refusal(phrase, shown)
                            self.asking.mark("first_phrase")
                            await phrases.put(phrase)
            except AshaError as error:
                failures.append(error)
            await phrases.put(None)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(think())
            num_phrases = 0
            while (phrase := await phrases.get()) is not None:
                if num_phrases:  # only the first phrase is made before the commit
                    await self._released.wait()
                num_phrases += 1
                await self._speak(phrase)
        if failures:
            raise failures[0]
        if not num_phrases and not self._has_acted:  # a tool may have nothing to say
            await self._apologise("failed")

    def _note_refusal(self, phrase: str, shown: Language) -> None:
        if self.refuses is None:
            self.refuses = refuses(phrase, self.asking.tools, shown)

    async def _speak(self, phrase: str) -> None:
        self.outbox.put_nowait(PhraseBegun(phrase.replace("\n", " ")))
        await self._ahead.acquire()
        try:
            if self.asking.speaks and self.parts.tts:
                if not self.asking.speaks_ahead:
                    await self._released.wait()
                self.spent.num_characters += len(phrase)
                track = language(known_track(self.language, phrase))
                async with closing(spoken(phrase, self.parts.tts, track)) as sound:
                    async for pcm in sound:
                        self.asking.mark("first_sound")
                        self.outbox.put_nowait(PhraseSound(pcm))
        except AshaError as error:  # the words are still shown, and the rest is tried
            self.outbox.put_nowait(Broken(error))
        finally:
            self.outbox.put_nowait(PhraseEnded())

    async def _apologise(self, occasion: Any) -> None:
        self._may_speak.set()
        await self._speak(courtesy(occasion, known_track(self.language, "")))

    async def _pieces(self, question: Question) -> AsyncIterator[str]:
        """Pieces of the answer's text; tools are called in between."""
        llm = self.parts.llm
        if question.call:
            async for say in self._called(question.call, []):
                yield say
            return
        if question.say or llm is None:
            yield question.say or courtesy("nobody", known_track(question.language, ""))
            return
        messages = list(question.messages)
        tools = [tool.spec for tool in self.asking.tools.values()]
        options = ReplyOptions(question.language, tools, extra={HEARD: self._hear})
        for _ in range(MAX_TOOL_ROUNDS):
            calls: list[ToolCall] = []
            async with closing(llm.reply(messages, options)) as pieces:
                async for text in self._counted(pieces, calls):
                    yield text
            thinks_on = False
            for call in calls:
                has_said = False
                sure = careful(call, self.asking.tools, confidence=question.confidence)
                async for say in self._called(sure, messages):
                    has_said = True
                    yield say
                thinks_on = thinks_on or not has_said
            if not thinks_on:
                return
        yield courtesy("failed", known_track(question.language, ""))  # it is going in circles

    def _hear(self, heard: Heard) -> None:
        """A model that hears tells the words first: so tools speak the user's language too."""
        track = self.asking.heard(heard)
        if self.language == "auto":
            self.language = track

    async def _counted(
        self, pieces: AsyncIterator[str | ToolCall | Usage], calls: list[ToolCall]
    ) -> AsyncIterator[str]:
        """The text of a reply; its tool calls go into `calls`."""
        async for piece in pieces:
            if isinstance(piece, Usage):
                self.spent.usage = piece
                continue
            self.asking.mark("first_token")
            if isinstance(piece, ToolCall):
                calls.append(piece)
            else:
                self.spent.num_tokens += 1
                yield piece

    async def _called(self, call: ToolCall, messages: list[Message]) -> AsyncIterator[str]:
        """What a tool says, then what it does; `messages` get the call and its result."""
        tools = self.asking.tools
        found, result = prepared(call, tools, language(known_track(self.language, "")))
        if found and tools[call.name].effect == "write":
            self._may_speak.clear()  # "the alarm is set" is not said before it is
        if found and found.say:
            yield found.say.rstrip() + "\n"
        if found:
            await self._apply(call, found)
        messages += [Message("assistant", (call,)), Message("tool", (result,))]

    async def _apply(self, call: ToolCall, found: Prepared) -> None:
        """Do what was prepared: a writer only after the commit."""
        tool = self.asking.tools[call.name]
        if tool.effect == "write":
            await self._released.wait()
            await self._confirmed.wait()
            await self.asking.settle()
        try:
            await tool.apply(found, turn_id=self.asking.turn_id)
        except AshaError:
            self._is_revoked = tool.effect == "write"
            raise
        self._has_acted = True
        self.outbox.put_nowait(Acted(call.name, found.result))
        self._may_speak.set()
