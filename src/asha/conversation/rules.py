"""Every delay of the turn machine, in one place and from one anchor: the last speech sample."""

from dataclasses import dataclass, replace
from typing import Literal

Speculation = Literal["off", "text", "speech"]


PAID_DRAFTS, FREE_DRAFTS = 2, 6


@dataclass(frozen=True, slots=True)
class Rules:
    """How long the machine waits for what. All in ms; silence is counted on the sound's clock."""

    speculation: Speculation = "speech"
    # Two drafts a turn where the model is paid for, so that hesitating speakers stay affordable.
    max_drafts: int = 2
    ends_turns: bool = True  # False: push-to-talk, only the client commits

    # Two frames of the detector: shorter is a click, longer would eat into the 200 ms of `yield`.
    onset_ms: float = 64.0
    pause_onset_ms: float = 32.0  # into an answer: a pause is cheap, it is taken back if wrong
    # A draft may start at the first short silence (two frames) where the words look whole, or the
    # model costs nothing; else later: stop consonants close the mouth for up to 130 ms (a gap of 64
    # ms is in 23 % of the benchmark's clips, one of 96 ms in 10 %). The last one waits for more.
    # A model that hears needs no recogniser's last word, which takes 150 ms: its first draft waits
    # for less. At 64 ms too many are wasted on gaps, and none is left for the end (p95 1,324 ms).
    candidate_ms: float = 64.0
    drafts_freely: bool = False
    hears: bool = False
    heard_draft_ms: float = 96.0
    unsure_draft_ms: float = 160.0
    last_draft_ms: float = 200.0
    # Where the words ask for patience a draft starts so long before its end: sooner would be for
    # nothing, as vendors need about as long (350 ms, a phrase's tokens, 150 ms).
    draft_lead_ms: float = 900.0
    silent_ms: float = 160.0  # the user is silent: the recogniser may finish
    # Silence that ends a turn when nothing is known of its words, or they look whole: 19 frames.
    patience_ms: float = 608.0
    max_patience_ms: float = 1_600.0
    # A request that the draft refuses is often half of one, and nobody is in a hurry to be refused.
    refusal_patience_ms: float = 1_300.0
    # More silence while the draft has no sound yet: the answer would not be heard sooner anyway.
    ready_extra_ms: float = 120.0
    min_voiced_ms: float = 120.0  # less speech than this in a whole turn was a noise

    resume_ms: float = 1_000.0  # going on this soon after the commit is the same turn ...
    resume_heard_ms: float = 300.0  # ... if less than this of the answer was heard
    decide_ms: float = 700.0  # after the pause: cancel, or go on
    interrupt_voiced_ms: float = 400.0  # without a transcript, longer speech than this interrupts
    interrupt_words: int = 3  # this many words interrupt at once

    quiet_line_ms: float = 1_000.0  # no slices for so long: the client has stopped sending
    max_turn_ms: float = 60_000.0
    stall_ms: float = 30_000.0  # watchdog: an answer without any progress has failed

    def paced(self, *, is_paid: bool, hears: bool = False) -> "Rules":
        """The same with the drafts of a model that costs money or none, and hears or reads."""
        num_drafts = PAID_DRAFTS if is_paid else FREE_DRAFTS
        return replace(self, max_drafts=num_drafts, drafts_freely=not is_paid, hears=hears)
