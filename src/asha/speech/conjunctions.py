"""Conjunctions of one or several words (लेकिन, because, કારણ કે) met word by word."""

from asha.core.language import Language

MAX_WORDS = 3


class Conjunctions:
    """Remembers the last words of a text by where they begin."""

    def __init__(self, track: Language) -> None:
        self._known = frozenset(word.casefold() for word in track.conjunctions)
        self._last: list[tuple[int, str]] = []

    def meet(self, start: int, word: str) -> int | None:
        """A word that begins at `start` ends: where the conjunction it completes begins, if any."""
        spoken, found = word.casefold(), None
        if spoken in self._known:
            found = start
        for before_at, before in reversed(self._last):
            spoken = f"{before} {spoken}"
            if spoken in self._known:
                found = before_at
        self._last = [*self._last[-(MAX_WORDS - 2) :], (start, word.casefold())]
        return found

    def clear(self) -> None:
        """A mark parts what was before it from what comes."""
        self._last.clear()

    def cut(self, at: int) -> None:
        """Only words from `at` on count from now on."""
        self._last = [(start, word) for start, word in self._last if start >= at]

    def move(self, num_chars: int) -> None:
        """The text has lost its first `num_chars` characters."""
        self._last = [(start - num_chars, word) for start, word in self._last]
