"""Whoever is scored: a model, a pair of ears, a voice, a floor; and how each is asked."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asha.core.audio import Chunk, Clip, pcm_of, samples_of
from asha.core.errors import AshaError, BadInput, Busy, ProviderRefused
from asha.core.language import TAGS, language
from asha.core.message import Message, Sound, Text, ToolCall
from asha.core.ports import (
    LanguageModel,
    ReplyOptions,
    SpeechToText,
    TextToSpeech,
    ToolSpec,
    Usage,
)
from asha.core.streams import closing
from asha.data.prompts import scored_line
from asha.evaluation.case import Case, Floor
from asha.evaluation.floor_score import floor_facts
from asha.evaluation.prediction import Prediction
from asha.speech.scoring import cer
from asha.speech.sound_file import resampled
from asha.speech.spoken_text import spoken_form

ATTEMPTS = 5  # where an engine is full
SLICE_MS = 200  # what a page sends at a time


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be asked; None: it cannot. `price` is of a reply, in USD."""

    name: str
    model: LanguageModel | None = None
    ears: SpeechToText | None = None
    voice: TextToSpeech | None = None
    floor: Floor | None = None
    tools: Sequence[ToolSpec] = ()
    price: Callable[[Usage], float] = lambda _usage: 0.0
    max_tokens: int = 400
    reads_beside: bool = True  # takes written words beside sound; Nano reads or hears

    def refusal(self, task: str, *, has_sound: bool) -> str:
        """Why it cannot be scored on a task; empty where it can."""
        able = {
            "speak": (self.voice and self.ears, "a voice, and ears that hear it (--ears)"),
            "talk": (self.floor, "a floor: only embedded models hold one"),
            "transcribe": (
                self.ears or (self.model and self.model.hears),
                "ears, or a model that hears",
            ),
        }
        is_able, need = able.get(
            task,
            (
                self.model and (self.model.hears or not has_sound),
                "a language model that hears" if has_sound else "a language model",
            ),
        )
        return "" if is_able else f"{self.name} lacks {need}."


async def predict(subject: Subject, case: Case) -> Prediction:
    """Ask the subject one case. A failure is part of the prediction.

    Raises:
        ProviderRefused: a key, quota or plan: no later case would fare better.
    """
    row = Prediction(
        case.id,
        case.part,
        case.language,
        case.task,
        question=case.question,
        reference=case.reference,
        choices=case.choices,
    )
    ways = {"speak": _spoken, "talk": _held}
    way = ways.get(case.task)
    if way is None:
        hears = case.task == "transcribe" and subject.ears is not None
        way = _heard if hears else _answered
    failed = row
    for _ in range(ATTEMPTS):
        try:
            return await way(subject, case, row)
        except ProviderRefused:
            raise
        except Busy as full:  # our own engine's queue: its place is free when others are done
            failed = replace(row, error=full.message)
            await asyncio.sleep(full.retry_after_ms / 1_000)
        except AshaError as failure:
            return replace(row, error=failure.message)
    return failed


async def _answered(subject: Subject, case: Case, row: Prediction) -> Prediction:
    """What the model says or calls."""
    if subject.model is None:
        raise BadInput(f"{subject.name} is no language model.")
    clip = case.sound() if case.sound else None
    messages = [*(make() for make in case.history), _question(case, clip, subject)]
    options = ReplyOptions(
        language="auto" if case.is_auto else case.language,
        tools=subject.tools if case.task == "answer" else (),
        max_tokens=subject.max_tokens,
    )
    began, first_ms, text = time.perf_counter(), None, ""
    calls: list[dict[str, Any]] = []
    usage = Usage()
    async with closing(subject.model.reply(messages, options)) as pieces:
        async for piece in pieces:
            if isinstance(piece, Usage):
                usage = piece
                continue
            first_ms = _since_ms(began) if first_ms is None else first_ms
            if isinstance(piece, ToolCall):
                calls.append({"name": piece.name, "arguments": _arguments(piece.arguments)})
            else:
                text += piece
    return replace(
        row,
        text=text.strip(),
        calls=tuple(calls),
        first_ms=first_ms,
        total_ms=_since_ms(began),
        sound_s=clip.duration_s if clip else 0.0,
        usd=subject.price(usage),
    )


def _question(case: Case, clip: Clip | None, subject: Subject) -> Message:
    """Sound beside what is written; where nothing is heard, the question as text."""
    prompt = case.prompt or scored_line(case.task, case.language, case.language)
    parts: list[Sound | Text] = []
    if clip is not None and subject.model and subject.model.hears:
        parts.append(Sound(clip))
        if prompt and subject.reads_beside:
            parts.insert(0, Text(prompt))
    else:
        parts.append(Text(f"{prompt}\n\n{case.question}".strip()))
    return Message("user", tuple(parts), case.language)


async def _heard(subject: Subject, case: Case, row: Prediction) -> Prediction:
    """What the ears write down, fed as fast as they take it."""
    assert subject.ears and case.sound
    clip = case.sound()
    began, first_ms, text = time.perf_counter(), None, ""
    words = subject.ears.transcribe(_slices(clip), language=case.language)
    async with closing(words) as heard:
        async for piece in heard:
            first_ms = _since_ms(began) if first_ms is None else first_ms
            text = piece.text
    return replace(
        row,
        text=text,
        first_ms=first_ms,
        total_ms=_since_ms(began),
        sound_s=clip.duration_s,
    )


async def _spoken(subject: Subject, case: Case, row: Prediction) -> Prediction:
    """Speak the text and have it heard again: how much of it comes through."""
    assert subject.voice and subject.ears
    track = language(case.language if case.language in TAGS else "en-IN")
    given = spoken_form(case.reference, track)
    began, first_ms, sound = time.perf_counter(), None, b""
    async with closing(subject.voice.speak(given, language=track)) as chunks:
        async for chunk in chunks:
            first_ms = _since_ms(began) if first_ms is None else first_ms
            sound += chunk.pcm
    total_ms = _since_ms(began)
    clip = resampled(Clip(samples_of(sound), subject.voice.rate_hz), rate_hz=16_000)
    text = ""
    async with closing(subject.ears.transcribe(_slices(clip), language=case.language)) as heard:
        async for piece in heard:
            text = piece.text
    # What was spoken is compared, with its numbers in words, since that is what can be heard.
    score = cer([given], [text])
    return replace(
        row,
        text=text,
        first_ms=first_ms,
        total_ms=total_ms,
        sound_s=clip.duration_s,
        facts={"edits": score.num_edits, "units": score.num_units},
    )


async def _held(subject: Subject, case: Case, row: Prediction) -> Prediction:
    """Play a scene; it has a clock and a loop of its own, so it runs in a thread."""
    assert subject.floor and case.scene
    held = await asyncio.to_thread(subject.floor.hold, case.scene)
    calls = tuple({"name": name, "arguments": _arguments(given)} for name, given in held.calls)
    return replace(row, text=held.text, calls=calls, facts=floor_facts(case.reference, held))


def _arguments(written: str) -> Any:
    try:
        return json.loads(written)
    except ValueError:
        return {"unreadable": written}


async def _slices(clip: Clip) -> AsyncIterator[Chunk]:
    size = SLICE_MS * clip.rate_hz // 1_000
    for start in range(0, len(clip.samples), size):
        yield Chunk(pcm_of(clip.samples[start : start + size]), clip.rate_hz)


def _since_ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1_000, 2)
