"""The turn machine, told as it is lived: sound goes in, decisions come out."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asha.conversation.rules import Rules
from asha.conversation.turn import State, listening, step
from asha.conversation.turn_state import next_wake_ms
from asha.conversation.turn_words import (
    Answered,
    CancelAsked,
    CancelReply,
    ClearAsked,
    Command,
    Commit,
    CommitAsked,
    Discard,
    DropTurn,
    EndReply,
    GoOn,
    OpenTurn,
    Pause,
    Progressed,
    Ready,
    Reopen,
    Resume,
    Silence,
    SoundSent,
    Speculate,
    Tick,
    TurnEvent,
    Typing,
    Voice,
    Words,
)

FRAME_MS = 32.0


@dataclass
class Talk:
    """Drives the machine in real time: one clock for sound and service. Drafts are ready at once,
    unless `is_quick` is false.
    """

    rules: Rules = field(default_factory=Rules)
    now_ms: float = 0.0
    commands: list[Command] = field(default_factory=list)
    is_quick: bool = True
    refuses: bool = False  # what the drafts say

    def __post_init__(self) -> None:
        self.state: State = listening(self.rules)

    def tell(self, event: TurnEvent) -> list[Command]:
        self.state, new = step(self.state, event)
        self.commands += new
        made = list(new)
        for command in new:
            if isinstance(command, Speculate) and self.is_quick:
                ready = Ready(self.now_ms, command.number, command.revision, self.refuses)
                made += self.tell(ready)
        return made

    def speak(self, ms: float) -> list[Command]:
        return self._frames(ms, is_speech=True)

    def be_silent(self, ms: float) -> list[Command]:
        return self._frames(ms, is_speech=False)

    def _frames(self, ms: float, *, is_speech: bool) -> list[Command]:
        new: list[Command] = []
        for _ in range(round(ms / FRAME_MS)):
            start_ms, self.now_ms = self.now_ms, self.now_ms + FRAME_MS
            new += self.tell(
                Voice(self.now_ms, start_ms, self.now_ms)
                if is_speech
                else Silence(self.now_ms, self.now_ms)
            )
        return new

    def answer(self, *, sent_ms: float) -> None:
        reply = self.state.reply
        assert reply
        self.tell(SoundSent(self.now_ms, reply.turn.number, reply.turn.revision, sent_ms))

    def answer_wholly(self, *, sent_ms: float) -> None:
        self.answer(sent_ms=sent_ms)
        reply = self.state.reply
        assert reply
        self.tell(Answered(self.now_ms, reply.turn.number, reply.turn.revision))

    def kinds(self) -> list[str]:
        return [type(command).__name__ for command in self.commands]


def answering(talk: Talk, *, heard_ms: float = 2_000) -> Talk:
    """A talk in which an answer has been heard for `heard_ms`."""
    talk.speak(800)
    talk.be_silent(1_000)
    talk.answer(sent_ms=10_000)
    talk.be_silent(heard_ms)
    talk.commands.clear()
    return talk


def test_a_turn_is_drafted_at_the_first_short_silence_and_committed_after_its_patience() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(1_000)
    assert talk.kinds() == ["OpenTurn", "MarkSilence", "Speculate", "Commit"]
    commit = talk.commands[-1]
    assert isinstance(commit, Commit)
    assert commit.end_ms == 800
    assert talk.rules.patience_ms <= commit.silence_ms < talk.rules.patience_ms + FRAME_MS


def test_going_on_after_a_short_pause_discards_the_draft_unheard() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(300)
    new = talk.speak(500)
    assert new[:2] == [Discard(1, 1), GoOn(1)]
    talk.be_silent(1_000)
    assert Speculate(1, 2) in talk.commands
    assert isinstance(talk.commands[-1], Commit) and talk.commands[-1].revision == 2


def test_a_click_is_not_a_turn() -> None:
    talk = Talk()
    talk.speak(32)
    talk.be_silent(500)
    assert talk.commands == []


def test_a_cough_is_dropped_and_never_answered() -> None:
    talk = Talk()
    talk.speak(96)
    talk.be_silent(1_000)
    assert talk.kinds() == ["OpenTurn", "MarkSilence", "DropTurn"]


def test_no_more_than_two_drafts_are_paid_for_in_a_turn() -> None:
    talk = Talk()
    for _ in range(5):
        talk.speak(500)
        talk.be_silent(300)
    assert talk.kinds().count("Speculate") == 2
    talk.be_silent(1_000)
    assert isinstance(talk.commands[-1], Commit)


def test_words_that_look_whole_are_answered_at_the_first_short_silence() -> None:
    talk = Talk()
    talk.speak(800)
    talk.tell(Words(talk.now_ms, "words", 4, talk.rules.patience_ms))
    assert Speculate(1, 1) in talk.be_silent(64)


def test_a_model_that_hears_waits_for_no_words_before_its_first_draft() -> None:
    reads, hears = Talk(), Talk(Rules().paced(is_paid=True, hears=True))
    for talk in (reads, hears):
        talk.speak(800)
        talk.tell(Words(talk.now_ms, "words", 3, 1_100))  # the last word is on its way
        talk.be_silent(96)
    assert "Speculate" in hears.kinds() and "Speculate" not in reads.kinds()


def test_where_the_words_ask_for_patience_a_draft_is_ready_when_it_ends_and_not_long_before() -> (
    None
):
    talk = Talk()
    talk.speak(800)
    talk.tell(Words(talk.now_ms, "words", 3, 1_300))
    assert "Speculate" not in [type(command).__name__ for command in talk.be_silent(384)]
    assert "Speculate" in [type(command).__name__ for command in talk.be_silent(32)]


def test_a_gap_inside_of_a_word_does_not_cut_it_for_the_recogniser() -> None:
    talk = Talk(replace(Rules(), drafts_freely=True))
    talk.speak(800)
    talk.be_silent(128)
    new = talk.speak(300)
    assert Discard(1, 1) in new and GoOn(1) not in new
    assert "MarkSilence" not in talk.kinds()


def test_without_speculation_nothing_is_drafted() -> None:
    talk = Talk(Rules(speculation="off"))
    talk.speak(800)
    talk.be_silent(1_000)
    assert "Speculate" not in talk.kinds()
    assert talk.kinds()[-1] == "Commit"


def test_going_on_within_a_second_of_the_commit_is_the_same_turn() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(700)
    talk.answer(sent_ms=1_000)
    talk.be_silent(200)
    new = talk.speak(400)
    assert [type(command).__name__ for command in new] == ["Reopen"]
    talk.be_silent(2_000)
    commits = [command for command in talk.commands if isinstance(command, Commit)]
    assert [(commit.number, commit.revision) for commit in commits] == [(1, 1), (1, 2)]


def test_going_on_after_300_ms_of_the_answer_were_heard_is_a_new_turn() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(700)
    talk.answer(sent_ms=1_000)
    talk.be_silent(400)
    new = talk.speak(400)
    assert isinstance(new[0], Pause)
    assert isinstance(new[1], OpenTurn) and new[1].number == 2


def test_what_a_tool_has_written_is_not_taken_back() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(700)
    talk.tell(Progressed(talk.now_ms, 1, 1, is_settled=True))
    new = talk.speak(100)
    assert isinstance(new[0], Pause)


def test_the_answer_pauses_within_100_ms_of_the_users_onset() -> None:
    talk = answering(Talk())
    new = talk.speak(96)
    assert isinstance(new[0], Pause) and new[0].number == 1


@pytest.mark.parametrize("judgement", ["backchannel", "echo"])
def test_a_backchannel_or_an_echo_lets_the_answer_go_on_and_is_no_turn(judgement: str) -> None:
    talk = answering(Talk())
    talk.speak(320)
    talk.tell(Words(talk.now_ms, judgement, 1, 640))  # type: ignore[arg-type]
    talk.be_silent(300)
    assert talk.commands[-2:] == [DropTurn(2), Resume(1, judgement)]  # type: ignore[arg-type]
    talk.be_silent(3_000)
    assert "CancelReply" not in talk.kinds()


def test_a_stop_word_cancels_at_once() -> None:
    talk = answering(Talk())
    talk.speak(200)
    new = talk.tell(Words(talk.now_ms, "stop", 1, 640))
    assert isinstance(new[0], CancelReply)
    assert new[0].heard_ms == pytest.approx(2_000, abs=150)


def test_three_words_interrupt_before_700_ms_have_passed() -> None:
    talk = answering(Talk())
    talk.speak(320)
    talk.tell(Words(talk.now_ms, "words", 2, 640))
    assert "CancelReply" not in talk.kinds()
    talk.tell(Words(talk.now_ms, "words", 3, 640))
    assert "CancelReply" in talk.kinds()


def test_long_speech_without_a_transcript_interrupts_after_700_ms() -> None:
    talk = answering(Talk())
    talk.speak(1_200)
    pause, cancel = (
        next(index for index, kind in enumerate(talk.kinds()) if kind == wanted)
        for wanted in ("Pause", "CancelReply")
    )
    assert pause < cancel


def test_a_short_noise_lets_the_answer_go_on_after_700_ms() -> None:
    talk = answering(Talk())
    talk.speak(128)
    talk.be_silent(900)
    assert DropTurn(2) in talk.commands
    assert any(isinstance(command, Resume) for command in talk.commands)


def test_an_interruption_becomes_the_next_turn() -> None:
    talk = answering(Talk())
    talk.speak(1_200)
    talk.be_silent(1_000)
    assert isinstance(talk.commands[-1], Commit) and talk.commands[-1].number == 2


def test_heard_time_stands_still_while_the_answer_is_paused() -> None:
    talk = answering(Talk(), heard_ms=1_000)
    talk.speak(128)
    talk.be_silent(900)
    talk.answer_wholly(sent_ms=3_000)
    talk.be_silent(1_500)
    assert "EndReply" not in talk.kinds()
    talk.be_silent(1_500)
    assert talk.kinds()[-1] == "EndReply"


def test_a_slow_speakers_patience_grows_with_her_own_pauses() -> None:
    talk = Talk()
    for _ in range(4):
        talk.speak(500)
        talk.be_silent(570)
    talk.be_silent(96)
    assert "Commit" not in talk.kinds()


def test_words_that_ask_for_patience_get_it() -> None:
    talk = Talk()
    talk.speak(800)
    talk.tell(Words(talk.now_ms, "words", 4, 1_200))
    talk.be_silent(1_100)
    assert "Commit" not in talk.kinds()
    talk.be_silent(200)
    assert "Commit" in talk.kinds()


def test_under_push_to_talk_only_the_client_commits() -> None:
    talk = Talk(Rules(ends_turns=False))
    talk.speak(2_000)
    talk.be_silent(3_000)
    assert talk.commands == []
    talk.tell(CommitAsked(talk.now_ms, 0, 2_000))
    assert talk.kinds() == ["OpenTurn", "Commit"]


def test_when_slices_stop_coming_the_turn_ends_by_itself() -> None:
    talk = Talk()
    talk.speak(800)
    wake_ms = next_wake_ms(talk.state)
    assert wake_ms is not None
    talk.tell(Tick(wake_ms))
    assert talk.kinds()[-1] == "Commit"


def test_an_answer_that_stalls_is_ended_by_the_watchdog() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(1_000)
    wake_ms = next_wake_ms(talk.state)
    assert wake_ms is not None
    talk.tell(Tick(wake_ms))
    assert talk.commands[-1] == CancelReply(1, "stalled", 0.0)


def test_typed_words_interrupt_and_are_committed_when_final() -> None:
    talk = answering(Talk())
    talk.tell(Typing(talk.now_ms, "words", 2))
    talk.tell(CommitAsked(talk.now_ms, 0, 0))
    assert talk.kinds() == ["Pause", "OpenTurn", "CancelReply", "Commit"]


def test_while_the_draft_has_no_sound_a_little_more_is_waited_and_no_longer() -> None:
    slow = Talk(is_quick=False)
    slow.speak(800)
    slow.be_silent(1_000)
    commit = slow.commands[-1]
    assert isinstance(commit, Commit)
    waits_ms = slow.rules.patience_ms + slow.rules.ready_extra_ms
    assert waits_ms <= commit.silence_ms < waits_ms + FRAME_MS


def test_a_draft_that_becomes_ready_in_the_extra_time_ends_the_turn_at_once() -> None:
    talk = Talk(is_quick=False)
    talk.speak(800)
    talk.be_silent(704)
    assert talk.kinds()[-1] == "Speculate"
    stale = talk.tell(Ready(talk.now_ms, 1, 7))
    assert stale == []
    [commit] = talk.tell(Ready(talk.now_ms, 1, 1))
    assert isinstance(commit, Commit) and commit.silence_ms == 704


def test_a_request_that_the_draft_refuses_may_go_on_for_longer() -> None:
    talk = Talk(refuses=True)
    talk.speak(800)
    talk.be_silent(2_000)
    commit = talk.commands[-1]
    assert isinstance(commit, Commit)
    assert 0 <= commit.silence_ms - talk.rules.refusal_patience_ms < FRAME_MS


def test_who_goes_on_after_a_refused_half_is_no_longer_waited_for() -> None:
    talk = Talk(refuses=True)
    talk.speak(800)
    talk.be_silent(160)
    talk.refuses = False
    talk.speak(400)
    talk.tell(Words(talk.now_ms, "words", 4, talk.rules.patience_ms))
    talk.be_silent(2_000)
    commit = talk.commands[-1]
    assert isinstance(commit, Commit) and commit.silence_ms < talk.rules.patience_ms + FRAME_MS


def test_speech_in_the_extra_time_goes_on_with_the_turn() -> None:
    talk = Talk(is_quick=False)
    talk.speak(800)
    talk.be_silent(704)
    talk.speak(200)
    assert "Commit" not in talk.kinds() and talk.kinds()[-1] == "GoOn"
    talk.be_silent(1_500)
    assert talk.kinds().count("Commit") == 1


def test_without_drafts_nothing_more_is_waited() -> None:
    talk = Talk(is_quick=False, rules=Rules(speculation="off"))
    talk.speak(800)
    talk.be_silent(1_000)
    commit = talk.commands[-1]
    assert isinstance(commit, Commit)
    assert commit.silence_ms < talk.rules.patience_ms + FRAME_MS


@pytest.mark.parametrize(("judgement", "waits_ms"), [("unknown", 1_300), ("words", 800)])
def test_who_pauses_long_is_waited_for_longer_but_less_where_the_words_are_whole(
    judgement: str, waits_ms: float
) -> None:
    talk = Talk(Rules(patience_ms=640.0))
    talk.speak(800)
    talk.tell(Words(talk.now_ms, "words", 3, 1_300.0))
    talk.be_silent(992)
    talk.speak(800)
    talk.tell(Words(talk.now_ms, judgement, 5, 640.0))  # type: ignore[arg-type]
    talk.be_silent(2_000)
    commit = talk.commands[-1]
    assert isinstance(commit, Commit)
    assert waits_ms - 16 <= commit.silence_ms < waits_ms + FRAME_MS


def test_clearing_drops_the_open_turn() -> None:
    talk = Talk()
    talk.speak(800)
    talk.be_silent(200)
    talk.tell(ClearAsked(talk.now_ms))
    assert talk.kinds()[-2:] == ["Discard", "DropTurn"]


def test_the_clients_cancel_ends_the_answer() -> None:
    talk = answering(Talk())
    new = talk.tell(CancelAsked(talk.now_ms, 1))
    assert isinstance(new[0], CancelReply) and new[0].reason == "client_cancelled"
    assert talk.tell(CancelAsked(talk.now_ms, 1)) == []


# ---- properties -------------------------------------------------------------------------------

JUDGEMENTS = st.sampled_from(["unknown", "backchannel", "stop", "echo", "words"])
ACTION = st.one_of(
    st.tuples(st.just("speak"), st.integers(1, 60)),
    st.tuples(st.just("silence"), st.integers(1, 60)),
    st.tuples(st.just("words"), JUDGEMENTS, st.integers(0, 6), st.integers(200, 2_000)),
    st.tuples(st.just("typing"), JUDGEMENTS, st.integers(0, 6)),
    st.tuples(st.just("commit")),
    st.tuples(st.just("ready"), st.integers(1, 6), st.integers(1, 4)),
    st.tuples(st.just("clear")),
    st.tuples(st.just("cancel"), st.integers(1, 6)),
    st.tuples(st.just("sent"), st.integers(1, 6), st.integers(1, 4), st.integers(1, 5_000)),
    st.tuples(st.just("sound"), st.integers(1, 3_000)),
    st.tuples(st.just("progress"), st.booleans()),
    st.tuples(st.just("answered"), st.booleans()),
    st.tuples(st.just("wait"), st.integers(1, 5_000)),
)


def play(talk: Talk, action: tuple) -> None:  # type: ignore[type-arg]  # noqa: C901
    reply = talk.state.reply
    match action:
        case ("speak", frames):
            talk.speak(frames * FRAME_MS)
        case ("silence", frames):
            talk.be_silent(frames * FRAME_MS)
        case ("words", judgement, count, patience):
            talk.tell(Words(talk.now_ms, judgement, count, patience))
        case ("typing", judgement, count):
            talk.tell(Typing(talk.now_ms, judgement, count))
        case ("ready", number, revision):  # often stale
            talk.tell(Ready(talk.now_ms, number, revision))
        case ("commit",):
            talk.tell(CommitAsked(talk.now_ms, talk.now_ms, talk.now_ms))
        case ("clear",):
            talk.tell(ClearAsked(talk.now_ms))
        case ("cancel", number):
            talk.tell(CancelAsked(talk.now_ms, number))
        case ("sent", number, revision, total):  # often stale
            talk.tell(SoundSent(talk.now_ms, number, revision, total))
        case ("sound", more) if reply:
            talk.answer(sent_ms=reply.sent_ms + more)
        case ("progress", settled) if reply:
            turn = reply.turn
            talk.tell(Progressed(talk.now_ms, turn.number, turn.revision, settled))
        case ("answered", failed) if reply:
            turn = reply.turn
            talk.tell(Answered(talk.now_ms, turn.number, turn.revision, failed))
        case ("wait", ms):
            talk.now_ms += ms
            talk.tell(Tick(talk.now_ms))


def finish(talk: Talk) -> None:
    """Let time pass until the machine wants nothing more."""
    for _ in range(100):
        wake_ms = next_wake_ms(talk.state)
        if wake_ms is None:
            return
        talk.now_ms = max(talk.now_ms, wake_ms)
        talk.tell(Tick(talk.now_ms))
    raise AssertionError(f"it never comes to rest: {talk.state}")


class Witness:
    """Follows the commands as the shell would, and objects to what must never happen."""

    def __init__(self) -> None:
        self.open: int | None = None
        self.replying: tuple[int, int] | None = None
        self.is_paused = False
        self.draft: tuple[int, int] | None = None
        self.released: set[tuple[int, int]] = set()
        self.discarded: set[tuple[int, int]] = set()
        self.begun: list[int] = []
        self.ended: list[int] = []

    def see(self, command: Command) -> None:
        match command:
            case OpenTurn(number=number):
                assert self.open is None, "two turns are open"
                assert number == len(self.begun) + 1, "numbers count up"
                self.begun.append(number)
                self.open = number
            case Speculate(number=number, revision=revision):
                assert self.open == number and self.replying is None and self.draft is None
                assert (number, revision) not in self.released | self.discarded
                self.draft = (number, revision)
            case Discard(number=number, revision=revision):
                assert self.draft == (number, revision)
                self.discarded.add(self.draft)
                self.draft = None
            case Commit(number=number, revision=revision):
                assert self.open == number and self.replying is None
                assert (number, revision) not in self.released | self.discarded, "heard twice"
                assert self.draft in (None, (number, revision))
                self.released.add((number, revision))
                self.replying, self.open, self.draft = (number, revision), None, None
                self.is_paused = False
            case Reopen(number=number, revision=revision):
                assert self.replying == (number, revision) and self.open is None
                self.open, self.replying = number, None
            case DropTurn(number=number):
                assert self.open == number and self.draft is None
                self.open = None
                self.ended.append(number)
            case Pause(number=number):
                assert self.replying and self.replying[0] == number and not self.is_paused
                self.is_paused = True
            case Resume(number=number):
                assert self.replying and self.replying[0] == number and self.is_paused
                self.is_paused = False
            case CancelReply(number=number) | EndReply(number=number):
                assert self.replying and self.replying[0] == number
                self.ended.append(number)
                self.replying = None


@settings(max_examples=400, deadline=None)
@given(
    actions=st.lists(ACTION, max_size=60),
    speculation=st.sampled_from(["off", "text", "speech"]),
    ends_turns=st.booleans(),
    is_quick=st.booleans(),
)
def test_whatever_happens_each_turn_has_one_owner_and_one_end(
    actions: list[tuple],  # type: ignore[type-arg]
    speculation: str,
    ends_turns: bool,
    is_quick: bool,
) -> None:
    rules = replace(Rules(), speculation=speculation, ends_turns=ends_turns)  # type: ignore[arg-type]
    talk = Talk(rules, is_quick=is_quick)
    for action in actions:
        play(talk, action)
    finish(talk)
    witness = Witness()
    for command in talk.commands:
        witness.see(command)
    assert witness.open is None and witness.replying is None and witness.draft is None
    assert sorted(witness.ended) == witness.begun, "every turn ends exactly once"
    drafts: dict[int, int] = {}
    for command in talk.commands:
        if isinstance(command, Speculate):
            drafts[command.number] = drafts.get(command.number, 0) + 1
    assert all(count <= rules.max_drafts for count in drafts.values())
