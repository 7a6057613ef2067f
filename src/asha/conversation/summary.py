"""Keeping the context within its budget: what was said long ago becomes a summary.

It is made after an answer, never before one, by the model that thinks; where that is the embedded
one, or it fails, the first words of the messages stand in.
"""

from asha.conversation.context import Context
from asha.conversation.history import (
    MAX_CONTEXT_TOKENS,
    Said,
    Summary,
    after,
    extract,
    newest,
    tokens_of,
)
from asha.core.account import Account, on_account
from asha.core.errors import AshaError
from asha.core.message import said
from asha.core.ports import ReplyOptions
from asha.core.streams import closing

KEPT_TOKENS = MAX_CONTEXT_TOKENS // 2  # stay whole: the last few exchanges
MAX_SUMMARY_TOKENS = 300
MAX_SUMMARY_CHARS = 2_000
ASK = (
    "Summarise this conversation for yourself, in its own language and at most 150 words: what "
    "the user asked for, names, numbers, times and places, what was agreed, what is still open. "
    "Answer with the summary alone."
)
KIND = "summary"


async def condense(shared: Context) -> None:
    """Summarise what no longer fits; nothing happens while everything does."""
    fresh = after(shared.entries, shared.summary)
    if sum(tokens_of(entry.text) for entry in fresh) <= MAX_CONTEXT_TOKENS or shared.is_condensing:
        return
    older = fresh[: len(fresh) - len(newest(fresh, num_tokens=KEPT_TOKENS))]
    if not older:
        return
    shared.is_condensing = True
    try:
        text = await _summarised(shared, older)
    finally:
        shared.is_condensing = False
    shared.summary = Summary(text, older[-1].id)
    row = {"session_id": shared.id, "text": text, "up_to": older[-1].id}
    await shared.store.put(KIND, shared.id, row, owner=shared.config.owner)


async def recall(shared: Context) -> None:
    """The summary of a session that was closed."""
    row = await shared.store.get(KIND, shared.id, owner=shared.config.owner)
    if row:
        shared.summary = Summary(str(row["text"]), str(row["up_to"]))


async def _summarised(shared: Context, older: list[Said]) -> str:
    before = [f"Before that: {shared.summary.text}"] if shared.summary else []
    lines = [*before, *(f"{entry.role}: {entry.text}" for entry in older)]
    llm = shared.parts.llm if shared.parts.summarises else None
    text, account = "", Account()
    if llm:
        messages = [said("system", ASK), said("user", "\n".join(lines))]
        options = ReplyOptions(max_tokens=MAX_SUMMARY_TOKENS)
        try:
            with on_account(account):
                async with closing(llm.reply(messages, options)) as pieces:
                    async for piece in pieces:
                        text += piece if isinstance(piece, str) else ""
        except AshaError:
            text = ""
        await shared.purse.book(account, shared)
    kept = f"{shared.summary.text} | " if shared.summary else ""
    return text.strip()[:MAX_SUMMARY_CHARS] or (kept + extract(older))[-MAX_SUMMARY_CHARS:]
