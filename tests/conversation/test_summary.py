"""A long conversation stays within its budget, and nothing that matters is lost."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from room import Room, room
from scripted import ScriptedLLM
from virtual_time import run_virtual

from asha.conversation.history import (
    MAX_CONTEXT_TOKENS,
    Said,
    Summary,
    context,
    newest,
    tokens_of,
)
from asha.conversation.summary import recall
from asha.core.errors import ProviderBusy
from asha.core.message import Message
from asha.core.ports import ReplyOptions

LONG = "मेरी बेटी का नाम अनाया है और वह पुणे में रहती है। " * 20


class Summariser(ScriptedLLM):
    """Says yes to everything, and this when it is asked for a summary."""

    def __init__(self, summary: str | ProviderBusy) -> None:
        super().__init__(["Yes."])
        self.summary = summary

    async def reply(self, messages: Sequence[Message], options: ReplyOptions) -> Any:
        wants_summary = "Summarise" in messages[0].text
        self.replies = [self.summary if wants_summary else "Yes."]
        async for piece in super().reply(messages, options):
            yield piece


def entry(number: int, text: str) -> Said:
    role = "user" if number % 2 else "assistant"
    return Said(f"item_{number}", "sess_test", f"turn_test_{number}", role, text)  # type: ignore[arg-type]


def talked(llm: ScriptedLLM, *, num_turns: int, summarises: bool = True) -> Room:
    """So many long typed turns."""

    async def run() -> Room:
        async with room(llm=llm, speaks=False) as made:
            shared = made.conversation.context
            shared.parts = replace(shared.parts, summarises=summarises)
            for number in range(num_turns):
                made.conversation.type(f"{number}: {LONG}", final=True)
                await made.wait_for("response.done", count=number + 1)
                await made.be_silent(300)
            return made

    return run_virtual(run())


def test_the_model_that_thinks_summarises_what_no_longer_fits() -> None:
    llm = Summariser("The daughter is Anaya, in Pune.")
    made = talked(llm, num_turns=8)
    asked = [messages for messages in llm.asked if "Summarise" in messages[0].text]
    assert asked and LONG[:40] in asked[0][1].text
    last = llm.asked[-1]
    told = sum(tokens_of(message.text) for message in last[1:-1])
    assert told <= MAX_CONTEXT_TOKENS
    assert made.conversation.context.summary
    assert made.conversation.context.summary.text in last[0].text


def test_the_embedded_engine_and_a_model_that_fails_leave_the_first_words() -> None:
    for llm, summarises in (
        (ScriptedLLM(["Yes."]), False),
        (Summariser(ProviderBusy("llm", "later.")), True),
    ):
        made = talked(llm, num_turns=8, summarises=summarises)
        summary = made.conversation.context.summary
        assert summary and "user: 0: मेरी बेटी" in summary.text
        assert summary.text in llm.asked[-1][0].text


def test_the_summary_is_there_again_after_a_restart() -> None:
    async def again() -> None:
        async with room() as made:
            shared = made.conversation.context
            shared.store = old.services.store
            await recall(shared)
            assert shared.summary == old.conversation.context.summary

    old = talked(ScriptedLLM(["Yes."]), num_turns=6, summarises=False)
    run_virtual(again())


def test_what_the_summary_covers_is_not_told_again() -> None:
    entries = [entry(number, f"message {number}") for number in range(6)]
    told = context(entries, [], system="You.", summary=Summary("All of it.", "item_3"))
    assert [message.text for message in told] == [
        "You.\nEarlier: All of it.",
        "message 4",
        "message 5",
    ]
    gone = context(entries, [], system="You.", summary=Summary("All of it.", "item_gone"))
    assert len(gone) == 7, "a summary of a message that was taken back covers nothing"


@given(st.lists(st.text(max_size=400), max_size=30), st.integers(1, 2_000))
def test_the_newest_messages_fit_and_the_last_one_is_always_there(
    texts: list[str], budget: int
) -> None:
    entries = [entry(number, text) for number, text in enumerate(texts)]
    kept = newest(entries, num_tokens=budget)
    assert kept == entries[len(entries) - len(kept) :]
    assert bool(kept) == bool(entries)
    assert len(kept) <= 1 or sum(tokens_of(said.text) for said in kept) <= budget
