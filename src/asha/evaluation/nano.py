"""How well Nano understands: held-out phrasings, typed, romanised and spoken by held-out voices."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from asha.core.audio import Clip
from asha.core.language import language
from asha.data.disturbance import disturb, no_speech
from asha.data.grammar import Grammar, grammar
from asha.data.intents import call_of, scope
from asha.data.phrasing import Pattern, Slot, Words
from asha.data.sentences import spoken_form
from asha.data.synthesis import HELD_OUT_VARIANTS, Synthesiser, any_speaker
from asha.speech.plain import plain

OUT_OF_SCOPE = "out_of_scope"
IGNORED = ("((noise))", "")
ASKED_FIRST = "<|confirm|>"  # before a call that Asha would ask about before it changes anything
SILENCE = (3_200, 3_200)  # samples before and after: 200 ms

Asked = tuple[Clip | str, str]  # sound or text, and the session's reply tag
Answers = Callable[[Sequence[Asked]], list[str]]  # Nano: one answer for each


@dataclass(frozen=True, slots=True)
class Row:
    """A held-out request: nobody trained on its words."""

    tag: str
    intent: str
    slots: Mapping[str, Any]
    text: str
    romanised: str = ""
    spoken: str = ""


@dataclass(slots=True)
class Score:
    """How many of a kind were right, and the first that were not: (said, answered)."""

    right: int = 0
    total: int = 0
    effects: int = 0  # calls that would have changed something, where nothing was asked for
    wrong: list[tuple[str, str]] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Right answers in 0..1."""
        return self.right / max(1, self.total)


def held_out(folder: Path, tag: str) -> list[Row]:
    """The held-out requests of a track; near-duplicates of the grammar are the caller's to drop."""
    rows = []
    for line in (folder / f"{tag}.tsv").read_text(encoding="utf-8").splitlines():
        intent, slots, text, *romanised = line.split("\t")
        typed = romanised[0] if romanised else ""
        rows.append(Row(tag, intent, json.loads(slots), text, typed, _spoken(folder, tag, text)))
    return rows


def out_of_scope(folder: Path, tag: str) -> list[Row]:
    """Things Nano cannot do, and should say so."""
    rows = []
    path = folder / f"{tag}.out_of_scope.tsv"
    for line in path.read_text(encoding="utf-8").splitlines():
        text, *romanised = line.split("\t")
        typed = romanised[0] if romanised else ""
        rows.append(Row(tag, OUT_OF_SCOPE, {}, text, typed, _spoken(folder, tag, text)))
    return rows


def _spoken(folder: Path, tag: str, text: str) -> str:
    """`text` as the synthesiser shall read it; words that the grammar lacks stand in a file."""
    more = folder / f"{tag}.spoken.toml"
    words = tomllib.loads(more.read_text(encoding="utf-8"))["spoken"] if more.exists() else {}
    return plain(spoken_form(text, tag, words))


def is_new(row: Row) -> bool:
    """Whether no phrasing of the grammar gives this sentence, whatever its slots and fillers."""
    text = plain(row.text)
    return not any(
        any(words in text for words in some) and phrasing.fullmatch(text)
        for some, phrasing in _phrasings(row.tag)
    )


@cache
def _phrasings(tag: str) -> list[tuple[list[str], re.Pattern[str]]]:
    """Every phrasing of a track as an expression in which a slot is any words; before it, words of
    which a sentence must hold some: most sentences are told apart by these.
    """
    rules = grammar(tag)
    before, after = (_any_of(words) for words in (rules.before, rules.after))
    number = _number(tag)
    found = []
    for talk in rules.intents.values():
        for pattern in talk.ask:
            pieces = [
                rf"\s*{_slot(piece, rules, number)}\s*"
                if isinstance(piece, Slot)
                else rf"\s*{_any_of(piece.choices)}\s*"
                for piece in pattern
            ]
            told = re.compile(rf"(?:{before}\s)?{''.join(pieces)}(?:\s{after})?")
            found.append((_telling_words(pattern), told))
    return found


def _telling_words(pattern: Pattern) -> list[str]:
    """The alternatives of that piece whose shortest one is longest."""
    said = [[plain(it) for it in piece.choices] for piece in pattern if isinstance(piece, Words)]
    return max(said, key=lambda words: min(map(len, words)), default=[""])


def _slot(slot: Slot, rules: Grammar, number: str) -> str:
    """Any value of the slot in any of its forms."""
    if slot.name == "time":
        forms = [form for forms in (rules.times, rules.exact_times) for form in forms.values()]
        spoken = (form.replace("{h}", "X").replace("{next}", "X") for f in forms for form in f)
        written = [plain(form) for form in spoken]
        return "(?:" + "|".join(re.escape(form).replace("x", number) for form in written) + ")"
    if slot.name in scope().numbers:
        return number
    values = rules.slots[f"{slot.name}.{slot.case}" if slot.case else slot.name]
    return _any_of([form for forms in values.values() for form in forms])


def _number(tag: str) -> str:
    numbers = language(tag).numbers
    said = [*numbers.below_100, *(word for pair in numbers.hundreds for word in pair)]
    words = {word for text in said for word in plain(text).split()}
    words |= set(plain(" ".join([*numbers.thousand.many, *numbers.thousand.one])).split())
    return rf"(?:{'|'.join(sorted(map(re.escape, words)))})(?:\s(?:{'|'.join(sorted(words))}))*"


def _any_of(choices: Sequence[str]) -> str:
    return "(?:" + "|".join(re.escape(plain(choice)) for choice in choices) + ")"


def is_right(row: Row, answer: str) -> bool:
    """Whether it is the right tool with its arguments, or the right reply in the row's language."""
    intent = scope().intents[row.intent]
    if row.intent == OUT_OF_SCOPE and tool_of(answer) == "not_understood":
        return True
    if intent.kind == "tool":
        return answer.removeprefix(ASKED_FIRST).replace(" ", "") == call_of(intent, row.slots)
    replies = grammar(row.tag).intents[row.intent].reply
    wanted = replies[str(row.slots[intent.by]) if intent.by else ""]
    return plain(answer) in {plain(line) for line in wanted}


def has_effect(answer: str) -> bool:
    """Whether the answer is a call that changes something at once."""
    intent = scope().intents.get(tool_of(answer))
    return intent is not None and intent.effect == "write"


def tool_of(answer: str) -> str:
    """The tool that an answer calls, or nothing."""
    return answer.removeprefix("<|").partition("|>")[0] if answer.startswith("<|") else ""


def score_typed(rows: Sequence[Row], answers: Answers, *, is_romanised: bool = False) -> Score:
    """Typed requests, or as people type them in Latin letters."""
    texts = [row.romanised if is_romanised else row.text for row in rows]
    asked = [(text, row.tag) for text, row in zip(texts, rows, strict=True)]
    return _counted(rows, texts, answers(asked))


def score_spoken(
    rows: Sequence[Row],
    answers: Answers,
    *,
    variants: tuple[str, ...] = HELD_OUT_VARIANTS,
    is_disturbed: bool = False,
) -> Score:
    """Spoken requests, by throats that were never trained on."""
    clips = spoken_clips(rows, variants=variants, is_disturbed=is_disturbed)
    return score_clips(rows, clips, answers)


def score_clips(rows: Sequence[Row], clips: Sequence[Clip], answers: Answers) -> Score:
    """The same of clips that somebody else spoke."""
    asked = [(clip, row.tag) for clip, row in zip(clips, rows, strict=True)]
    return _counted(rows, [row.text for row in rows], answers(asked))


def spoken_clips(
    rows: Sequence[Row], *, variants: tuple[str, ...], is_disturbed: bool = False
) -> list[Clip]:
    """Each row spoken once; the same clips every time."""
    synthesiser = Synthesiser()
    chance = Random(f"held out {variants}")
    clips = []
    for row in rows:
        speaker = any_speaker(row.tag, variants, chance)
        samples = synthesiser.speak(row.spoken or row.text, speaker)
        # A word has some silence around it even on a good microphone.
        clips.append(Clip(disturb(samples, chance) if is_disturbed else np.pad(samples, SILENCE)))
    synthesiser.close()
    return clips


def error_rates(rows: Sequence[Row], transcripts: Sequence[str]) -> tuple[float, float]:
    """Word and character error rate of transcripts against what was spoken."""
    import jiwer

    wanted, heard = [plain(row.spoken or row.text) for row in rows], [plain(t) for t in transcripts]
    return float(jiwer.wer(wanted, heard)), float(jiwer.cer(wanted, heard))


def score_noise(tag: str, answers: Answers, *, clips: int = 50) -> Score:
    """Sounds without words: ignored is right, an effect is the worst."""
    chance = Random("held out noise")
    said = answers([(Clip(no_speech(chance)), tag) for _ in range(clips)])
    score = Score(total=clips)
    for number, answer in enumerate(said):
        score.effects += has_effect(answer)
        score.right += answer in IGNORED
        if answer not in IGNORED:
            score.wrong.append((f"noise {number}", answer))
    return score


def _counted(rows: Sequence[Row], asked: Sequence[str], answers: Sequence[str]) -> Score:
    score = Score(total=len(rows))
    for row, text, answer in zip(rows, asked, answers, strict=True):
        if is_right(row, answer):
            score.right += 1
            continue
        score.effects += has_effect(answer) and row.intent == OUT_OF_SCOPE
        score.wrong.append((f"{row.intent}: {text}", answer))
    return score
