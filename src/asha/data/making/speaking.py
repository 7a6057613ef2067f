"""Steps that ask somebody: a voice, a model, ears. Nobody is asked twice for the same thing."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Chunk, Clip, pcm_of, samples_of
from asha.core.errors import BadInput, ProviderSilent
from asha.core.language import TAGS, Language, language
from asha.core.message import said
from asha.core.ports import LanguageModel, ReplyOptions, SpeechToText, TextToSpeech, Usage
from asha.core.streams import closing
from asha.data.making.cache import as_clip, as_wav, as_words, digest_of, key_of
from asha.data.making.item import Bench, Item
from asha.data.making.recipe import Hear, Speak, Write
from asha.data.templates import COLUMNS, asked
from asha.speech.sound_file import resampled
from asha.speech.spoken_text import speakable, spoken_form

CHUNK_MS = 200  # ears are given sound as the page gives it
CHARS_PER_TOKEN = 1.0  # at the least: so no prompt costs more than was set aside for it
FRAME_TOKENS = 50  # of the words around a prompt


async def speak(item: Item, step: Speak, number: int, bench: Bench) -> Item:
    """The row with its text spoken by one of the language's voices."""
    track = _track(item.language)
    names = step.voices_of.get(item.language, step.voices)
    name = bench.chance(item, number).choice(sorted(names))
    phrase = spoken_form(speakable(item.text), track)
    voice_seed = bench.chance(item, number).getrandbits(32)
    key = key_of("speech", voice=name, language=item.language, text=phrase, seed=voice_seed)
    kept = bench.cache.found(key)
    if kept is None:
        prices = bench.prices(name, step)
        cost = len(phrase) * prices.character
        bench.ledger.reserve(cost)
        try:
            voice = bench.ports.voice(name, Random(voice_seed))
            clip = await _spoken(voice, phrase, track)
        finally:
            bench.ledger.settle(cost, cost)
        kept = as_wav(clip)
        bench.cache.keep(key_of("speaker", speech=key), voice.name.encode())
        bench.cache.keep(key, kept)
    speaker = (bench.cache.found(key_of("speaker", speech=key)) or name.encode()).decode()
    return replace(item, sound=as_clip(kept), speaker=item.speaker or speaker)


async def write(item: Item, step: Write, number: int, bench: Bench) -> Item:
    """The row with a column more: what the model answers to its text."""
    del number
    prompt = asked(step.task, item.language, item.text, into=step.into, own=step.template)
    options = ReplyOptions(
        language=step.into if step.task == "translate" else item.language,
        max_tokens=step.max_tokens,
        extra={"temperature": 0},
    )
    key = key_of("words", model=step.model, prompt=prompt, most=step.max_tokens)
    kept = bench.cache.found(key)
    if kept is None:
        prices = bench.prices(step.model, step)
        num_in = int(len(prompt.encode()) / CHARS_PER_TOKEN) + FRAME_TOKENS
        most = prices.of_usage(Usage(num_in, step.max_tokens))
        bench.ledger.reserve(most)
        cost = most
        try:
            text, usage = await _reply(bench.ports.model(step.model), prompt, options)
            cost = prices.of_usage(usage) if usage else most
        finally:
            bench.ledger.settle(most, cost)
        if not text:
            raise ProviderSilent(step.model, "it answered with no words; the next run asks again.")
        kept = as_words({"text": text})
        bench.cache.keep(key, kept)
    column = step.column or COLUMNS[step.task]
    return replace(item, told={**item.told, column: json.loads(kept)["text"]})


async def hear(item: Item, step: Hear, number: int, bench: Bench) -> Item:
    """The row with the words of its sound as its text."""
    del number
    sound = sound_of(item, "hear")
    key = key_of("transcript", ears=step.ears, language=item.language, sound=digest_of(sound))
    kept = bench.cache.found(key)
    if kept is None:
        cost = sound.duration_s * bench.prices(step.ears, step).second
        bench.ledger.reserve(cost)
        try:
            text = await _heard(bench.ports.ears(step.ears), sound, item.language)
        finally:
            bench.ledger.settle(cost, cost)
        kept = as_words({"text": text})
        bench.cache.keep(key, kept)
    return replace(item, text=str(json.loads(kept)["text"]))


def sound_of(item: Item, what: str) -> Clip:
    """The row's sound.

    Raises:
        BadInput: it has none yet.
    """
    if item.sound is None:
        raise BadInput(f'{item.name} has no sound to {what}: put a step do = "speak" before it.')
    return item.sound


async def _spoken(voice: TextToSpeech, phrase: str, track: Language) -> Clip:
    async with closing(voice.speak(phrase, language=track)) as chunks:
        pieces = [chunk async for chunk in chunks]
    samples = samples_of(b"".join(chunk.pcm for chunk in pieces))
    if not samples.any():
        raise ProviderSilent(voice.name, "it succeeded without sound; the next run asks again.")
    rate_hz = pieces[0].rate_hz if pieces else voice.rate_hz
    return resampled(Clip(samples, rate_hz), rate_hz=HEARING_RATE_HZ)


async def _reply(
    model: LanguageModel, prompt: str, options: ReplyOptions
) -> tuple[str, Usage | None]:
    pieces: list[str] = []
    usage: Usage | None = None
    async with closing(model.reply([said("user", prompt)], options)) as reply:
        async for piece in reply:
            if isinstance(piece, str):
                pieces.append(piece)
            elif isinstance(piece, Usage):
                usage = piece
    return " ".join("".join(pieces).split()), usage


async def _heard(ears: SpeechToText, sound: Clip, tag: str) -> str:
    async with closing(ears.transcribe(_chunks(sound), language=tag)) as heard:
        finals = [it.text async for it in heard if it.is_final]
    return " ".join(" ".join(finals).split())


async def _chunks(sound: Clip) -> AsyncIterator[Chunk]:
    size = CHUNK_MS * sound.rate_hz // 1_000
    for start in range(0, len(sound.samples), size):
        piece = np.asarray(sound.samples[start : start + size])
        yield Chunk(pcm_of(piece), sound.rate_hz)


def _track(tag: str) -> Language:
    if tag not in TAGS:
        raise BadInput(f"No voice reads {tag!r}; the tracks are {', '.join(TAGS)}.")
    return language(tag)
