"""asha-bench: seven tracks by six parts, made here, offline.

The words are requests that no model of ours trains on, the digits and interjections come from the
languages' own files, and all of it is spoken by voices that are held out of training. Words,
voices, speeds and pauses are the same every time; eSpeak NG's samples differ in their breath.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from random import Random
from threading import Lock

import numpy as np

from asha.core.audio import HEARING_RATE_HZ, Clip, Float32
from asha.core.errors import BadInput
from asha.core.language import TAGS, language
from asha.core.message import Message, Sound, said
from asha.data.intents import scope
from asha.data.synthesis import HELD_OUT_VARIANTS, Synthesiser, any_speaker
from asha.evaluation.case import Case, Scene
from asha.evaluation.nano import Row, held_out, is_new
from asha.evaluation.suite import BenchPart, Part
from asha.speech.scripts import script_of

NUM_DIGITS = 6
EDGE_MS = 200  # silence around a clip, as even a good microphone has it
PAUSE_MS = (500, 1_000)  # where people hesitate (docs/log.md: pauses inside of utterances)
STORY_NUMBERS = 24  # Asha counts to it while somebody speaks: about 20 s
AFTER_MS = (1_000, 2_500)  # of the story, when somebody speaks into it
# These need something to be there already, or answer a question of Asha's.
NEEDS_HISTORY = frozenset({"yes", "no", "repeat", "confirm", "backchannel"})


class Bench:
    """Makes cases from the requests in `words` (one TSV a track). Close it."""

    def __init__(self, words: Path) -> None:
        self._words = words
        self._found: dict[tuple[str, str], list[Row]] = {}  # telling new words takes seconds
        self._synthesiser: Synthesiser | None = None
        self._lock = Lock()  # scenes are held in threads

    def cases(self, what: BenchPart, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        """`num_rows` cases of one of the six parts, in one track."""
        makers: dict[BenchPart, Callable[[Part, str, int], Iterator[Case]]] = {
            "answer": self._answers,
            "digits": self._digits,
            "hesitation": self._hesitations,
            "backchannel": self._backchannels,
            "interruption": self._interruptions,
            "switch": self._switches,
        }
        yield from makers[what](part, tag, num_rows)

    def close(self) -> None:
        """End the synthesiser's process."""
        if self._synthesiser:
            self._synthesiser.close()
            self._synthesiser = None

    # ---- the parts

    def _answers(self, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        for number, row in enumerate(self._requests(tag, "tool", num_rows)):
            yield Case(
                f"{part.name}/{tag}/{number:03}",
                part.name,
                tag,
                "answer",
                question=row.text,
                reference=_call(row),
                sound=self._said([row.spoken or row.text], tag, f"answer {tag} {number}"),
            )

    def _digits(self, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        names = language(tag).numbers.digits
        for number in range(num_rows):
            chance = Random(f"asha-bench digits {number}")
            digits = [chance.randrange(10) for _ in range(NUM_DIGITS)]
            text = " ".join(names[it] for it in digits)
            yield Case(
                f"{part.name}/{tag}/{number:03}",
                part.name,
                tag,
                "transcribe",
                question=text,
                reference="".join(map(str, digits)),
                sound=self._said([text], tag, f"digits {tag} {number}"),
            )

    def _hesitations(self, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        fillers = part.fillers.get(tag) or [""]
        rows = [it for it in self._requests(tag, "tool") if len(it.text.split()) > 3]
        for number, row in enumerate(rows[:num_rows]):
            chance = Random(f"asha-bench hesitation {tag} {number}")
            words = (row.spoken or row.text).split()
            cut = chance.randrange(1, len(words) - 1)
            halves = [" ".join([*words[:cut], chance.choice(fillers)]), " ".join(words[cut:])]
            sound = self._said(halves, tag, f"hesitation {tag} {number}")
            yield Case(
                f"{part.name}/{tag}/{number:03}",
                part.name,
                tag,
                "talk",
                question=f"{halves[0]} ... {halves[1]}",
                reference=_call(row),
                scene=Scene(tag, sound),
            )

    def _backchannels(self, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        words = _own_script(language(tag).talk.backchannels, tag)
        for number in range(min(num_rows, len(words))):
            yield self._interjection(part, tag, number, words[number], is_yielded=False)

    def _interruptions(self, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        """Stop words and new requests, by turns."""
        stops = _own_script(language(tag).talk.stop_words, tag)
        rows = [it.spoken or it.text for it in self._requests(tag, "tool", num_rows)]
        for number in range(num_rows):
            words = rows if number % 2 else stops
            text = words[number // 2 % len(words)]
            yield self._interjection(part, tag, number, text, is_yielded=True)

    def _interjection(
        self, part: Part, tag: str, number: int, text: str, *, is_yielded: bool
    ) -> Case:
        chance = Random(f"asha-bench {part.name} {tag} {number}")
        scene = Scene(
            tag,
            self._said([text], tag, f"{part.name} {tag} {number}", edge_ms=0),
            story=" ".join(language(tag).numbers.below_100[1 : STORY_NUMBERS + 1]),
            after_ms=chance.uniform(*AFTER_MS),
        )
        return Case(
            f"{part.name}/{tag}/{number:03}",
            part.name,
            tag,
            "talk",
            question=text,
            reference="yield" if is_yielded else "go on",
            scene=scene,
        )

    def _switches(self, part: Part, tag: str, num_rows: int) -> Iterator[Case]:
        """Somebody speaks another track first, then this one; the answer must follow."""
        others = [it for it in TAGS if it != tag]
        rows = self._requests(tag, "talk", num_rows)
        for number, row in enumerate(rows):
            other = others[number % len(others)]
            before = self._requests(other, "talk", num_rows)
            first = before[number % len(before)]
            key = f"switch {tag} {number}"
            heard = self._said([first.spoken or first.text], other, f"{key} before")
            yield Case(
                f"{part.name}/{tag}/{number:03}",
                part.name,
                tag,
                "answer",
                question=f"({other}) {first.text} ({tag}) {row.text}",
                sound=self._said([row.spoken or row.text], tag, key),
                history=(partial(_asked, heard, first.text), partial(_greeted, other)),
                is_auto=True,
            )

    # ---- words and sound

    def _requests(self, tag: str, kind: str, most: int = 10_000) -> list[Row]:
        """Requests of a kind, in an order that brings every intent before any comes twice."""
        if (tag, kind) not in self._found:
            self._found[tag, kind] = self._new_requests(tag, kind)
        return self._found[tag, kind][:most]

    def _new_requests(self, tag: str, kind: str) -> list[Row]:
        if not (self._words / f"{tag}.tsv").is_file():
            raise BadInput(
                f"{self._words} has no {tag}.tsv: set `words` to the folder of held-out requests "
                "(tests/heldout of the repository).",
                param="words",
            )
        intents = scope().intents
        chance = Random(f"asha-bench requests {tag}")
        rows = [
            row
            for row in held_out(self._words, tag)
            if intents[row.intent].kind == kind and row.intent not in NEEDS_HISTORY and is_new(row)
        ]
        chance.shuffle(rows)
        seen: dict[str, int] = {}
        order = []
        for row in rows:
            seen[row.intent] = seen.get(row.intent, 0) + 1
            order.append((seen[row.intent], row))
        return [row for _, row in sorted(order, key=lambda it: it[0])]

    def _said(
        self, pieces: Sequence[str], tag: str, key: str, *, edge_ms: int = EDGE_MS
    ) -> Callable[[], Clip]:
        """The pieces by one held-out voice, with pauses between them."""

        def clip() -> Clip:
            chance = Random(f"asha-bench {key}")
            speaker = any_speaker(tag, HELD_OUT_VARIANTS, chance)
            sound: list[Float32] = [_silence(edge_ms)]
            with self._lock:
                self._synthesiser = self._synthesiser or Synthesiser()
                for number, piece in enumerate(pieces):
                    if number:
                        sound.append(_silence(chance.uniform(*PAUSE_MS)))
                    sound.append(self._synthesiser.speak(piece, speaker))
            sound.append(_silence(edge_ms))
            return Clip(np.concatenate(sound))

        return clip


def _asked(heard: Callable[[], Clip], text: str) -> Message:
    return Message("user", (Sound(heard(), text),))


def _greeted(tag: str) -> Message:
    return said("assistant", language(tag).hello, language=tag)


def _silence(ms: float) -> Float32:
    return np.zeros(round(ms * HEARING_RATE_HZ / 1_000), dtype=np.float32)


def _call(row: Row) -> str:
    intent = scope().intents[row.intent]
    arguments = {name: row.slots[name] for name in intent.public_arguments}
    return json.dumps({"name": intent.id, "arguments": arguments}, ensure_ascii=False)


def _own_script(words: Sequence[str], tag: str) -> list[str]:
    """The entries in the script that the track's voice reads best, each once.

    Latin ones are only spellings of them; of Hinglish too, whose voice reads Latin as English.
    """
    script = "Deva" if tag == "hi-Latn" else language(tag).script
    own = [it for it in dict.fromkeys(words) if script_of(it[0]) == script]
    return own or list(dict.fromkeys(words))
