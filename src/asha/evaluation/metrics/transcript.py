"""Metrics of transcripts: word and character errors, in ways that Indian scripts can bear."""

import json
from collections.abc import Iterable, Sequence

from asha.core.language import TAGS, language
from asha.evaluation.metrics.metric import Metric, ratio
from asha.evaluation.prediction import Prediction
from asha.evaluation.spellings import accepted
from asha.speech.numbers import MAX_DIGITS, cardinal
from asha.speech.numbers import digits as one_by_one
from asha.speech.scoring import (
    SayNumber,
    Score,
    cer,
    edit_distance,
    mixed_script_wer,
    scored_text,
    wer,
)
from asha.speech.scripts import script_of

Lattice = list[list[tuple[str, ...]]]  # slots of accepted variants, each of some words


def _counted(score: Score) -> tuple[float, ...]:
    return (float(score.num_edits), float(score.num_units))


def _words(row: Prediction) -> tuple[float, ...]:
    return _counted(wer([spelled(row)], [row.text], say_number=_numbers(row.language)))


def _characters(row: Prediction) -> tuple[float, ...]:
    return _counted(cer([spelled(row)], [row.text], say_number=_numbers(row.language)))


def _mixed(row: Prediction) -> tuple[float, ...]:
    return _counted(mixed_script_wer([spelled(row)], [row.text]))


def _numbers(tag: str) -> SayNumber | None:
    """Numbers in words of the track; None where it is no track of ours."""
    if tag not in TAGS:
        return None
    track = language(tag)

    def say(number: int) -> str:
        is_long = len(str(number)) >= MAX_DIGITS
        return one_by_one(str(number), track) if is_long else cardinal(number, track)

    return say


def spelled(row: Prediction) -> str:
    """The reference as one text: of a lattice, the first spelling of each slot."""
    lattice = written_lattice(row.reference)
    if lattice is None:
        return row.reference
    return " ".join(" ".join(slot[0]) for slot in lattice if slot and slot[0])


def written_lattice(reference: str) -> Lattice | None:
    """The slots of a reference that is a JSON list of lists of spellings; None for plain text."""
    if not reference.startswith("[["):
        return None
    try:
        slots = json.loads(reference)
        return [[tuple(scored_text(it).split()) for it in slot] for slot in slots]
    except (ValueError, TypeError):
        return None


def lattice_of(reference: str, tag: str) -> Lattice:
    """The given slots, or every word with the spellings that the rules of its language accept."""
    given = written_lattice(reference)
    if given is not None:
        return given
    return [
        [tuple(variant.split()) for variant in accepted(word, tag)]
        for word in scored_text(reference).split()
    ]


def lattice_edits(lattice: Lattice, heard: Sequence[str]) -> Score:
    """The fewest edits from any path of the lattice to `heard`.

    The units are the words of each slot's first spelling, so that they do not depend on what was
    heard.
    """
    row = list(range(len(heard) + 1))  # edits of the path so far to each beginning of `heard`
    for slot in lattice:
        rows = [_extended(row, variant, heard) for variant in slot] or [row]
        row = [min(costs) for costs in zip(*rows, strict=True)]
    return Score(row[-1], sum(len(slot[0]) for slot in lattice if slot))


def _extended(row: list[int], words: Iterable[str], heard: Sequence[str]) -> list[int]:
    for word in words:
        new = [row[0] + 1]
        for place, other in enumerate(heard, start=1):
            new.append(
                min(row[place] + 1, new[-1] + 1, row[place - 1] + (word != other)),
            )
        row = new
    return row


def _lattice(row: Prediction) -> tuple[float, ...]:
    score = lattice_edits(lattice_of(row.reference, row.language), scored_text(row.text).split())
    return _counted(score)


def _digits(row: Prediction) -> tuple[float, ...] | None:
    """Digits, in words or in digits on either side; a row without any says nothing."""
    wanted = digits_in(row.reference, row.language)
    if not wanted:
        return None
    heard = digits_in(row.text, row.language)
    return (float(edit_distance(wanted, heard)), float(len(wanted)))


def digits_in(text: str, tag: str) -> list[str]:
    """The digits of a text in order: written ones, and the words of 0 to 9."""
    track = language(tag if tag in TAGS else "en-IN")
    numbers = track.numbers
    names = {
        scored_text(name): str(value)
        for table in (numbers.digits, numbers.below_100[:10])
        for value, name in enumerate(table)
    }
    found: list[str] = []
    for word in scored_text(text).split():
        if word.isdigit():
            found += [str(int(char)) for char in word]
        elif word in names:
            found.append(names[word])
    return found


def _own_script(row: Prediction) -> tuple[float, ...] | None:
    """Whether most letters are in the script of the reference's first letter."""
    wanted = next((found for char in spelled(row) if (found := script_of(char))), None)
    scripts = [found for char in row.text if (found := script_of(char))]
    if wanted is None or not scripts:
        return None
    return (float(2 * scripts.count(wanted) > len(scripts)), 1.0)


METRICS = (
    Metric("wer", "Word errors", _words, ratio, is_better_low=True),
    Metric("cer", "Character errors", _characters, ratio, is_better_low=True),
    Metric("mixed_wer", "Word errors, either script", _mixed, ratio, is_better_low=True),
    Metric("oiwer", "Word errors, accepted spellings", _lattice, ratio, is_better_low=True),
    Metric("digits", "Digit errors", _digits, ratio, is_better_low=True),
    Metric("script", "In the expected script", _own_script, ratio),
)
