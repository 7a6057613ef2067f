"""The hearing half of a session: from the onset of speech to the words of a turn."""

import secrets
from collections.abc import Callable

from asha.conversation.attention import Attention
from asha.conversation.context import Context
from asha.conversation.ears import PRE_ROLL_MS
from asha.conversation.endpoint import patience_for
from asha.conversation.followed import language_events
from asha.conversation.hearing import Hearing, Stretch
from asha.conversation.history import Said
from asha.conversation.interrupt import judged
from asha.conversation.ledger import keep_to_budget
from asha.conversation.tongue import FALLBACK, heard_language
from asha.conversation.turn_words import Words
from asha.core.account import Switch, on_account
from asha.core.asha_events import ProviderFailover
from asha.core.audio import HEARING_RATE_HZ, Float32
from asha.core.errors import AshaError
from asha.core.event_parts import DurationUsage, ErrorBody
from asha.core.events import (
    AudioCleared,
    ItemAdded,
    ItemDone,
    SpeechStarted,
    SpeechStopped,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
    WireEvent,
)
from asha.core.language import TAGS
from asha.core.ports import Heard


class Listener:
    """Keeps what each turn says; `saying` tells what Asha says just now."""

    def __init__(self, context: Context, *, saying: Callable[[], str]) -> None:
        self.context, self._saying = context, saying
        self.hearings: dict[int, Hearing] = {}
        self.item_ids: dict[int, str] = {}
        self.open: Hearing | None = None
        self.expects_digits = False
        self._shown: dict[int, str] = {}
        self._fed_ms = 0.0  # the sound up to here has gone into a stretch
        self._pressed: Attention | None = None  # push-to-talk: of the turn to come

    async def begin(self, number: int, start_ms: float, *, is_given: bool) -> None:
        """A turn opens: its words are recognised from now on."""
        await keep_to_budget(self.context)
        self.context.stand_by()
        hearing = Hearing(number, max(0.0, start_ms - PRE_ROLL_MS))
        hearing.account.on_switch = lambda switch: self._switched(number, switch)
        for old in sorted(self.hearings)[:-2]:
            await self.hearings.pop(old).abandon()
            del self.item_ids[old]
            self._shown.pop(old, None)
        self.hearings[number] = self.open = hearing
        self.item_ids[number] = f"item_{secrets.token_hex(10)}"
        if is_given:
            return
        self._fed_ms = hearing.start_ms
        self._stretch(hearing)
        hearing.attention = self._attention(lambda: self.clip_so_far(number))
        await self.context.tell(
            number, SpeechStarted, item_id=self.item_ids[number], audio_start_ms=round(start_ms)
        )

    async def fall_silent(self, number: int, end_ms: float) -> None:
        """Perhaps the turn's end: the recogniser may finish what it has."""
        hearing = self.hearings[number]
        hearing.close()
        if hearing.attention and not hearing.stretches and self._saying():
            self.context.spawn(self._ask(hearing, hearing.attention))
        await self.context.tell(
            number, SpeechStopped, item_id=self.item_ids[number], audio_end_ms=round(end_ms)
        )

    def go_on(self, number: int) -> None:
        """The user goes on: a new stretch, from where the last one was closed."""
        self.open = hearing = self.hearings[number]
        hearing.clip = None
        self._stretch(hearing)

    async def drop(self, number: int) -> None:
        """It was no turn."""
        hearing = self.hearings[number]
        await hearing.abandon()
        self.open = None
        if not self._saying():  # else the answer that it had silenced goes on
            self.context.stand_down()
        await self.context.tell(number, AudioCleared)
        await self.context.purse.book(hearing.account, self.context)

    async def let_go(self, number: int) -> None:
        """The turn has been answered: the model may forget its sound."""
        if self.open is None:
            self.context.stand_down()
        if hearing := self.hearings.get(number):
            await hearing.let_go()

    async def close(self) -> None:
        """Stop every recogniser."""
        self.context.stand_down()
        await self.release()
        for hearing in self.hearings.values():
            await hearing.abandon()

    def feed(self, *, is_quiet: bool) -> None:
        """Hand new sound to the open stretch, and unless it is silence to a model that hears."""
        if self.open and self.open.attention and not is_quiet:
            self.open.attention.tell()
        if self.open and self.open.stretches and not self.open.stretches[-1].is_closed:
            end_ms = self.context.ears.end_ms
            self.open.feed(self.context.ears.between(self._fed_ms, end_ms))
            self._fed_ms = end_ms

    def press(self, start_ms: float) -> None:
        """Push-to-talk: sound that will be a turn once the client says so."""
        if self._pressed is None:
            ears = self.context.ears
            self._pressed = self._attention(lambda: ears.between(start_ms, ears.end_ms))
        if self._pressed:
            self._pressed.tell()

    async def release(self) -> None:
        """Push-to-talk: what was pressed is thrown away."""
        pressed, self._pressed = self._pressed, None
        if pressed:
            await pressed.close()

    def take_words(self, number: int, text: str, tag: str | None) -> None:
        """Words from a keyboard or the browser's recogniser."""
        hearing = self.hearings[number]
        hearing.typed, hearing.typed_language = text, tag

    def hear_whole(self, number: int, sound: Float32) -> None:
        """A turn whose sound came in one piece."""
        hearing = self.hearings[number]
        hearing.clip = sound
        hearing.attention, self._pressed = self._pressed, None
        self._stretch(hearing)
        step = HEARING_RATE_HZ // 5
        for start in range(0, len(sound), step):
            hearing.feed(sound[start : start + step])
        hearing.close()

    def end(self, number: int) -> None:
        """The turn is committed: nothing that comes later is its."""
        hearing = self.hearings[number]
        hearing.close()
        if self.open is hearing:
            self.open = None
        if hearing.clip is None and hearing.typed is None:
            hearing.clip = self.context.ears.between(hearing.start_ms, self.context.ears.end_ms)
        self.expects_digits = False

    def take_transcript(self, number: int, heard: Heard) -> None:
        """What a model that hears has heard; the latest revision's counts."""
        if hearing := self.hearings.get(number):
            hearing.beside = heard
            hearing.told.set()
            if hearing is self.open and not hearing.stretches:
                self._judge(hearing)  # its words tell how long to wait for more

    async def _ask(self, hearing: Hearing, attention: Attention) -> None:
        """What was said into an answer: nobody drafts meanwhile, so the ear itself is asked."""
        if text := await attention.words():
            self.take_transcript(hearing.number, Heard(text, is_final=False))

    def clip_so_far(self, number: int) -> Float32:
        """The turn's sound up to now."""
        hearing = self.hearings[number]
        if hearing.clip is not None:
            return hearing.clip
        return self.context.ears.between(hearing.start_ms, self.context.ears.end_ms)

    async def write_down(self, number: int, entry: Said) -> None:
        """The final words of a committed turn, for the screen and for memory."""
        hearing = self.hearings[number]
        try:
            text = await hearing.final_text()
        except AshaError as failure:
            await self._failed(number, failure)
            text = ""
        entry.text = text
        heard = heard_language(text, heard=hearing.language, previous=self.context.language)
        entry.language = heard[0] if text else None
        events: list[WireEvent] = []
        make, turn = self.context.announcer.make, self.context.turn_id(number)
        if text and hearing.typed is None:
            seconds = len(hearing.clip) / HEARING_RATE_HZ if hearing.clip is not None else 0.0
            events.append(
                make(
                    TranscriptCompleted,
                    turn_id=turn,
                    item_id=entry.id,
                    transcript=text,
                    usage=DurationUsage(seconds=round(seconds, 3)),
                )
            )
        if text:
            events += language_events(self.context, entry, *heard)
        events.append(make(ItemDone, turn_id=turn, item=entry.item()))
        await self.context.announcer.tell(*events)
        await self.context.keep(entry)

    def added(self, number: int, *, previous: str | None) -> tuple[Said, WireEvent]:
        """The user's item of a turn that is committed."""
        hearing, turn = self.hearings[number], self.context.turn_id(number)
        entry = Said(
            id=self.item_ids[number],
            session_id=self.context.id,
            turn_id=turn,
            role="user",
            text=hearing.text,
            is_typed=hearing.typed is not None,
        )
        event = self.context.announcer.make(
            ItemAdded, turn_id=turn, item=entry.item(), previous_item_id=previous
        )
        return entry, event

    def _switched(self, number: int, switch: Switch) -> None:
        """Somebody took over from a provider that failed in this turn."""
        told = {
            "port": switch.port,
            "failed": switch.failed,
            "next": switch.took_over or "",
            "reason": switch.code,
            "gap_ms": switch.gap_ms,
        }
        self.context.spawn(self.context.tell(number, ProviderFailover, **told))

    def _attention(self, clip: Callable[[], Float32]) -> Attention | None:
        parts = self.context.parts
        if parts.follow is None or not parts.hears:
            return None
        return Attention(parts.follow(self.context.config.language), clip)

    def _stretch(self, hearing: Hearing) -> None:
        stt = self.context.parts.stt
        hearing.is_told = self.context.parts.hears
        if stt is None:
            return
        number, seen = hearing.number, ""

        def on_text() -> None:
            nonlocal seen
            if hearing is not self.open or hearing.text == seen:
                return
            seen = hearing.text
            hearing.news.set()
            self._judge(hearing)
            self.context.spawn(self._show(number, hearing.text))

        with on_account(hearing.account):
            stretch = Stretch(stt, language=self.context.config.language, on_text=on_text)
        hearing.stretches.append(stretch)

    def _judge(self, hearing: Hearing) -> None:
        tag = self.context.language or self.context.config.language
        tag = tag if tag in TAGS else FALLBACK
        was_asked = bool(self.context.box and self.context.box.is_asking)
        judgement, num_words = judged(hearing.text, tag, saying=self._saying(), was_asked=was_asked)
        patience_ms = patience_for(
            hearing.text, tag, expects_digits=self.expects_digits, rules=self.context.rules
        )
        self.context.tell_machine(Words(self.context.now_ms(), judgement, num_words, patience_ms))

    async def _show(self, number: int, text: str) -> None:
        """Deltas only add: a recogniser that changes its mind is seen in the completed text."""
        shown = self._shown.get(number, "")
        if text.startswith(shown) and text != shown:
            self._shown[number] = text
            delta = text[len(shown) :]
            await self.context.tell(
                number, TranscriptDelta, item_id=self.item_ids[number], delta=delta
            )

    async def _failed(self, number: int, failure: AshaError) -> None:
        await self.context.tell(
            number,
            TranscriptFailed,
            item_id=self.item_ids[number],
            error=ErrorBody(type="transcription_error", code=failure.code, message=failure.message),
        )
