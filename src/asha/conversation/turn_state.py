"""What the turn machine remembers: the turn being heard, and the answer being given."""

from dataclasses import dataclass

from asha.conversation.rules import Rules
from asha.conversation.turn_words import Judgement

# Of this user's mean pause inside of turns: room above it, but less than it where the words are
# whole, or everybody who once stopped to think would wait as long for each answer.
OWN_SHARE, OWN_SHARE_WHOLE = 1.3, 0.8


@dataclass(frozen=True, slots=True)
class OpenedTurn:
    """A turn that is not committed. It is a candidate end while the user is silent."""

    number: int
    revision: int
    opened_at_ms: float
    start_ms: float
    end_ms: float  # the anchor of every delay: its last speech sample
    updated_at_ms: float  # when sound or words last came for it
    voiced_ms: float
    patience_ms: float
    silence_ms: float = 0.0  # since its last speech sample, while it is a candidate
    is_candidate: bool = False
    is_silent: bool = False  # long enough that the recogniser was told
    is_drafting: bool = False
    is_ready: bool = False  # the draft's first sound waits
    num_drafts: int = 0
    is_typed: bool = False
    judgement: Judgement = "unknown"
    num_words: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a committed turn. `turn` is kept because the user may go on with it."""

    turn: OpenedTurn
    committed_at_ms: float
    progress_at_ms: float
    sound_at_ms: float | None = None  # when its first sound left
    sent_ms: float = 0.0
    paused_at_ms: float | None = None
    paused_ms: float = 0.0  # all earlier pauses
    is_complete: bool = False
    is_settled: bool = False

    def heard_ms(self, at_ms: float) -> float:
        """How much has been played by now, if it plays as it arrives."""
        if self.sound_at_ms is None:
            return 0.0
        until = at_ms if self.paused_at_ms is None else self.paused_at_ms
        return min(self.sent_ms, max(0.0, until - self.sound_at_ms - self.paused_ms))


@dataclass(frozen=True, slots=True)
class State:
    """The whole machine. No turn and no reply: it is listening."""

    rules: Rules
    turn: OpenedTurn | None = None
    reply: Reply | None = None
    next_number: int = 1
    onset_start_ms: float | None = None  # speech that is not yet long enough to be a turn
    own_pause_ms: float = 0.0  # this user's pauses inside of turns, an exponential mean


def next_wake_ms(state: State) -> float | None:
    """When the machine wants its next `Tick`, on the clock of `at_ms`; None: not by itself."""
    rules, times = state.rules, []
    if turn := state.turn:
        times += [quiet_at_ms(rules, turn), turn.opened_at_ms + rules.max_turn_ms]
    if reply := state.reply:
        if reply.paused_at_ms is not None:
            times.append(reply.paused_at_ms + rules.decide_ms)
        elif reply.is_complete:
            times.append(played_out_ms(reply))
        else:
            times.append(stalled_at_ms(rules, reply))
    return min(times, default=None)


def quiet_at_ms(rules: Rules, turn: OpenedTurn) -> float:
    """When a turn of which nothing more comes is over; recognisers in browsers take longer."""
    waits = 5 if turn.is_typed else 1
    return turn.updated_at_ms + waits * rules.quiet_line_ms


def played_out_ms(reply: Reply) -> float:
    """When all that was sent will have been played."""
    if reply.sound_at_ms is None:
        return reply.committed_at_ms
    return reply.sound_at_ms + reply.paused_ms + reply.sent_ms


def stalled_at_ms(rules: Rules, reply: Reply) -> float:
    """When an unfinished answer counts as failed."""
    return max(reply.progress_at_ms, played_out_ms(reply)) + rules.stall_ms


def patience_ms(state: State, turn: OpenedTurn) -> float:
    """The silence that ends `turn`: what its words ask for, or more for a user who pauses long.

    While the draft has no sound yet nothing is gained by an early end, so a little more is waited.
    """
    share = OWN_SHARE_WHOLE if looks_whole(state.rules, turn) else OWN_SHARE
    own = share * state.own_pause_ms
    patience = min(state.rules.max_patience_ms, max(turn.patience_ms, own))
    is_waiting = turn.is_drafting and not turn.is_ready
    return patience + (state.rules.ready_extra_ms if is_waiting else 0.0)


def fresh_turn(state: State, at_ms: float, start_ms: float, end_ms: float) -> OpenedTurn:
    """A turn that begins with the speech `start..end`."""
    return OpenedTurn(
        number=state.next_number,
        revision=1,
        opened_at_ms=at_ms,
        start_ms=start_ms,
        end_ms=end_ms,
        updated_at_ms=at_ms,
        voiced_ms=end_ms - start_ms,
        patience_ms=state.rules.patience_ms,
    )


def looks_whole(rules: Rules, turn: OpenedTurn) -> bool:
    """Whether the words so far need no more."""
    return turn.judgement != "unknown" and turn.patience_ms <= rules.patience_ms


def draft_after_ms(rules: Rules, turn: OpenedTurn) -> float:
    """The silence after which a draft of `turn` is worth its price."""
    if rules.drafts_freely or looks_whole(rules, turn):
        return rules.candidate_ms
    if rules.hears and turn.num_drafts == 0:
        return rules.heard_draft_ms
    is_last = 0 < turn.num_drafts == rules.max_drafts - 1
    least_ms = rules.last_draft_ms if is_last else rules.unsure_draft_ms
    return max(least_ms, turn.patience_ms - rules.draft_lead_ms)
