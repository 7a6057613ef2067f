"""Answers to files or a corpus, one by one with streaming, in batches, or as one conversation."""

import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from asha.core.audio import HEARING_RATE_HZ
from asha.core.errors import AshaError, BadInput
from asha.core.message import Message, Sound, Text, ToolCall, said
from asha.core.ports import LanguageModel, ReplyOptions, Usage
from asha.core.streams import closing
from asha.data.sample import Sample
from asha.speech.sound_file import resampled

THOUGHT = re.compile(r"<think>(.*?)</think>\s*", re.DOTALL)  # as Qwen, DeepSeek and GLM write it


class Batches(Protocol):
    """A model that answers several conversations together."""

    def batch(
        self, conversations: Sequence[Sequence[Message]], *, max_new_tokens: int
    ) -> list[str]:
        """The likeliest answer to each."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """How every clip is asked."""

    prompt: str = ""  # written beside the sound
    system: str = ""
    language: str = "auto"
    max_tokens: int = 400
    temperature: float = 0.0
    top_p: float = 1.0
    seed: int | None = None

    def options(self) -> ReplyOptions:
        """As the port takes them."""
        extra = {"temperature": self.temperature, "top_p": self.top_p}
        if self.seed is not None:
            extra["seed"] = self.seed
        return ReplyOptions(self.language, max_tokens=self.max_tokens, extra=extra)

    def messages(self, sample: Sample, before: Sequence[Message] = ()) -> list[Message]:
        """The conversation that ends in this clip."""
        clip = resampled(sample.clip(), rate_hz=HEARING_RATE_HZ)
        parts: list[Sound | Text] = [Text(self.prompt)] if self.prompt else []
        head = [said("system", self.system)] if self.system else []
        return [*head, *before, Message("user", (*parts, Sound(clip)))]


@dataclass(slots=True)
class Answer:
    """What came of one clip. `thought` is what a thinking model wrote before its answer."""

    name: str
    text: str = ""
    thought: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)
    error: str = ""


async def streamed(
    model: LanguageModel, sample: Sample, asking: Asking, *, before: Sequence[Message] = ()
) -> AsyncIterator[str | ToolCall]:
    """Pieces of the answer as they are made. Closing the iterator stops the model.

    Raises:
        BadSound: the clip cannot be read.
        BadInput: the model does not hear.
    """
    if not model.hears:
        raise BadInput(f"{model.name} does not hear; give a model that takes sound.", param="model")
    async with closing(model.reply(asking.messages(sample, before), asking.options())) as pieces:
        async for piece in pieces:
            if not isinstance(piece, Usage):
                yield piece


async def answered(
    model: LanguageModel, sample: Sample, asking: Asking, *, before: Sequence[Message] = ()
) -> Answer:
    """The whole answer; what is wrong with one clip is told in it and stops no other."""
    answer, text = Answer(sample.name), ""
    try:
        async with closing(streamed(model, sample, asking, before=before)) as pieces:
            async for piece in pieces:
                if isinstance(piece, ToolCall):
                    answer.calls.append((piece.name, piece.arguments))
                else:
                    text += piece
    except AshaError as failure:
        answer.error = failure.message
    return finished(answer, text)


def finished(answer: Answer, text: str) -> Answer:
    """The text without the thoughts, which are kept apart. Thoughts without an end stay text."""
    found = THOUGHT.search(text)
    answer.thought = found[1].strip() if found else ""
    answer.text = THOUGHT.sub("", text, count=1).strip()
    return answer


async def conversed(
    model: LanguageModel, samples: Sequence[Sample], asking: Asking
) -> AsyncIterator[Answer]:
    """The clips as the turns of one conversation: each is asked with all that went before."""
    before: list[Message] = []
    for sample in samples:
        answer = await answered(model, sample, asking, before=before)
        yield answer
        if answer.error:
            continue  # what was not understood is no part of the conversation
        before.append(asking.messages(sample)[-1])
        before.append(said("assistant", answer.text))


def batched(
    model: Batches, samples: Iterator[Sample], asking: Asking, *, size: int
) -> Iterator[Answer]:
    """Answers in batches of `size`: the likeliest ones, the same as one by one.

    Raises:
        BadInput: batches take the likeliest token only.
    """
    if asking.temperature:
        raise BadInput("Batches take the likeliest answer; leave --temperature at 0.")
    while group := list(islice(samples, size)):
        good: list[tuple[Answer, list[Message]]] = []
        answers = []
        for sample in group:
            answer = Answer(sample.name)
            answers.append(answer)
            try:
                good.append((answer, asking.messages(sample)))
            except AshaError as failure:
                answer.error = failure.message
        texts = model.batch([it for _, it in good], max_new_tokens=asking.max_tokens)
        for (answer, _), text in zip(good, texts, strict=True):
            finished(answer, text)
        yield from answers
