"""The events that end a question and an answer, in Realtime's order."""

from collections.abc import Mapping
from typing import Literal

from asha.conversation.announcer import Announcer
from asha.conversation.draft_words import Spent
from asha.conversation.history import Said
from asha.conversation.ledger import Purse
from asha.conversation.player import Player
from asha.conversation.turn_words import Commit
from asha.core.account import Account
from asha.core.asha_events import CostReport, LatencyReport, TurnCommitted
from asha.core.event_parts import Content, Cost, Item, Part, Response, ResponseUsage, StatusDetails
from asha.core.events import (
    AudioCommitted,
    ContentPartDone,
    ItemDeleted,
    ItemDone,
    ItemTruncated,
    OutputAudioDone,
    OutputItemDone,
    OutputTextDone,
    OutputTranscriptDone,
    ResponseDone,
    WireEvent,
)

Status = Literal["completed", "cancelled", "incomplete", "failed"]


def done_events(
    player: Player, status: Status, *, text: str, reason: str | None, account: Account
) -> list[WireEvent]:
    """All `...done` events of one answer whose words were `text`."""
    make, turn = player.announcer.make, player.turn_id
    ids = {"response_id": player.response_id, "item_id": player.item_id}
    item = ended_item(player.item_id, text, is_whole=status == "completed", speaks=player.speaks)
    events: list[WireEvent] = []
    if player.speaks:
        part = Part(type="audio", transcript=text)
        events = [
            make(OutputAudioDone, turn_id=turn, **ids),
            make(OutputTranscriptDone, turn_id=turn, transcript=text, **ids),
        ]
    else:
        part = Part(type="text", text=text)
        events = [make(OutputTextDone, turn_id=turn, text=text, **ids)]
    usage = player.draft.spent.usage
    tokens = ResponseUsage(
        input_tokens=usage.num_tokens_in if usage else 0,
        output_tokens=usage.num_tokens_out if usage else 0,
        total_tokens=usage.num_tokens_in + usage.num_tokens_out if usage else 0,
    )
    details = StatusDetails(type=status, reason=reason)
    return [
        *events,
        make(ContentPartDone, turn_id=turn, part=part, **ids),
        make(OutputItemDone, turn_id=turn, response_id=player.response_id, item=item),
        make(ItemDone, turn_id=turn, item=item, previous_item_id=player.previous_item_id),
        make(
            ResponseDone,
            turn_id=turn,
            response=Response(
                id=player.response_id,
                status=status,
                status_details=None if status == "completed" else details,
                output=[item],
                usage=tokens,
                cost=cost_of(account),
            ),
        ),
    ]


def taken_back(player: Player, account: Account) -> list[WireEvent]:
    """The user goes on with the question: the answer is over, and its item is gone."""
    events: list[WireEvent] = []
    if not player.is_closed:
        events = done_events(player, "cancelled", text="", reason="turn_detected", account=account)
    make = player.announcer.make
    return [*events, make(ItemDeleted, turn_id=player.turn_id, item_id=player.item_id)]


def ended_item(item_id: str, text: str, *, is_whole: bool, speaks: bool = True) -> Item:
    """An answer's item at its end."""
    content = (
        Content(type="output_audio", transcript=text)
        if speaks
        else Content(type="output_text", text=text)
    )
    status: Literal["completed", "incomplete"] = "completed" if is_whole else "incomplete"
    return Item(id=item_id, status=status, role="assistant", content=[content])


def truncated(announcer: Announcer, item_id: str, turn_id: str, heard_ms: float) -> WireEvent:
    """Only what was heard is kept."""
    return announcer.make(
        ItemTruncated, turn_id=turn_id, item_id=item_id, audio_end_ms=round(heard_ms)
    )


def commit_events(
    announcer: Announcer, command: Commit, question: Said, turn_id: str
) -> list[WireEvent]:
    """The turn is over: its sound, if it was spoken, becomes an item."""
    events: list[WireEvent] = []
    if not question.is_typed:
        events.append(announcer.make(AudioCommitted, turn_id=turn_id, item_id=question.id))
    silence_ms = round(command.silence_ms, 1)
    events.append(
        announcer.make(
            TurnCommitted, turn_id=turn_id, revision=command.revision, silence_ms=silence_ms
        )
    )
    return events


def cost_of(account: Account) -> Cost:
    """What a turn has cost by now."""
    return Cost(usd=round(account.usd, 6), by_provider=_rounded(account.by_provider))


async def reports(player: Player, account: Account, purse: Purse, wasted: Spent) -> list[WireEvent]:
    """The clocks of a turn, what it cost, and what that adds up to."""
    timeline, make, spent = player.timeline, player.announcer.make, player.draft.spent
    ledger = purse.ledger
    return [
        make(
            LatencyReport,
            turn_id=player.turn_id,
            clocks=timeline.clocks(),
            segments_ms={name: round(ms, 3) for name, ms in timeline.segments_ms().items()},
            filler=timeline.has_filler,
        ),
        make(
            CostReport,
            turn_id=player.turn_id,
            usd=round(account.usd, 6),
            by_provider=_rounded(account.by_provider),
            wasted_tokens=wasted.num_tokens + spent.vain_tokens,
            wasted_characters=wasted.num_characters + spent.vain_characters,
            is_estimated=account.is_estimated,
            session_usd=round(purse.usd, 6),
            day_usd=round(await ledger.spent_today(), 6),
            session_budget_usd=ledger.session_budget_usd,
            day_budget_usd=ledger.day_budget_usd,
        ),
    ]


def _rounded(by_provider: Mapping[str, float]) -> dict[str, float]:
    return {name: round(usd, 6) for name, usd in by_provider.items()}
