"""Words by how they are typed in Latin letters, from the grammar's `romanised` tables."""

from asha.data.grammar import grammar
from asha.speech.plain import plain

READ_IN_SCRIPT = ("gu", "ta", "te", "mr")  # Hindi in Latin letters is Hinglish, a track of its own


def loans() -> dict[str, dict[str, list[str]]]:
    """For each track that is read in its script: {Latin spelling: [words]}."""
    return {tag: _loans(tag) for tag in READ_IN_SCRIPT}


def _loans(tag: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for word, spellings in grammar(tag).romanised.items():
        for latin in sorted({plain(it) for it in spellings}):
            if latin.isascii() and latin.isalpha():
                found.setdefault(latin, []).append(word)
    return found
