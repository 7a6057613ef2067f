"""Interrupting in two steps: an answer pauses at the onset of speech; then it is cancelled, or
goes on because what was said was a back-channel, the user's own loudspeaker, or a noise.
"""

from dataclasses import replace

from asha.conversation.rules import Rules
from asha.conversation.turn_state import OpenedTurn, State
from asha.conversation.turn_words import (
    Answered,
    CancelReason,
    CancelReply,
    Command,
    Discard,
    DropTurn,
    Judgement,
    Progressed,
    Reopen,
    Resume,
    ResumeReason,
    SoundSent,
)

Step = tuple[State, tuple[Command, ...]]
_WHY_RESUMED: dict[Judgement, ResumeReason] = {"backchannel": "backchannel", "echo": "echo"}


def is_same_turn(state: State, at_ms: float) -> bool:
    """Whether speech now goes on with the committed turn instead of interrupting its answer."""
    reply, rules = state.reply, state.rules
    return (
        reply is not None
        and not reply.is_settled
        and reply.paused_at_ms is None
        and at_ms - reply.committed_at_ms <= rules.resume_ms
        and reply.heard_ms(at_ms) < rules.resume_heard_ms
    )


def reopened(state: State, at_ms: float) -> Step:
    """Take the answer back: the same turn, next revision."""
    reply = state.reply
    assert reply
    turn = replace(
        reply.turn,
        revision=reply.turn.revision + 1,
        is_candidate=False,
        is_silent=False,
        is_drafting=False,
        is_ready=False,
        opened_at_ms=reply.turn.opened_at_ms,
        judgement="unknown",
    )
    command = Reopen(turn.number, reply.turn.revision, reply.heard_ms(at_ms))
    return replace(state, turn=turn, reply=None), (command,)


def cancelled(state: State, at_ms: float, reason: CancelReason) -> Step:
    """End the answer early. The open turn, if there is one, stays."""
    reply = state.reply
    assert reply
    command = CancelReply(reply.turn.number, reason, reply.heard_ms(at_ms))
    return replace(state, reply=None), (command,)


def resumed(state: State, at_ms: float, judgement: Judgement) -> Step:
    """Let a paused answer go on; nothing happens where none is paused."""
    reply = state.reply
    if not reply or reply.paused_at_ms is None:
        return state, ()
    # Silence before the first sound is waiting, not a pause of what was being heard.
    sound_at_ms = at_ms if reply.sound_at_ms is None else reply.sound_at_ms
    paused_ms = at_ms - max(reply.paused_at_ms, sound_at_ms)
    going = replace(
        reply, paused_at_ms=None, paused_ms=reply.paused_ms + paused_ms, progress_at_ms=at_ms
    )
    command = Resume(reply.turn.number, _WHY_RESUMED.get(judgement, "silence"))
    return replace(state, reply=going), (command,)


def is_interruption(rules: Rules, turn: OpenedTurn) -> bool:
    """Whether what was said into an answer is a turn of its own."""
    if turn.judgement == "unknown":
        return turn.is_typed or turn.voiced_ms >= rules.interrupt_voiced_ms
    return turn.judgement in ("stop", "words")


def reviewed(state: State, at_ms: float) -> Step:
    """Decide about an answer into which the user speaks, as soon as it can be decided."""
    turn, reply, rules = state.turn, state.reply, state.rules
    if not turn or not reply:
        return state, ()
    many_words = turn.judgement == "words" and turn.num_words >= rules.interrupt_words
    if turn.judgement == "stop" or many_words:
        return cancelled(state, at_ms, "turn_detected")
    if reply.paused_at_ms is None:  # it was let go on, but the user speaks more
        if is_interruption(rules, turn):
            return cancelled(state, at_ms, "turn_detected")
        return state, ()
    is_nothing = turn.judgement in ("backchannel", "echo")
    if turn.is_candidate and is_nothing:
        return _let_go(state, turn, at_ms)
    if at_ms >= reply.paused_at_ms + rules.decide_ms:
        if is_interruption(rules, turn):
            return cancelled(state, at_ms, "turn_detected")
        if turn.is_candidate:
            return _let_go(state, turn, at_ms)
        return resumed(state, at_ms, turn.judgement)
    return state, ()


def _let_go(state: State, turn: OpenedTurn, at_ms: float) -> Step:
    """What was said needs no answer: forget it and speak on."""
    commands: list[Command] = [DropTurn(turn.number)]
    if turn.is_drafting:
        commands.insert(0, Discard(turn.number, turn.revision))
    state, going = resumed(replace(state, turn=None), at_ms, turn.judgement)
    return state, (*commands, *going)


def answering(state: State, event: SoundSent | Progressed | Answered) -> Step:
    """News of the answer; news of one that was taken back is stale."""
    reply = state.reply
    if not reply or (reply.turn.number, reply.turn.revision) != (event.number, event.revision):
        return state, ()
    reply = replace(reply, progress_at_ms=event.at_ms)
    match event:
        case SoundSent():
            sound_at_ms = event.at_ms if reply.sound_at_ms is None else reply.sound_at_ms
            reply = replace(reply, sound_at_ms=sound_at_ms, sent_ms=event.total_ms)
        case Progressed():
            reply = replace(reply, is_settled=reply.is_settled or event.is_settled)
        case Answered():
            if event.failed:
                return cancelled(replace(state, reply=reply), event.at_ms, "failed")
            reply = replace(reply, is_complete=True)
    return replace(state, reply=reply), ()
