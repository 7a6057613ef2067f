"""How long a silence must be to end a turn: longer where the words want to go on.

Everything is counted from one anchor, the last speech sample.
"""

from functools import cache

from asha.conversation.interrupt import words_of
from asha.conversation.rules import Rules
from asha.core.errors import AshaError
from asha.core.language import language

HESITATING_MS = 1_400.0  # "and ...", "umm ...", an unfinished number: most pauses are shorter
DIGITS_MS = 1_200.0  # people read numbers in groups, 0.5-1.1 s apart
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
        return max(rules.patience_ms, HESITATING_MS)
    if expects_digits or said[-1].isdigit():
        return max(rules.patience_ms, DIGITS_MS)
    return rules.patience_ms


@cache
def _goes_on(tag: str) -> frozenset[str]:
    try:
        conjunctions = {word for entry in language(tag).conjunctions for word in words_of(entry)}
    except (AshaError, OSError):
        conjunctions = set()
    return frozenset(conjunctions | _HESITATIONS)
