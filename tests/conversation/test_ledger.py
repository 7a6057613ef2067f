"""What a turn costs, what that adds up to, and what happens when it is enough."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from room import Room, room
from scripted import MemoryStore, ScriptedLLM, ScriptedSTT, ScriptedTTS
from virtual_time import run_virtual

from asha.conversation.ledger import HOUSE, Ledger
from asha.core.account import charge
from asha.core.audio import Chunk
from asha.core.language import Language
from asha.core.message import Message
from asha.core.ports import Heard, ReplyOptions


class PaidLLM(ScriptedLLM):
    """A cent and a half a reply."""

    async def reply(self, messages: Sequence[Message], options: ReplyOptions) -> Any:
        charge("llm", 0.015)
        async for piece in super().reply(messages, options):
            yield piece


class PaidTTS(ScriptedTTS):
    """A cent a phrase."""

    async def speak(self, phrase: str, *, language: Language) -> AsyncIterator[Chunk]:
        charge("voice", 0.01)
        async for chunk in super().speak(phrase, language=language):
            yield chunk


class PaidSTT(ScriptedSTT):
    """A tenth of a cent a slice."""

    async def transcribe(self, sound: AsyncIterator[Chunk], *, language: str) -> Any:
        async def counted() -> AsyncIterator[Chunk]:
            async for chunk in sound:
                charge("ears", 0.001)
                yield chunk

        words: AsyncIterator[Heard] = super().transcribe(counted(), language=language)
        async for heard in words:
            yield heard


def talked(ledger: Ledger, *, num_turns: int, free: bool = True) -> Room:
    """So many spoken turns with parts that are paid."""

    async def run() -> Room:
        async with room(stt=PaidSTT(["what time is it"]), llm=PaidLLM(["It is seven."])) as made:
            context = made.conversation.context
            free_ears = ScriptedSTT(["what time is it"])
            unpaid = replace(context.parts, llm=ScriptedLLM(["Free words."]), stt=free_ears)
            paid = replace(context.parts, tts=PaidTTS(), is_paid=True)
            context.parts = replace(paid, free=unpaid if free else None)
            context.purse.ledger = ledger
            ledger.store = context.store
            for number in range(num_turns):
                await made.speak(800)
                await made.wait_for("asha.cost.report", count=number + 1)
                await made.be_silent(2_000)
            return made

    return run_virtual(run())


def test_every_answer_tells_what_its_turn_cost_by_provider() -> None:
    made = talked(Ledger(session_budget_usd=1.0, day_budget_usd=2.0), num_turns=2)
    for number, seen in enumerate(made.all("asha.cost.report"), start=1):
        cost = seen.body
        assert cost["by_provider"]["llm"] == pytest.approx(0.015)
        assert cost["by_provider"]["voice"] == pytest.approx(0.01)
        assert cost["by_provider"]["ears"] > 0.005
        assert cost["usd"] == pytest.approx(sum(cost["by_provider"].values()))
        done = made.all("response.done")[number - 1].body["response"]["cost"]
        assert done["usd"] == pytest.approx(cost["usd"])
    first, second = (seen.body for seen in made.all("asha.cost.report"))
    assert second["session_usd"] == pytest.approx(first["usd"] + second["usd"])
    assert second["day_usd"] == pytest.approx(second["session_usd"])
    assert (second["session_budget_usd"], second["day_budget_usd"]) == (1.0, 2.0)


def test_a_session_whose_budget_is_used_up_goes_on_for_free_and_says_so() -> None:
    made = talked(Ledger(session_budget_usd=0.03), num_turns=2)
    assert "Free words." in made.transcript()
    assert [seen.body["usd"] > 0 for seen in made.all("asha.cost.report")] == [True, False]
    [told] = made.all("session.updated")
    notice = told.body["session"]["asha"]["notice"]
    assert "0.03 USD" in notice and "ASHA_BUDGET_SESSION_USD" in notice


def test_the_days_budget_is_everybodys_and_outlives_the_process() -> None:
    store = MemoryStore()
    day = date(2026, 11, 22)

    async def run() -> None:
        ledger = Ledger(day_budget_usd=1.0, store=store, today=lambda: day)
        await ledger.add(0.7)
        again = Ledger(day_budget_usd=1.0, store=store, today=lambda: day)
        assert await again.spent_today() == 0.7
        assert await again.reached(0.0) is None
        await again.add(0.3)
        assert "today" in (await again.reached(0.0) or "")
        again.today = lambda: date(2026, 11, 23)
        assert await again.reached(0.0) is None
        assert await store.get("spending", "2026-11-22", owner=HOUSE)

    run_virtual(run())


def test_a_budget_of_nothing_pays_nobody_and_without_free_parts_asha_says_that_nobody_thinks() -> (
    None
):
    made = talked(Ledger(session_budget_usd=0.0), num_turns=1)
    assert made.all("asha.cost.report")[0].body["usd"] == 0

    async def typed() -> Room:
        async with room(llm=PaidLLM(["It is seven."])) as made:
            context = made.conversation.context
            context.parts = replace(context.parts, is_paid=True)
            context.purse.ledger = Ledger(session_budget_usd=0.0)
            made.conversation.type("what time is it", final=True)
            await asyncio.sleep(30)  # nobody can hear any more: no slices
            return made

    made = run_virtual(typed())
    [done] = made.all("response.done")
    assert done.body["response"]["cost"]["usd"] == 0


def test_without_a_budget_nothing_is_limited() -> None:
    made = talked(Ledger(), num_turns=2)
    assert not made.all("session.updated")
