"""How long a silence must be to end a turn: longer where the words want to go on.

Everything is counted from one anchor, the last speech sample.
"""

from functools import cache

from asha.conversation.rules import Rules
from asha.core.errors import AshaError
from asha.core.language import language
from asha.speech.turn_end import whole_probability
from asha.speech.words import words_of

UNFINISHED_MS = 1_300.0  # most pauses inside of an utterance are shorter
UNSURE_MS = 1_100.0
DIGITS_MS = 1_200.0  # people read numbers in groups, 0.5-1.1 s apart
# On phrasings by another writer (1,764 requests in seven tracks, and their 7,175 beginnings): of
# the whole ones 85 % are WHOLE or more and 7 % less than UNFINISHED, of the beginnings 9 and 81 %.
UNFINISHED, WHOLE = 0.4, 0.65
# Hesitations that no language owns; conjunctions come from the language's file.
_HESITATIONS = frozenset(
    ["um", "umm", "uh", "uhh", "hmm", "er", "erm", "matlab", "मतलब", "वो", "woh", "अं"]
)


def patience_for(text: str, tag: str, *, expects_digits: bool, rules: Rules) -> float:
    """Silence in ms that ends a turn whose words so far are `text`.

    With `expects_digits` (Asha asked for a number), or where the text ends in digits, groups of
    digits may follow.
    """
    said = words_of(text)
    if not said:
        return rules.patience_ms
    if said[-1] in _goes_on(tag):
        return max(rules.patience_ms, UNFINISHED_MS)
    if expects_digits or said[-1].isdigit():
        return max(rules.patience_ms, DIGITS_MS)
    whole = whole_probability(text, tag)
    if whole is None or whole >= WHOLE:
        return rules.patience_ms
    return max(rules.patience_ms, UNFINISHED_MS if whole < UNFINISHED else UNSURE_MS)


@cache
def _goes_on(tag: str) -> frozenset[str]:
    """Words after which more must come: single conjunctions and hesitations."""
    try:
        conjunctions = {entry for entry in language(tag).conjunctions if " " not in entry}
    except (AshaError, OSError):
        conjunctions = set()
    return frozenset({word for entry in conjunctions for word in words_of(entry)} | _HESITATIONS)
