"""The engine's process: four voices at once, a fifth is told, answers can be stopped."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pytest
from tiny_nano import noise

from asha.core.errors import BadCheckpoint, BadSound, Busy, ProviderBusy
from asha.engine.client import Engine, Voice
from asha.engine.exported import Weights
from asha.engine.pieces import Piece
from asha.engine.utterance import Utterance


@pytest.fixture
async def engine(exported: Path) -> AsyncIterator[Engine]:
    engine = Engine(exported)
    yield engine
    await engine.close()


async def _answer(voice: Voice) -> list[Piece]:
    return [piece async for piece in voice.answer()]


def _alone(weights: Weights, seconds: float, seed: int) -> list[Piece]:
    utterance = Utterance(weights, "hi")
    utterance.push(noise(seconds, seed))
    return [step for step in utterance.answer() if step]


async def test_four_at_once_are_answered_as_if_each_were_alone(
    engine: Engine, weights: Weights
) -> None:
    voices = [await engine.open("hi") for _ in range(4)]
    sounds = [noise(1 + seed / 2, seed) for seed in range(4)]
    for at in range(0, 48_000, 3_200):
        for voice, sound in zip(voices, sounds, strict=True):
            if at < len(sound):
                await voice.push(sound[at : at + 3_200])
    answers = await asyncio.gather(*(_answer(voice) for voice in voices))
    assert answers == [_alone(weights, 1 + seed / 2, seed) for seed in range(4)]


async def test_a_fifth_is_told_that_asha_is_busy_until_one_leaves(engine: Engine) -> None:
    voices = [await engine.open() for _ in range(5)]
    with pytest.raises(Busy, match="Four people"):
        await _answer(voices[4])
    await voices[0].close()
    another = await engine.open()
    await another.type("x")
    assert await _answer(another) == await _answer(another)


async def test_an_answer_that_is_closed_stops_and_the_voice_goes_on(
    engine: Engine, weights: Weights
) -> None:
    voice = await engine.open("hi")
    await voice.push(noise(1, 3)[:9_000])
    async with aclosing(voice.answer()) as answer:
        async for _ in answer:
            break
    await voice.push(noise(1, 3)[9_000:])
    assert await _answer(voice) == _alone(weights, 1, 3)


async def test_sound_without_end_is_refused(engine: Engine) -> None:
    voice = await engine.open()
    for _ in range(4):
        await voice.push(np.zeros(30 * 16_000, np.float32))
    with pytest.raises(BadSound, match="60 s"):
        await _answer(voice)


async def test_after_a_crash_the_next_voice_starts_a_new_process(engine: Engine) -> None:
    voice = await engine.open()
    assert engine.process._process
    engine.process._process.kill()
    with pytest.raises(ProviderBusy, match="try again"):
        await _answer(voice)
    await engine.process._process.wait()
    voice = await engine.open()
    await voice.type("x")
    await _answer(voice)


async def test_a_folder_without_weights_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadCheckpoint, match="holds no exported weights"):
        await Engine(tmp_path).open()


async def test_an_answer_may_be_closed_after_its_engine(exported: Path) -> None:
    engine = Engine(exported)
    voice = await engine.open("hi")
    await voice.type("नमस्ते")
    answer = voice.answer()
    await anext(answer)
    await engine.close()
    await answer.aclose()
