"""A checkpoint on this machine behind the port; through the service: tests/server."""

import asyncio
from pathlib import Path

import numpy as np
import pytest

from asha.core.audio import Clip
from asha.core.errors import BadCheckpoint, BadInput, Busy, ProviderBusy
from asha.core.message import Message, Sound, ToolCall, ToolResult, said
from asha.core.ports import ReplyOptions, Usage
from asha.core.settings import Settings
from asha.providers.choosing import chosen
from asha.providers.llm.local import MAX_WAITING, LocalCheckpoint
from asha.providers.llm.local_worker import from_body, to_body
from asha.providers.registry import available

CHECKPOINT = Path(__file__).parents[1] / "vectors" / "ultravox" / "checkpoint"
SHORT = ReplyOptions(max_tokens=12)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def spoken(seed: int = 0) -> Message:
    samples = np.random.default_rng(seed).normal(0, 0.1, 16_000).astype(np.float32)
    return Message("user", (Sound(Clip(samples, 16_000)),))


async def answer(model: LocalCheckpoint, messages: list[Message]) -> tuple[str, Usage]:
    pieces = [piece async for piece in model.reply(messages, SHORT)]
    assert isinstance(pieces[-1], Usage)
    return "".join(str(piece) for piece in pieces[:-1]), pieces[-1]


async def test_it_hears_reads_and_says_what_the_model_says() -> None:
    from asha.model import AudioLLM, AudioProcessor
    from asha.model.chat import Chat, Sampling

    direct = Chat(AudioLLM.from_pretrained(CHECKPOINT), AudioProcessor.from_pretrained(CHECKPOINT))
    model = LocalCheckpoint(str(CHECKPOINT))
    try:
        for messages in ([spoken()], [said("system", "Be brief."), said("user", "hello")]):
            wanted = "".join(direct.reply(messages, sampling=Sampling(max_new_tokens=12)))
            text, usage = await answer(model, messages)
            assert text == wanted and text
            assert usage.num_tokens_out > 0
        given_up = model.reply([spoken(1)], ReplyOptions(max_tokens=400))
        assert await anext(given_up)
        await given_up.aclose()  # the next one does not wait for the rest of it
        assert await answer(model, [spoken()])
        process = model.process._process
        assert process
        waiting = asyncio.create_task(answer(model, [spoken(2)]))
        await asyncio.sleep(0)
        process.kill()
        with pytest.raises(ProviderBusy, match="stopped"):
            await waiting
        assert await answer(model, [spoken()])  # a new process
    finally:
        await model.close()


async def test_the_queue_is_bounded() -> None:
    model = LocalCheckpoint(str(CHECKPOINT))
    waiting = [model.reply([spoken(seed)], SHORT) for seed in range(MAX_WAITING + 1)]
    tasks = [asyncio.ensure_future(anext(it)) for it in waiting]
    try:
        with pytest.raises(Busy):
            await tasks.pop()
        await asyncio.gather(*tasks)
    finally:
        for it in waiting:
            await it.aclose()
        await model.close()


async def test_what_cannot_be_loaded_is_told(tmp_path: Path) -> None:
    model = LocalCheckpoint(str(tmp_path))
    with pytest.raises(BadCheckpoint):
        await answer(model, [spoken()])
    await model.close()


def test_questions_survive_the_pipe() -> None:
    messages = [
        said("system", "नमस्ते"),
        spoken(),
        Message("assistant", (ToolCall("c1", "tell_time", "{}"),)),
        Message("tool", (ToolResult("c1", '{"time": "07:00"}'),)),
    ]
    again, max_tokens = from_body(to_body(messages, 7))
    assert max_tokens == 7
    for one, other in zip(messages, again, strict=True):
        assert one.role == other.role
        if isinstance(one.parts[0], Sound):
            assert isinstance(other.parts[0], Sound)
            assert np.array_equal(one.parts[0].clip.samples, other.parts[0].clip.samples)
        else:
            assert one.parts == other.parts


async def test_it_is_chosen_by_its_path(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, openai_api_key=None, checkpoint=str(CHECKPOINT))
    assert list(available(settings).thinks) == ["Ultravox-format checkpoint"]
    able = chosen(settings)
    assert able.llm and able.llm.hears and able.llm.name == "checkpoint" and not able.is_paid
    with pytest.raises(BadInput, match="ASHA_CHECKPOINT"):
        chosen(Settings(_env_file=None, thinks="checkpoint", checkpoint=None))
