"""The turn machine: events in, commands out. No I/O and no clock of its own. START READING HERE.

    listening --onset--> a turn --short silence--> candidate end, Speculate(revision n)
         candidate --speech--> Discard(n), listening on      candidate --patience--> Commit(n)
    committed --onset within 1 s, hardly heard--> Reopen: the same turn, next revision
    speaking --onset--> Pause --within 700 ms--> Resume (a back-channel, an echo) or CancelReply

`step` is the only entry. What happens to a running answer when the user speaks is in yielding.py.
"""

from dataclasses import replace

from asha.conversation import yielding
from asha.conversation.rules import Rules
from asha.conversation.turn_state import (
    OpenedTurn,
    Reply,
    State,
    draft_after_ms,
    fresh_turn,
    patience_ms,
    played_out_ms,
    quiet_at_ms,
    stalled_at_ms,
)
from asha.conversation.turn_words import (
    Answered,
    CancelAsked,
    ClearAsked,
    Command,
    Commit,
    CommitAsked,
    Discard,
    DropTurn,
    EndReply,
    GoOn,
    MarkSilence,
    OpenTurn,
    Pause,
    Progressed,
    Ready,
    Silence,
    SoundSent,
    Speculate,
    TurnEvent,
    Typing,
    Voice,
    Words,
)

Step = tuple[State, tuple[Command, ...]]
OWN_PAUSE_GAIN = 0.2  # weight of the latest pause in the user's mean


def listening(rules: Rules, *, next_number: int = 1) -> State:
    """A machine at rest."""
    return State(rules, next_number=next_number)


def step(state: State, event: TurnEvent) -> Step:
    """What `event` changes, and what is to be done about it, in order."""
    state, first = _handled(state, event)
    state, second = yielding.reviewed(state, event.at_ms)
    state, third = _drafted(state)
    state, fourth = _timed(state, event.at_ms)
    return state, (*first, *second, *third, *fourth)


def _handled(state: State, event: TurnEvent) -> Step:
    match event:
        case Voice() if state.rules.ends_turns:
            return _voiced(state, event)
        case Silence() if state.rules.ends_turns:
            return _silent(state, event)
        case Words() if state.turn:
            heard = replace(
                state.turn,
                judgement=event.judgement,
                num_words=event.num_words,
                patience_ms=event.patience_ms,
            )
            return replace(state, turn=heard), ()
        case Ready() if state.turn and _is_draft_of(state.turn, event):
            least_ms = state.rules.refusal_patience_ms if event.refuses else 0.0
            patience = max(least_ms, state.turn.patience_ms)
            ready = replace(state.turn, is_ready=True, patience_ms=patience)
            return _ended(replace(state, turn=ready), event.at_ms)
        case Typing():
            return _typing(state, event)
        case CommitAsked():
            return _commit_asked(state, event)
        case ClearAsked():
            return dropped(state, event.at_ms) if state.turn else (state, ())
        case CancelAsked() if state.reply and state.reply.turn.number == event.number:
            return yielding.cancelled(state, event.at_ms, "client_cancelled")
        case SoundSent() | Progressed() | Answered():
            return yielding.answering(state, event)
        case _:
            return state, ()


def _voiced(state: State, event: Voice) -> Step:
    """Speech: an onset, more of a turn, or the end of a pause inside of it."""
    start_ms = event.start_ms if state.onset_start_ms is None else state.onset_start_ms
    turn = state.turn
    if turn and not turn.is_candidate:
        longer = replace(
            turn,
            end_ms=event.end_ms,
            updated_at_ms=event.at_ms,
            voiced_ms=turn.voiced_ms + event.end_ms - event.start_ms,
        )
        return replace(state, turn=longer), ()
    speaks = state.reply is not None and state.reply.sound_at_ms is not None and not turn
    onset_ms = state.rules.pause_onset_ms if speaks else state.rules.onset_ms
    if event.end_ms - start_ms < onset_ms:
        return replace(state, onset_start_ms=start_ms), ()
    state = replace(state, onset_start_ms=None)
    if turn:
        return _gone_on(state, turn, start_ms, event)
    if yielding.is_same_turn(state, event.at_ms):
        state, commands = yielding.reopened(state, event.at_ms)
        assert state.turn
        onward, _ = _gone_on(state, state.turn, start_ms, event)
        return onward, commands
    fresh = fresh_turn(state, event.at_ms, start_ms, event.end_ms)
    return _opened(state, fresh, event.at_ms)


def _gone_on(state: State, turn: OpenedTurn, start_ms: float, event: Voice) -> Step:
    """The user speaks on after a pause: the draft, if any, was of too little."""
    gap_ms = max(0.0, start_ms - turn.end_ms)
    mean = state.own_pause_ms
    own_pause_ms = gap_ms if not mean else mean + OWN_PAUSE_GAIN * (gap_ms - mean)
    onward = replace(
        turn,
        revision=turn.revision + (1 if turn.is_drafting else 0),
        end_ms=event.end_ms,
        updated_at_ms=event.at_ms,
        voiced_ms=turn.voiced_ms + event.end_ms - start_ms,
        is_candidate=False,
        is_silent=False,
        is_drafting=False,
        is_ready=False,
    )
    undone: tuple[Command, ...] = (GoOn(turn.number),) if turn.is_silent else ()
    if turn.is_drafting:
        undone = (Discard(turn.number, turn.revision), *undone)
    return replace(state, turn=onward, own_pause_ms=own_pause_ms), undone


def _opened(state: State, turn: OpenedTurn, at_ms: float) -> Step:
    """A new turn begins; an answer that is being given falls silent at once."""
    commands: tuple[Command, ...] = (OpenTurn(turn.number, turn.start_ms),)
    reply = state.reply
    if reply and reply.paused_at_ms is None:
        reply = replace(reply, paused_at_ms=at_ms)
        onset_ms = None if turn.is_typed else turn.start_ms
        commands = (Pause(reply.turn.number, onset_ms), *commands)
    return replace(state, turn=turn, reply=reply, next_number=turn.number + 1), commands


def _silent(state: State, event: Silence) -> Step:
    """Silence: after a little of it a candidate end, after the turn's patience its end."""
    state = replace(state, onset_start_ms=None)
    turn = state.turn
    if not turn:
        return state, ()
    silence_ms = event.end_ms - turn.end_ms
    turn = replace(turn, updated_at_ms=event.at_ms, silence_ms=silence_ms)
    commands: tuple[Command, ...] = ()
    if silence_ms >= state.rules.candidate_ms:
        turn = replace(turn, is_candidate=True)
    if not turn.is_silent and silence_ms >= state.rules.silent_ms:
        turn = replace(turn, is_silent=True)
        commands = (MarkSilence(turn.number, turn.end_ms),)
    state, closing = _ended(replace(state, turn=turn), event.at_ms)
    return state, (*commands, *closing)


def _ended(state: State, at_ms: float) -> Step:
    """Close the turn if its silence is as long as its patience."""
    turn = state.turn
    if turn and turn.is_candidate and turn.silence_ms >= patience_ms(state, turn):
        return _closed(state, at_ms, turn.silence_ms)
    return state, ()


def _is_draft_of(turn: OpenedTurn, event: Ready) -> bool:
    return turn.is_drafting and (turn.number, turn.revision) == (event.number, event.revision)


def _drafted(state: State) -> Step:
    """Start a draft at a candidate end, where drafts are allowed and nobody is answering."""
    turn, rules = state.turn, state.rules
    if not turn or not turn.is_candidate or turn.is_drafting or state.reply:
        return state, ()
    if rules.speculation == "off" or turn.num_drafts >= rules.max_drafts:
        return state, ()
    if turn.silence_ms < draft_after_ms(rules, turn) or turn.voiced_ms < rules.min_voiced_ms:
        return state, ()
    turn = replace(turn, is_drafting=True, num_drafts=turn.num_drafts + 1)
    return replace(state, turn=turn), (Speculate(turn.number, turn.revision),)


def _typing(state: State, event: Typing) -> Step:
    """Partial words count as speech: they open a turn and silence an answer."""
    commands: tuple[Command, ...] = ()
    if not state.turn:
        fresh = replace(fresh_turn(state, event.at_ms, 0.0, 0.0), is_typed=True)
        state, commands = _opened(state, fresh, event.at_ms)
    assert state.turn
    typed = replace(
        state.turn,
        is_typed=True,
        updated_at_ms=event.at_ms,
        judgement=event.judgement,
        num_words=event.num_words,
    )
    return replace(state, turn=typed), commands


def _commit_asked(state: State, event: CommitAsked) -> Step:
    """The client ends the turn: nothing that was drafted before can be the answer."""
    commands: list[Command] = []
    if state.reply:
        state, stopped = yielding.cancelled(state, event.at_ms, "turn_detected")
        commands += stopped
    if not state.turn:
        fresh = fresh_turn(state, event.at_ms, event.start_ms, event.end_ms)
        state, opened = _opened(state, fresh, event.at_ms)
        commands += opened
    turn = state.turn
    assert turn
    if turn.is_drafting:
        commands.append(Discard(turn.number, turn.revision))
        turn = replace(turn, revision=turn.revision + 1, is_drafting=False)
    end_ms = max(turn.end_ms, event.end_ms)
    state = replace(state, turn=replace(turn, end_ms=end_ms))
    state, closing = _committed(state, event.at_ms, 0.0)
    # What the client itself has ended is whole: speech after it is another turn.
    assert state.reply
    settled = replace(state.reply, is_settled=True)
    return replace(state, reply=settled), (*commands, *closing)


def _closed(state: State, at_ms: float, silence_ms: float) -> Step:
    """The open turn is over: commit it, unless it turns out not to be one."""
    turn = state.turn
    assert turn
    if turn.voiced_ms < state.rules.min_voiced_ms and not turn.is_typed:
        return dropped(state, at_ms)
    commands: tuple[Command, ...] = ()
    if state.reply:
        if not yielding.is_interruption(state.rules, turn):
            return dropped(state, at_ms)
        state, commands = yielding.cancelled(state, at_ms, "turn_detected")
    state, closing = _committed(state, at_ms, silence_ms)
    return state, (*commands, *closing)


def _committed(state: State, at_ms: float, silence_ms: float) -> Step:
    turn = state.turn
    assert turn
    reply = Reply(turn, committed_at_ms=at_ms, progress_at_ms=at_ms)
    state = replace(state, turn=None, reply=reply, onset_start_ms=None)
    return state, (Commit(turn.number, turn.revision, silence_ms, turn.end_ms),)


def dropped(state: State, at_ms: float) -> Step:
    """Forget the open turn; an answer it had silenced goes on."""
    turn = state.turn
    assert turn
    commands: list[Command] = []
    if turn.is_drafting:
        commands.append(Discard(turn.number, turn.revision))
    commands.append(DropTurn(turn.number))
    state, resuming = yielding.resumed(replace(state, turn=None), at_ms, turn.judgement)
    return state, (*commands, *resuming)


def _timed(state: State, at_ms: float) -> Step:
    """What is due by now: the quiet line, the longest turn, the end of playing, the watchdog."""
    commands: tuple[Command, ...] = ()
    reply = state.reply
    if reply and reply.paused_at_ms is None:
        if reply.is_complete and at_ms >= played_out_ms(reply):
            commands = (EndReply(reply.turn.number, reply.heard_ms(at_ms)),)
            state = replace(state, reply=None)
        elif not reply.is_complete and at_ms >= stalled_at_ms(state.rules, reply):
            state, commands = yielding.cancelled(state, at_ms, "stalled")
    turn = state.turn
    if turn and at_ms >= quiet_at_ms(state.rules, turn):
        state, closing = _closed(state, at_ms, at_ms - turn.updated_at_ms)
        return state, (*commands, *closing)
    if turn and at_ms >= turn.opened_at_ms + state.rules.max_turn_ms:
        state, closing = _closed(state, at_ms, 0.0)
        return state, (*commands, *closing)
    return state, commands
