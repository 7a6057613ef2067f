"""Metrics of answers: exact and partial match, multiple choice, tool calls, language."""

import json
import re
from collections.abc import Mapping
from typing import Any

from asha.evaluation.metrics.metric import Metric, ratio
from asha.evaluation.prediction import Prediction
from asha.speech.identify import UNKNOWN, identify
from asha.speech.scoring import scored_text

LETTERS = "abcdefgh"
# An answer that is only a letter, begins with one, or names it after "answer is", "option".
_ALONE = re.compile(r"^[\s(\[\"'*]*([A-Ha-h])[\s)\].:\"'*]*$")
_FIRST = re.compile(r"^[\s(\[\"'*]*([A-H])[)\].:]")
_NAMED = re.compile(
    r"(?:answer|option|choice|उत्तर|जवाब|विकल्प)(?:\s+(?:is|are|would be|है))?\s*[:=]?\s*"
    r"[(\[\"'*]*([A-Ha-h])\b(?!\w)",
    re.IGNORECASE,
)
_NAMED_AFTER = re.compile(r"\b([A-H])\s+(?:is|it is)?\s*(?:the\s+)?(?:correct|right)\b")


def _exact(row: Prediction) -> tuple[float, ...]:
    return (float(scored_text(row.text) == scored_text(row.reference)), 1.0)


def _partial(row: Prediction) -> tuple[float, ...]:
    wanted, said = scored_text(row.reference), scored_text(row.text)
    return (float(bool(wanted) and f" {wanted} " in f" {said} "), 1.0)


def chosen_letter(text: str, choices: tuple[str, ...]) -> str | None:
    """The one letter that an answer chooses, or None where it cannot be told: nothing is guessed.

    Letters first (alone, at the beginning, after "the answer is"), then the words of exactly one
    choice. Two different letters named are no choice.
    """
    known = LETTERS[: len(choices) or len(LETTERS)]
    for pattern in (_ALONE, _FIRST):
        if found := pattern.match(text):
            return found[1].lower() if found[1].lower() in known else None
    named = {it.lower() for pattern in (_NAMED, _NAMED_AFTER) for it in pattern.findall(text)}
    if named:
        letter = named.pop()
        return letter if not named and letter in known else None
    said = f" {scored_text(text)} "
    worded = [at for at, it in enumerate(choices) if f" {scored_text(it)} " in said]
    # "Mumbai" is in "Navi Mumbai": the longer one was meant.
    longest = [
        at
        for at in worded
        if not any(
            other != at and scored_text(choices[at]) in scored_text(choices[other])
            for other in worded
        )
    ]
    return known[longest[0]] if len(longest) == 1 else None


def _choice(row: Prediction) -> tuple[float, ...]:
    letter = chosen_letter(row.text, row.choices)
    return (float(letter is not None and letter == _right_letter(row)), 1.0)


def _right_letter(row: Prediction) -> str:
    """The reference as a letter: it may be one, or one of the choices."""
    wanted = row.reference.strip()
    if len(wanted) == 1 and wanted.lower() in LETTERS:
        return wanted.lower()
    for at, choice in enumerate(row.choices):
        if scored_text(choice) == scored_text(wanted):
            return LETTERS[at]
    return ""


def _unparsable(row: Prediction) -> tuple[float, ...]:
    return (float(chosen_letter(row.text, row.choices) is None), 1.0)


def _call(row: Prediction) -> tuple[float, ...]:
    """Whether the last call is the right one, with all its arguments."""
    return (float(is_call(row.reference, row.calls[-1] if row.calls else None)), 1.0)


def is_call(reference: str, call: Mapping[str, Any] | None) -> bool:
    """Whether `call` is the `{"name": ..., "arguments": {...}}` of a reference."""
    if call is None:
        return False
    wanted = json.loads(reference)
    given = call.get("arguments") or {}
    return bool(call.get("name") == wanted["name"] and _plain(given) == _plain(wanted["arguments"]))


def _plain(arguments: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in arguments.items()}


def _same_language(row: Prediction) -> tuple[float, ...] | None:
    """Whether the answer is in the language of the case; an answer without words does not count."""
    if not any(char.isalpha() for char in row.text):
        return None
    return (float(speaks(row.text, row.language)), 1.0)


def speaks(text: str, tag: str) -> bool:
    """Whether `text` is in `tag`. Hinglish may be written in either script."""
    found = identify(text, history=(tag,)).language
    if tag == "hi-Latn":
        return found in ("hi-Latn", "hi")
    return found == tag or (found == UNKNOWN and tag == "en-IN")


METRICS = (
    Metric("exact", "Exactly right", _exact, ratio),
    Metric("partial", "Right answer in it", _partial, ratio),
    Metric("choice", "Right choice", _choice, ratio),
    Metric("unparsable", "No choice readable", _unparsable, ratio, is_better_low=True),
    Metric("call", "Right call", _call, ratio),
    Metric("language", "Answers in the language", _same_language, ratio),
)
